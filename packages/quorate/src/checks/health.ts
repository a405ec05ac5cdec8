import {
	CAUGHT_UP_LAG,
	type ClusterView,
	hasVote,
	isCaughtUp,
	isHealthy,
	isLeaving,
	knowsNotOfVote,
	type MemberView,
	quorum,
	tolerance,
	voters,
} from "../cluster/cluster-view.ts";
import { verdictHint } from "../cluster/verdict.ts";
import { waysOut } from "../scaling/describe-state.ts";
import { goingDown } from "../scaling/going-down.ts";
import { lostMemberHint } from "../scaling/lost-member.ts";
import { stuckPod } from "../scaling/rolling.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "members-healthy",
	group: "etcd",
	passes: "Every voter answers, knows a leader, reports no error and has caught up",
	why: "etcd takes no new member while one is down, and another failure could cost quorum",
	todo: "bring the member back first",
};

export const health = check(about, ({ view, goal }) => {
	const all = voters(view);
	const well = all.filter(hasVote).length;
	const counts = `${well} of ${all.length} voters healthy, quorum ${quorum(all.length)}`;
	const why = "etcd takes no new member while one is down, and another failure could cost quorum";
	if (view.etcd.trouble)
		return {
			status: "fail",
			saw: view.etcd.trouble,
			why,
			hint: verdictHint(view) ?? "see the pods and their logs; a cluster without quorum cannot be scaled",
		};
	// one whose pod was scaled away cannot answer, and is about to be taken out
	const down = goingDown(view, goal);
	const bad = all.filter(
		(member) => !isCaughtUp(member) && !isLeaving(view, member) && !onlyAlarms(view, member) && !down.includes(member),
	);
	// the others may only miss their leader for as long as they choose another
	const [first] = [...bad.filter(({ status }) => !status), ...bad];
	if (!first && down.length > 0)
		return {
			status: "warn",
			saw: `${down.map(({ name }) => name).join(", ")} ${down.length === 1 ? "is" : "are"} down, and to leave: ${counts}`,
			why: "what is on their disks is not needed any more: the others are a quorum and hold everything",
			hint: "if it is to stay a member, bring it back instead",
		};
	if (!first) return { status: "pass", saw: counts };
	const saw = `${bad.map(troubleOf).join("; ")}: ${counts}, ${furtherFailures(tolerance(view))}`;
	const leaderless = first.status?.leader === 0n;
	// a run that was cut short may have restarted it itself; going on waits for it before anything else
	const awaited = view.statefulSet.record !== undefined && tolerance(view) >= 0;
	const stuck = tolerance(view) >= 0 ? stuckPod(view) : undefined;
	if (goal.rollOut && stuck && bad.every(({ ordinal }) => ordinal === stuck.ordinal))
		return {
			status: "warn",
			saw,
			why: "until it votes again, another failure could cost quorum",
			hint: "nothing to do: the roll-out deletes its pod first, which comes back from the newest template",
		};
	return {
		status: awaited ? "warn" : "fail",
		saw,
		why: awaited ? "the run that is unfinished goes on when every voter is well again" : why,
		hint: leaderless
			? "an election takes a second or two: look again; where it lasts, see the members' logs and the network between them"
			: stuck && stuck.ordinal === first.ordinal
				? unstick(view, stuck.name)
				: lostMemberHint(view, first),
	};
});

/** Its data is not lost: it only runs from a template that was corrected since. */
function unstick(view: ClusterView, pod: string): string {
	const { name, namespace, record } = view.statefulSet;
	if (record) return waysOut(view);
	return `quorate rollout sts/${name} -n ${namespace} deletes pod ${pod}, so that it comes back from the template as it is now`;
}

function troubleOf(member: MemberView): string {
	if (knowsNotOfVote(member)) return `${member.name} has not applied its promotion yet`;
	if (isHealthy(member) && member.lag === undefined) return `${member.name} cannot be compared with a leader`;
	if (isHealthy(member)) return `${member.name} lags by ${member.lag} entries`;
	const { name, status, trouble } = member;
	if (!status) return `${name} is down (${trouble ?? "no answer"})`;
	return status.leader === 0n ? `${name} has no leader` : `${name} reports an error (${status.errors.join(", ")})`;
}

/** What the next failures would cost. */
function furtherFailures(left: number): string {
	if (left < 0) return "quorum is lost";
	if (left === 0) return "no further failure tolerated";
	return left === 1 ? "1 further failure tolerated" : `${left} further failures tolerated`;
}

/** Each member reports every alarm, its own or not; that is told by a check of its own. */
function onlyAlarms({ etcd }: ClusterView, member: MemberView): boolean {
	return etcd.alarms.length > 0 && hasVote(member) && member.lag !== undefined && member.lag <= CAUGHT_UP_LAG;
}
