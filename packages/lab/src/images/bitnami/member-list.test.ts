import { expect, test } from "vitest";
import { ownEntry, parseMemberList, unwanted } from "./member-list.ts";

const OUTPUT = `8e9e05c52164694d, started, etcd-0, http://etcd-0:2380, http://etcd-0:2379,http://etcd:2379, false
91bc3c398fb3c146, started, etcd-1, http://etcd-1:2380, http://etcd-1:2379, false
fd422379fda50e48, unstarted, , http://etcd-3:2380, , true
`;
const members = parseMemberList(OUTPUT);

test("ids stay as they are, an unstarted member has no name", () => {
	expect(members.map(({ id, name, isLearner }) => [id, name, isLearner])).toEqual([
		["8e9e05c52164694d", "etcd-0", false],
		["91bc3c398fb3c146", "etcd-1", false],
		["fd422379fda50e48", "", true],
	]);
	expect(parseMemberList("Error: context deadline exceeded\n")).toEqual([]);
});

test("a pod finds its entry by its name or its peer URL", () => {
	expect(ownEntry(members, { name: "etcd-1", peerURLs: "http://elsewhere:2380" })?.id).toBe("91bc3c398fb3c146");
	expect(ownEntry(members, { name: "etcd-3", peerURLs: "http://etcd-3:2380" })?.id).toBe("fd422379fda50e48");
	expect(ownEntry(members, { name: "etcd-4", peerURLs: "http://etcd-4:2380" })).toBeUndefined();
});

test("the pre-upgrade Job takes etcd-10 for etcd-1, and leaves alone what has no name", () => {
	const named = ["etcd-0", "etcd-1", "etcd-2", "etcd-3", "etcd-10", ""].map((name) => ({
		id: "1",
		name,
		peerURLs: [],
		isLearner: false,
	}));
	expect(unwanted(named, ["etcd-0", "etcd-1", "etcd-2"]).map(({ name }) => name)).toEqual(["etcd-3"]);
});
