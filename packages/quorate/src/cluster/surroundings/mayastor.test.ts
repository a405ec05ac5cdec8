import { expect, it } from "vitest";
import type { KeyValue, RangeRequest } from "../../etcd/member-client.ts";
import { readVolumes } from "./mayastor.ts";

const ROOT = "/openebs.io/mayastor/apis/v0/clusters/uid/namespaces/mayastor/";

/** Two keys a page. */
function holding(keys: Readonly<Record<string, unknown>>) {
	const all = Object.entries(keys)
		.map(
			([key, value]) => ({ key: Buffer.from(key), value: Buffer.from(JSON.stringify(value)) }) as unknown as KeyValue,
		)
		.sort((a, b) => Buffer.compare(a.key, b.key));
	return {
		range: async ({ key, rangeEnd }: RangeRequest) => {
			const found = all.filter(
				(kv) => Buffer.compare(kv.key, key) >= 0 && (!rangeEnd || Buffer.compare(kv.key, rangeEnd) < 0),
			);
			return { revision: 1n, kvs: found.slice(0, 2), more: found.length > 2, count: BigInt(found.length) };
		},
	};
}

const volume = (uuid: string, nexus: string | undefined, num_replicas = 3) => ({
	[`${ROOT}VolumeSpec/${uuid}`]: { uuid, num_replicas, target: nexus ? { nexus } : null },
});
const info = (uuid: string, nexus: string, ...healthy: boolean[]) => ({
	[`${ROOT}volume/${uuid}/nexus/${nexus}/info`]: { children: healthy.map((one) => ({ healthy: one })) },
});

it("finds the volumes whose present nexus is not whole", async () => {
	const client = holding({
		...volume("a", "n1"),
		...info("a", "n1", true, true, true),
		...volume("b", "n2"),
		...info("b", "n2", true, false, true),
		// fewer than it should have: one is to be rebuilt
		...volume("c", "n3"),
		...info("c", "n3", true, true),
		// not in use
		...volume("d", undefined),
		// of an earlier nexus
		...info("a", "n0", false),
		[`${ROOT}ReplicaSpec/x`]: {},
	});
	expect(await readVolumes(client)).toEqual({ seen: { volumes: 4, degraded: ["b", "c"] } });
});

it("says where there is no Mayastor, or no answer", async () => {
	expect(await readVolumes(holding({ "/other": 1 }))).toEqual({ unseen: "Mayastor keeps nothing in this etcd" });
	const broken = { range: () => Promise.reject(new Error("permission denied")) };
	expect(await readVolumes(broken)).toEqual({ unseen: "permission denied" });
});

it("does not read on where there is always more of the same", async () => {
	const [kv] = (await holding(volume("a", "n1")).range({ key: Buffer.from("/") })).kvs;
	const endless = { range: async () => ({ revision: 1n, kvs: kv ? Array(500).fill(kv) : [], more: true, count: 1n }) };
	expect(await readVolumes(endless)).toEqual({ unseen: expect.stringMatching(/more than/) });
});
