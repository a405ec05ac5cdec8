import { expect, test } from "vitest";
import type { Data } from "./data-folder.ts";
import { decideOldStart, enoughHealthy } from "./old-generation.ts";
import { readSettings } from "./settings.ts";

const url = (ordinal: number) => `http://etcd-${ordinal}.etcd-headless.m.svc.cluster.local:2380`;
const three = [0, 1, 2].map((ordinal) => `etcd-${ordinal}=${url(ordinal)}`).join(",");
const settings = (ordinal: number, env: Record<string, string> = {}) =>
	readSettings({
		ETCD_NAME: `etcd-${ordinal}`,
		ETCD_INITIAL_ADVERTISE_PEER_URLS: url(ordinal),
		ETCD_INITIAL_CLUSTER: three,
		ETCD_INITIAL_CLUSTER_STATE: "new",
		...env,
	});
const empty: Data = { empty: true, hasSnap: false, memberId: "", removed: false };
const joined: Data = { empty: false, hasSnap: true, memberId: "8e9e05c52164694d", removed: false };
const existing = { ETCD_INITIAL_CLUSTER_STATE: "existing" };

test.each<[string, ReturnType<typeof settings>, Data, boolean, string]>([
	["one of the first, on nothing", settings(0), empty, false, "bootstrap"],
	["the same, though the cluster is there: its data was wiped", settings(0), empty, true, "bootstrap"],
	["a pod more than the template says", settings(3), empty, true, "join"],
	["a pod more, and nobody is healthy", settings(3), empty, false, "join"],
	["one of those listed, told that the cluster exists", settings(2, existing), empty, true, "join"],
	["a cluster of one: no list", settings(0, { ETCD_INITIAL_CLUSTER: "" }), empty, false, "start"],
	["all begin again", settings(0), joined, false, "start"],
	[
		"the same, with disaster recovery",
		settings(0, { ETCD_DISASTER_RECOVERY: "yes" }),
		joined,
		false,
		"restore-snapshot",
	],
	["a member that had added itself", settings(3), joined, true, "update-member"],
	["a member that had not", settings(0), { ...joined, memberId: "" }, true, "start"],
	["what prestop.sh has taken out", settings(3), { ...joined, removed: true }, true, "start-over"],
	["killed while it added itself", settings(3), { ...joined, hasSnap: false, memberId: "" }, true, "start-over"],
])("%s", (_, settings, data, healthy, action) => {
	expect(decideOldStart(settings, data, healthy).do).toBe(action);
});

test.each([
	[0, 0, false],
	[0, 3, false],
	[1, 1, true],
	[1, 2, true],
	[1, 3, false],
	[2, 3, true],
	[2, 4, true],
	[3, 4, true],
])("%i healthy of %i that DNS knows: %s", (healthy, known, enough) => {
	expect(enoughHealthy(healthy, known)).toBe(enough);
});
