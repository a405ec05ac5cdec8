import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { QuorateError } from "../errors.ts";
import { saveSnapshot } from "../etcd/snapshot/save.ts";
import { bytes } from "../etcd/testing/bytes.ts";
import { etcdBinaries } from "../etcd/testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "../etcd/testing/etcd-process.ts";
import { assertProof } from "./proof.ts";
import { prove } from "./prove.ts";

const binary = etcdBinaries()[Math.floor(etcdBinaries().length / 2)] ?? etcdBinaries()[0];

describe("a proof", () => {
	let folder: string;
	let etcd: TestCluster;
	const members = () => etcd.members.map(({ name, client }, i) => ({ id: BigInt(i) + (1n << 63n), name, client }));

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-prove-"));
		etcd = await startEtcd(binary, { members: 3 });
		for (let i = 0; i < 20; i++) {
			await etcd.client.put(bytes(`key/${i}`), bytes("x"));
		}
	});
	afterAll(async () => {
		await etcd?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	it("holds for voters, a learner and a snapshot, and reads well as JSON", async () => {
		const path = join(folder, "etcd.db");
		await saveSnapshot(etcd.client, path);
		await etcd.client.deleteRange(bytes("key/3"));
		await etcd.addLearner();
		const all = members().map((member, i) => ({ ...member, isLearner: i === 3 }));
		const proof = await prove(all, { snapshot: path });
		assertProof(proof);
		const json = JSON.parse(JSON.stringify(proof));
		expect(json).toMatchObject({
			equal: true,
			revision: "22",
			keys: 19,
			values: "byte for byte",
			differing: 0,
			differences: [],
			snapshot: { path, revision: "21", keys: 20, held: 19, deletedSince: 1, unexplained: 0, undecidable: 0 },
		});
		expect(json.members.map(({ id }: { id: string }) => id)[0]).toBe("9223372036854775808");
		expect(json.members.map(({ hash }: { hash: number | null }) => typeof hash)).toEqual([
			"number",
			"number",
			"number",
			"object",
		]);
	});

	it("holds while clients write and compact", async () => {
		const done = new AbortController();
		const writing = (async () => {
			for (let i = 0; !done.signal.aborted; i++) {
				const { revision } = await etcd.client.put(bytes(`busy/${i % 10}`), bytes(`${i}`));
				if (i % 50 === 49) {
					await etcd.client.compact(revision - 20n);
				}
			}
		})();
		try {
			for (let i = 0; i < 5; i++) {
				assertProof(await prove(members().slice(0, 3)));
			}
		} finally {
			done.abort();
			await writing;
		}
	});

	it("leaves values to the hashes where these are equal, unless it is told not to", async () => {
		await etcd.client.put(bytes("large"), new Uint8Array(100_000));
		const voters = members().slice(0, 3);
		const byHash = await prove(voters);
		const whole = await prove(voters, { values: true });
		expect([byHash.values, whole.values]).toEqual(["by hash", "byte for byte"]);
		expect([byHash.equal, whole.equal]).toEqual([true, true]);
		expect(whole.keys).toBe(byHash.keys);
		expect(whole.bytes - byHash.bytes).toBeGreaterThan(100_000);
	});

	it("fails, with names, for stores that went apart", async () => {
		const other = await startEtcd(binary);
		try {
			await other.client.put(bytes("key/0"), bytes("other"));
			const apart = [...members().slice(0, 2), { id: 9n, name: "other", client: other.client }];
			const proof = await prove(apart);
			expect(proof).toMatchObject({ equal: false, revision: 2n });
			expect(() => assertProof(proof)).toThrow(QuorateError);
			expect(() => assertProof(proof)).toThrow(/1 keys differ, such as key\/0 \(value on other\)/);
		} finally {
			await other.stop();
		}
	});

	describe("beside what was recorded before", () => {
		const voters = () => members().slice(0, 3);
		const recorded = { by: "quorate scale on T", accept: "quorate validate X" };

		it("holds where the members' own history still has it, or is compacted", async () => {
			const { clusterId, revision, keys } = await prove(voters());
			const then = { ...recorded, clusterId, revision, keys };
			await etcd.client.put(bytes("later"), bytes(""));
			const proof = await prove(voters(), { recorded: [then] });
			assertProof(proof);
			expect(proof.recorded).toEqual([{ ...then, keysThen: keys }]);
			await etcd.client.compact(revision + 1n);
			const compacted = await prove(voters(), { recorded: [then] });
			assertProof(compacted);
			expect(compacted.recorded).toEqual([then]);
		});

		it("fails for a cluster of another id, and for the same revision with other keys", async () => {
			const { clusterId, revision, keys } = await prove(voters());
			const other = await prove(voters(), { recorded: [{ ...recorded, clusterId: 7n, revision: 1n }] });
			expect(other.equal).toBe(true);
			expect(() => assertProof(other)).toThrow(
				/another cluster: quorate scale on T recorded cluster 7, revision 1; now it/,
			);
			const fewer = await prove(voters(), { recorded: [{ ...recorded, clusterId, revision, keys: keys + 1 }] });
			expect(() => assertProof(fewer)).toThrow(/the history was replaced/);
		});

		it("fails with 2 keys after 1177, though all members are equal, and names both", async () => {
			const { clusterId, keys, revision } = await prove(voters());
			const then = { ...recorded, clusterId, revision: 100_000n, keys: 1177 };
			const proof = await prove(voters(), { recorded: [then] });
			expect(proof).toMatchObject({ equal: true, recorded: [{ breach: "behind" }] });
			const error = await Promise.resolve()
				.then(() => assertProof(proof))
				.catch((thrown: unknown) => thrown);
			expect(error).toMatchObject({
				code: "HistoryLost",
				message: `data was lost: quorate scale on T recorded cluster ${clusterId.toString(16)}, 1177 keys at revision 100000; now it is cluster ${clusterId.toString(16)}, ${keys} keys at revision ${revision}`,
				hint: expect.stringContaining("on purpose: quorate validate X"),
			});
		});

		it("fails where the members are behind a snapshot", async () => {
			const path = join(folder, "ahead.db");
			await saveSnapshot(etcd.client, path);
			const empty = await startEtcd(binary);
			try {
				const proof = await prove([{ id: 1n, name: "empty", client: empty.client }], { snapshot: path });
				expect(proof.snapshot).toBeUndefined();
				expect(() => assertProof(proof)).toThrow(/data was lost: snapshot .*ahead.db recorded revision/);
			} finally {
				await empty.stop();
			}
		});
	});

	it("fails where a key of the snapshot was lost", async () => {
		const lost = await startEtcd(binary);
		const kept = await startEtcd(binary);
		try {
			await kept.client.put(bytes("a"), bytes(""));
			await lost.client.put(bytes("b"), bytes(""));
			const path = join(folder, "kept.db");
			await saveSnapshot(kept.client, path);
			const proof = await prove([{ id: 1n, name: "lost", client: lost.client }], { snapshot: path });
			expect(proof.equal).toBe(true);
			expect(() => assertProof(proof)).toThrow(/2 keys do not follow from the snapshot, such as b, a/);
		} finally {
			await Promise.all([lost.stop(), kept.stop()]);
		}
	});
});
