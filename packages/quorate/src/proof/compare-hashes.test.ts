import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MemberClient } from "../etcd/member-client.ts";
import { bytes } from "../etcd/testing/bytes.ts";
import { etcdBinaries } from "../etcd/testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "../etcd/testing/etcd-process.ts";
import { compareHashes } from "./compare-hashes.ts";
import { changed } from "./testing/changed-client.ts";

describe.each(etcdBinaries())("the hashes of three voters of etcd $version", (binary) => {
	let etcd: TestCluster;
	let client: MemberClient;
	beforeAll(async () => {
		etcd = await startEtcd(binary, { members: 3 });
		client = etcd.client;
	});
	afterAll(() => etcd?.stop());

	it("are the same, before anything was written and after", async () => {
		expect(await compareHashes(etcd.members)).toMatchObject({ equal: true, revision: 1n });
		const { revision } = await client.put(bytes("a"), bytes("1"));
		const found = await compareHashes(etcd.members);
		expect(found.equal).toBe(true);
		expect([revision, revision - 1n]).toContain(found.revision);
		expect(Object.keys(found.hashes)).toEqual(["m0", "m1", "m2"]);
		expect(new Set(Object.values(found.hashes)).size).toBe(1);
	});

	it("are compared where all is compacted, also with a member that was restarted since", async () => {
		await client.put(bytes("a"), bytes("2"));
		const { revision } = await client.put(bytes("a"), bytes("3"));
		await client.compact(revision);
		const [, , last = etcd.first] = etcd.members;
		await etcd.restart(last);
		const found = await compareHashes(etcd.members);
		expect(found).toMatchObject({ equal: true, revision, compactRevision: revision });
	});

	it("are taken again when their revision is compacted away meanwhile", async () => {
		const [, second, third] = etcd.members;
		let answered: () => void = () => {};
		const firstAnswered = new Promise<void>((resolve) => {
			answered = resolve;
		});
		let disturbances = 0;
		// The second is ahead of the first, so all are asked again for the revision of the first, which is then gone.
		const behind = changed(client, {
			hashKV: async (revision, ...options) => {
				if (revision !== 0n && disturbances++ === 0) {
					await client.compact((await client.put(bytes("a"), bytes("6"))).revision);
					await client.put(bytes("a"), bytes("7"));
				}
				return client.hashKV(revision, ...options).finally(answered);
			},
		});
		const ahead = changed(second?.client ?? client, {
			hashKV: async (revision, ...options) => {
				if (disturbances === 0) {
					await firstAnswered;
					await second?.client.put(bytes("a"), bytes("5"));
				}
				return (second?.client ?? client).hashKV(revision, ...options);
			},
		});
		const members = [{ name: "m0", client: behind }, { name: "m1", client: ahead }, ...(third ? [third] : [])];
		expect((await compareHashes(members)).equal).toBe(true);
		expect(disturbances).toBe(1);
	});

	it("are taken again when a member is not there yet", async () => {
		let asked = 0;
		const ahead = changed(client, {
			hashKV: async (...request) => {
				const answer = await client.hashKV(...request);
				return { ...answer, revision: answer.revision + (asked++ === 0 ? 5n : 0n) };
			},
		});
		const members = [{ name: "m0", client: ahead }, ...etcd.members.slice(1)];
		expect((await compareHashes(members)).equal).toBe(true);
		expect(asked).toBeGreaterThan(1);
	});
});

describe("the hashes of members", () => {
	it("differ where their stores do", async () => {
		const [a, b] = await Promise.all([startEtcd(etcdBinaries()[0]), startEtcd(etcdBinaries()[0])]);
		try {
			await a.client.put(bytes("a"), bytes("1"));
			await b.client.put(bytes("a"), bytes("2"));
			const found = await compareHashes([
				{ name: "a", client: a.client },
				{ name: "b", client: b.client },
			]);
			expect(found).toMatchObject({ equal: false, revision: 2n });
			expect(found.hashes.a).not.toBe(found.hashes.b);
		} finally {
			await Promise.all([a.stop(), b.stop()]);
		}
	});

	it("are not had from a member that is down", async () => {
		const etcd = await startEtcd(etcdBinaries()[0]);
		await etcd.first.kill();
		await expect(compareHashes(etcd.members)).rejects.toMatchObject({ code: "MemberUnreachable" });
		await etcd.stop();
	});
});
