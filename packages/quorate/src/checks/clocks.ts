import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "clocks-agree",
	group: "etcd",
	passes: "The members' clocks are within two seconds of one another (they tell it to the second)",
	why: "certificates and tokens are judged by the clock of each member, and logs cannot be laid side by side",
	todo: "see to NTP or chrony on the nodes",
};

/** Each tells its time cut to the second: less than this may be no difference at all. */
const APART = 2000;

export const clocks = advice(about, ({ surroundings }) => {
	const told = [...(surroundings?.metrics ?? [])].flatMap(([pod, metrics]) =>
		"seen" in metrics && metrics.seen.clockAhead !== undefined ? [{ pod, ahead: metrics.seen.clockAhead }] : [],
	);
	told.sort((a, b) => a.ahead - b.ahead);
	const [slow, fast] = [told[0], told.at(-1)];
	if (!slow || !fast || told.length < 2)
		return { status: "skip", saw: "not known: fewer than two members tell the time" };
	const apart = fast.ahead - slow.ahead;
	if (apart <= APART) return { status: "pass", saw: `the clocks of ${told.length} members agree to two seconds` };
	return {
		status: "warn",
		saw: `the clock of ${fast.pod} is ${(apart / 1000).toFixed(0)} s ahead of that of ${slow.pod}`,
	};
});
