import { expect, test } from "vitest";
import { decideNewStart, entryToRemove, judgeLine, namesForBootstrap } from "./new-generation.ts";
import { readSettings } from "./settings.ts";

const three = [0, 1, 2].map((ordinal) => `etcd-${ordinal}=http://etcd-${ordinal}:2380`).join(",");
const settings = readSettings({
	ETCD_NAME: "etcd-3",
	ETCD_INITIAL_ADVERTISE_PEER_URLS: "http://etcd-3:2380",
	ETCD_INITIAL_CLUSTER: three,
});
const single = readSettings({ ETCD_NAME: "etcd-0", ETCD_INITIAL_CLUSTER: "etcd-0=http://etcd-0:2380" });

test.each([
	["nothing there, and all members answer", settings, true, true, "join"],
	["nothing there, and one of them does not", settings, true, false, "bootstrap"],
	["one member, nothing there", single, true, false, "start"],
	["data there", settings, false, true, "try-data"],
	["data there, nobody answers", settings, false, false, "try-data"],
] as const)("%s", (_, settings, empty, answers, start) => {
	expect(decideNewStart(settings, { empty }, answers)).toBe(start);
});

test.each([
	[0, false],
	[1, false],
	[2, false],
	[3, true],
	[4, false],
	[5, false],
	[6, true],
])("%i addresses for three initial members: a new cluster may begin: %s", (addresses, may) => {
	expect(namesForBootstrap(addresses, 3)).toBe(may);
});

test.each([
	['{"level":"info","msg":"ready to serve client requests"}', "serves"],
	[
		'{"level":"warn","msg":"server error","error":"the member has been permanently removed from the cluster"}',
		"belongs elsewhere",
	],
	['{"level":"warn","msg":"request cluster ID mismatch","local-member-cluster-id":"1"}', "belongs elsewhere"],
	[
		'{"level":"fatal","msg":"discovery failed","error":"couldn\'t find local name \\"etcd-3\\" in the initial cluster configuration"}',
		undefined,
	],
	['{"level":"info","msg":"starting etcd server"}', undefined],
])("%s: %s", (line, verdict) => {
	expect(judgeLine(line)).toBe(verdict);
});

test("its own entry goes if it never started, or if its data is gone", () => {
	const entry = (name: string) => ({ id: "a1", name, peerURLs: ["http://etcd-3:2380"], isLearner: true });
	const other = { id: "b2", name: "etcd-0", peerURLs: ["http://etcd-0:2380"], isLearner: false };
	expect(entryToRemove([other, entry("")], settings, false)?.id).toBe("a1");
	expect(entryToRemove([other, entry("etcd-3")], settings, false)).toBeUndefined();
	expect(entryToRemove([other, entry("etcd-3")], settings, true)?.id).toBe("a1");
	expect(entryToRemove([other], settings, true)).toBeUndefined();
});
