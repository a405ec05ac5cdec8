import { hasVote, isLeaving, quorum, voters } from "../cluster/cluster-view.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "quorum-tolerance",
	group: "request",
	passes: "A member may fail now, at every step of the scaling, and after it; and every step can be done",
	why: "the next failure stops all writes",
	todo: "bring back the members that are down, or grow to three",
};

export const tolerance = check(about, ({ view, goal, planned }) => {
	const count = voters(view).length;
	if (view.etcd.trouble) return { status: "skip", saw: "unknown: the member list could not be read" };
	// one with an alarm still votes
	const up = voters(view).filter(hasVote).length;
	const now = up - quorum(count);
	if (now < 0)
		return {
			// what leaves as it was asked to is no trouble
			status: voters(view).every((member) => hasVote(member) || isLeaving(view, member)) ? "warn" : "fail",
			saw: `quorum is lost: ${up} of ${count} voters answer and have a leader, ${quorum(count)} are needed`,
			why: "etcd takes no write until quorum is back",
			hint: "bring back the members that are down: kubectl get pods",
		};
	if (planned?.blocked)
		return {
			status: "fail",
			saw: `${planned.to} members cannot be reached: ${planned.blocked.message}`,
			why: "what cannot be brought to its end is not begun",
			hint: planned.blocked.hint,
		};
	const last = planned?.steps.at(-1);
	const after = last ? last.voters - last.quorum : now;
	const steps = last
		? `, at least ${planned?.toleranceLowest} at each of ${planned?.steps.length} steps, ${after} after`
		: goal.replicas !== count && view.unread
			? `; the steps cannot be told: ${Object.values(view.unread).join("; ")}`
			: "";
	const held = `quorum ${quorum(count)} of ${count} ${count === 1 ? "voter" : "voters"}`;
	if (now === 0 && (goal.replicas <= count || !last))
		return { status: "warn", saw: `no voter may fail now: ${held}${steps}` };
	const saw = `${held}; ${now} may fail now${steps}`;
	if (after === 0) return { status: "warn", saw: `no voter may fail after the scaling: ${saw}` };
	if (planned && planned.toleranceLowest < Math.min(now, after))
		return {
			status: "warn",
			saw: `${planned.toleranceLowest === 0 ? "no voter" : `only ${planned.toleranceLowest}`} may fail on the way: ${saw}`,
			why: "on the way fewer may fail than before and after",
			hint: "choose a quiet hour",
		};
	return { status: "pass", saw };
});
