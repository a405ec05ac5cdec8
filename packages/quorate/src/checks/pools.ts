import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "pools-online",
	group: "mayastor",
	passes: "Every DiskPool of Mayastor is Online",
	why: "should a replica fail while etcd does not answer, Mayastor freezes the volume's I/O until it does",
	todo: "bring the pool back first: `kubectl get dsp`",
};

export const pools = check(about, ({ surroundings }) => {
	if (!surroundings) return { status: "skip", saw: "not looked at" };
	if ("unseen" in surroundings.pools) return { status: "skip", saw: `not known: ${surroundings.pools.unseen}` };
	const all = surroundings.pools.seen;
	if (all.length === 0) return { status: "skip", saw: "there are no DiskPools" };
	const bad = all.filter(({ status }) => status !== "Online");
	if (bad.length === 0) return { status: "pass", saw: `${all.length} pools, all Online` };
	return {
		status: "fail",
		saw: bad.map(({ name, node, status }) => `pool ${name} on ${node} is ${status}`).join("; "),
	};
});
