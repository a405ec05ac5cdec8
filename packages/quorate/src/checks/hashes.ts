import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "hashes-equal",
	group: "etcd",
	passes: "All voters have the same hash of their keys, at one revision",
	why: "members that differ answer the same question differently, and a new one would copy the leader's answer",
	todo: "find out which one is right before anything else: `quorate validate` names the keys",
};

export const hashes = check(about, ({ surroundings }) => {
	if (!surroundings) return { status: "skip", saw: "not compared" };
	if ("unseen" in surroundings.hashes) return { status: "skip", saw: `not compared: ${surroundings.hashes.unseen}` };
	const { equal, revision, hashes: told } = surroundings.hashes.seen;
	const count = Object.keys(told).length;
	if (equal)
		return {
			status: "pass",
			saw: `${count === 1 ? "one voter" : `${count} voters, one hash`} at revision ${revision}`,
		};
	const each = Object.entries(told).map(([name, hash]) => `${name} ${hash.toString(16)}`);
	return { status: "fail", saw: `hashes differ at revision ${revision}: ${each.join(", ")}` };
});
