import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "hashes-equal",
	group: "etcd",
	passes: "All voters have the same hash of their keys, at one revision",
	why: "members that differ answer the same question differently, and a new one would copy the leader's answer",
	todo: "find out which one is right before anything else: `quorate validate` names the keys",
};

export const hashes = check(about, ({ hashes: before, surroundings }) => {
	const found = before ?? surroundings?.hashes;
	if (!found) return { status: "skip", saw: "not compared: nothing is to be changed" };
	if ("unseen" in found) return { status: "skip", saw: `not compared: ${found.unseen}` };
	const { equal, revision, hashes: told } = found.seen;
	const count = Object.keys(told).length;
	if (equal)
		return {
			status: "pass",
			saw: `${count === 1 ? "one voter" : `${count} voters, one hash`} at revision ${revision}`,
		};
	const each = Object.entries(told).map(([name, hash]) => `${name} ${hash.toString(16)}`);
	return { status: "fail", saw: `hashes differ at revision ${revision}: ${each.join(", ")}` };
});
