import { CAUGHT_UP_LAG } from "../cluster/cluster-view.ts";
import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "raft-lag",
	group: "etcd",
	passes: `Every member that answers has at most ${CAUGHT_UP_LAG} entries to apply that the leader has applied`,
	why: "one that lags is of no use should another fail, and reads from it are old",
	todo: "see whether its disk or network is slow; it should catch up by itself",
};

export const lag = advice(about, ({ view }) => {
	const known = view.etcd.members.flatMap((member) =>
		member.lag === undefined ? [] : [{ name: member.name, lag: member.lag }],
	);
	if (known.length === 0) return { status: "skip", saw: "not known: no leader answers" };
	const behind = known.filter((member) => member.lag > CAUGHT_UP_LAG);
	if (behind.length > 0)
		return { status: "warn", saw: behind.map((member) => `${member.name} lags by ${member.lag} entries`).join("; ") };
	const most = known.reduce((max, member) => (member.lag > max ? member.lag : max), 0n);
	return {
		status: "pass",
		saw: most === 0n ? "no member lags behind the leader" : `no member is more than ${most} entries behind the leader`,
	};
});
