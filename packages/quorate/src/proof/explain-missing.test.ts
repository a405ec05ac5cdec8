import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type LoadedSnapshot, readSnapshot } from "../etcd/snapshot/read.ts";
import { saveSnapshot } from "../etcd/snapshot/save.ts";
import { bytes } from "../etcd/testing/bytes.ts";
import { etcdBinaries } from "../etcd/testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "../etcd/testing/etcd-process.ts";
import { prove } from "./prove.ts";

describe.each(etcdBinaries())("the keys of a snapshot of etcd $version", (binary) => {
	let folder: string;
	let etcd: TestCluster;
	const clusters: TestCluster[] = [];

	async function cluster(...keys: string[]): Promise<TestCluster> {
		const started = await startEtcd(binary);
		clusters.push(started);
		for (const key of keys) {
			await started.client.put(bytes(key), bytes("x"));
		}
		return started;
	}

	async function snapshot() {
		const path = join(folder, "etcd.db");
		await saveSnapshot(etcd.client, path);
		return readSnapshot(path);
	}

	const held = async (snapshot: LoadedSnapshot, { first: { name, client } }: TestCluster) =>
		(await prove([{ id: 1n, name, client }], { snapshot })).snapshot;

	beforeEach(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-held-"));
		etcd = await cluster("a", "b", "c", "d");
	});
	afterEach(async () => {
		await Promise.all(clusters.splice(0).map((started) => started.stop()));
		await rm(folder, { recursive: true, force: true });
	});

	it("are all there, as they were, written again, or made anew", async () => {
		const taken = await snapshot();
		await etcd.client.put(bytes("a"), bytes("again"));
		await etcd.client.deleteRange(bytes("b"));
		await etcd.client.put(bytes("b"), bytes("anew"));
		await etcd.client.put(bytes("e"), bytes("more"));
		expect(await held(taken, etcd)).toMatchObject({
			held: 4,
			deletedSince: 0,
			unexplained: 0,
			undecidable: 0,
			examples: [],
		});
	});

	it("were deleted since, which the history shows", async () => {
		await etcd.client.deleteRange(bytes("d"));
		const taken = await snapshot();
		await etcd.client.deleteRange(bytes("a"));
		await etcd.client.deleteRange(bytes("b"));
		expect(await held(taken, etcd)).toMatchObject({ held: 1, deletedSince: 2, unexplained: 0 });
	});

	it("were deleted since because their lease ended, which is said of those alone", async () => {
		const lease = async (action: "grant" | "revoke") => {
			const url = `http://127.0.0.1:${etcd.first.clientPort}/v3/lease/${action}`;
			const answer = await fetch(url, { method: "POST", body: JSON.stringify({ ID: 77, TTL: 600 }) });
			expect(answer.ok).toBe(true);
		};
		await lease("grant");
		await etcd.client.put(bytes("leased"), bytes("x"), { lease: 77n });
		expect(await etcd.client.leaseExists(77n)).toBe(true);
		const taken = await snapshot();
		await etcd.client.deleteRange(bytes("a"));
		await lease("revoke");
		expect(await etcd.client.leaseExists(77n)).toBe(false);
		expect(await held(taken, etcd)).toMatchObject({ held: 3, deletedSince: 2, leaseEnded: 1, unexplained: 0 });
	});

	it("were deleted since, which is told as far as the history reaches", async () => {
		const taken = await snapshot();
		const { revision } = await etcd.client.deleteRange(bytes("a"));
		await etcd.client.put(bytes("e"), bytes(""));
		await etcd.client.compact(revision);
		await etcd.client.deleteRange(bytes("b"));
		expect(await held(taken, etcd)).toMatchObject({
			held: 2,
			deletedSince: 1,
			unexplained: 0,
			undecidable: 1,
			examples: ["a"],
		});
	});

	it("are not in another store, which is found out", async () => {
		const taken = await snapshot();
		const other = await cluster("a", "b", "a", "e", "f");
		const found = await held(taken, other);
		// b is as it was; a was written at another revision, c and d never; e came too early.
		expect(found).toMatchObject({ held: 1, deletedSince: 0, unexplained: 4, undecidable: 0 });
		expect([...(found?.examples ?? [])].sort()).toEqual(["a", "c", "d", "e"]);
	});
});
