import { describe, expect, it } from "vitest";
import { poolsOn } from "../disk-pools.ts";
import { keyPrefix, keyspace } from "./keyspace.ts";

const clusterId = "ce05eb25-50cc-400a-a57f-37e6a5ed9bef";
const pools = poolsOn(["worker-0", "worker-1", "worker-2"]);
const kindOf = (key: string) => key.slice(keyPrefix(clusterId).length + 1).split("/")[0];

describe("keyspace", () => {
	it("has about a thousand keys and 824 KiB for 200 volumes", () => {
		const keys = keyspace({ clusterId, pools });
		expect(keys.length).toBeGreaterThan(1000);
		expect(keys.length).toBeLessThan(1250);
		expect(new Set(keys.map(({ key }) => key)).size).toBe(keys.length);
		const bytes = keys.reduce((sum, { key, value }) => sum + key.length + value.length, 0);
		expect(bytes / 1024).toBeGreaterThan(650);
		expect(bytes / 1024).toBeLessThan(900);
	});

	it("is the same for the same seed, and another for another", () => {
		expect(keyspace({ clusterId, pools })).toEqual(keyspace({ clusterId, pools }));
		expect(keyspace({ clusterId, pools, seed: 2 })).not.toEqual(keyspace({ clusterId, pools }));
	});

	it("has the kinds that Mayastor has, each value whole JSON", () => {
		const keys = keyspace({ clusterId, pools, volumes: 30 });
		const kinds = new Set(keys.map(({ key }) => kindOf(key)));
		expect([...kinds].sort()).toEqual(
			["CoreRegistryConfig", "NexusSpec", "NodeSpec", "PoolSpec", "ReplicaSpec", "VolumeSpec", "volume"].sort(),
		);
		for (const { value } of keys) expect(() => JSON.parse(value)).not.toThrow();
	});

	it("writes reservation keys as 64-bit numbers, to the last digit", () => {
		const volume = keyspace({ clusterId, pools, volumes: 30 }).find(({ value }) => value.includes("reservationKey"));
		expect(volume?.value).toMatch(/"reservationKey":\d{15,20},"reservationType"/);
	});

	it("prints a pool and a node as the documentation does", () => {
		const values = new Map(keyspace({ clusterId, pools, volumes: 0 }).map(({ key, value }) => [key, value]));
		expect(values.get(`${keyPrefix(clusterId)}/PoolSpec/pool-0`)).toBe(
			'{"node":"worker-0","id":"pool-0","disks":["/dev/nvme0n1"],"status":{"Created":"Online"},"labels":{"openebs.io/created-by":"operator-diskpool"},"operation":null}',
		);
		expect(values.get(`${keyPrefix(clusterId)}/NodeSpec/worker-1`)).toBe(
			'{"id":"worker-1","endpoint":"10.20.30.57:10124","labels":{},"node_nqn":"nqn.2019-05.io.openebs:node-name:worker-1","draining_volumes":[]}',
		);
	});

	it("gives a volume as many replicas as there are nodes, where there are fewer than three", () => {
		const keys = keyspace({ clusterId, pools: poolsOn(["worker-0"]), volumes: 1 });
		expect(keys.filter(({ key }) => kindOf(key) === "ReplicaSpec")).toHaveLength(1);
	});
});
