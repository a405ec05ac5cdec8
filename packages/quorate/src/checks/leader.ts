import { voters } from "../cluster/cluster-view.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "leader-steady",
	group: "etcd",
	passes: "All members see one leader in one term, still so a moment later, and leaders have seldom changed",
	why: "while there is no leader nothing is written; a leader that changes often means a slow disk or network",
	todo: "see disk-fast and network-fast, and whether members get enough CPU",
};

/** Elections that nobody minds: the first, and a few an hour. */
const changesAllowed = (uptime: number): number => 2 + 4 * Math.max(1, uptime / 3600);

export const leader = check(about, ({ view, surroundings }) => {
	const { etcd } = view;
	const known = voters(view).flatMap((member) => (member.status ? [{ name: member.name, ...member.status }] : []));
	if (known.length === 0) return { status: "skip", saw: "not known: no voter answers" };
	const views = new Set(known.map((status) => `${status.leader}/${status.raftTerm}`));
	if (views.size > 1) {
		const told = known.map(
			(s) => `${s.name}: ${s.leader === 0n ? "none" : s.leader.toString(16)} in term ${s.raftTerm}`,
		);
		return { status: "warn", saw: `members see different leaders: ${told.join("; ")}` };
	}
	const first = known[0];
	if (!first || first.leader === 0n) return { status: "fail", saw: "etcd has no leader" };
	const name = etcd.members.find((member) => member.id === first.leader)?.name || first.leader.toString(16);
	const later = surroundings && "seen" in surroundings.later ? surroundings.later.seen : undefined;
	if (later && (later.leader !== first.leader || later.term !== first.raftTerm))
		return {
			status: "warn",
			saw: `the leader changed while it was looked at: ${name} in term ${first.raftTerm}, term ${later.term} a moment later`,
		};
	for (const [pod, told] of surroundings?.metrics ?? []) {
		if ("unseen" in told || told.seen.leaderChanges === undefined || told.seen.uptime === undefined) continue;
		const { leaderChanges, uptime } = told.seen;
		if (leaderChanges > changesAllowed(uptime))
			return {
				status: "warn",
				saw: `${pod} has seen ${leaderChanges} changes of the leader in ${(uptime / 3600).toFixed(1)} h`,
			};
	}
	return { status: "pass", saw: `${name} leads in term ${first.raftTerm}` };
});
