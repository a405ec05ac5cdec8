import { createClient } from "@connectrpc/connect";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Lease } from "../../generated/rpc_pb.ts";
import type { KeyValue, MemberClient } from "../etcd/member-client.ts";
import { bytes, text } from "../etcd/testing/bytes.ts";
import { etcdBinaries } from "../etcd/testing/etcd-binaries.ts";
import { dialer, startEtcd, type TestCluster } from "../etcd/testing/etcd-process.ts";
import { tcpProxy } from "../etcd/testing/tcp-proxy.ts";
import { openTransport } from "../etcd/transport.ts";
import { withAttempts } from "./attempts.ts";
import type { ProofMember } from "./proof-member.ts";
import { prove } from "./prove.ts";
import { changed } from "./testing/changed-client.ts";
import { memoryStore } from "./testing/memory-store.ts";
import { walkKeyspaces } from "./walk-keyspaces.ts";

/** The first two, as a proof takes them. */
const voters = (members: readonly ProofMember[]) =>
	members.slice(0, 2).map(({ name, client }, i) => ({ id: BigInt(i + 1), name, client }));

describe.each(etcdBinaries())("the keys of two voters and a learner of etcd $version", (binary) => {
	let etcd: TestCluster;
	beforeAll(async () => {
		etcd = await startEtcd(binary, { members: 2 });
		for (let i = 0; i < 1000; i += 50) {
			await Promise.all(Array.from({ length: 50 }, (_, j) => etcd.client.put(bytes(`key/${i + j}`), bytes(`${i}`))));
		}
		for (let i = 0; i < 12; i++) {
			await etcd.client.put(bytes(`large/${i}`), new Uint8Array(1 << 20).fill(i));
		}
		await etcd.addLearner();
	});
	afterAll(() => etcd?.stop());

	it("are read and found equal", async () => {
		const seen: string[] = [];
		const progress: number[] = [];
		// the learner may still be on its way
		const found = await withAttempts("comparing", undefined, () => {
			seen.length = 0;
			return walkKeyspaces(etcd.members, 1013n, {
				visit: (key, modRevision) => seen.push(`${text(key)}@${modRevision}`),
				onProgress: ({ keys }) => progress.push(keys),
			});
		});
		expect(found).toMatchObject({ equal: true, keys: 1012, differences: [], differing: 0 });
		expect(found.bytes).toBeGreaterThan(12 << 20);
		const { kvs } = await etcd.client.range({ key: bytes("\0"), rangeEnd: bytes("\0") });
		expect(seen).toEqual(kvs.map(({ key, modRevision }) => `${text(key)}@${modRevision}`));
		expect(progress.length).toBeGreaterThan(1);
		expect(progress.at(-1)).toBe(1012);
	});

	it("are read again when the revision is compacted away meanwhile", async () => {
		const { client } = etcd;
		let reads = 0;
		const disturbed = changed(client, {
			rangeRaw: async (...request) => {
				if (reads++ === 1) {
					const { revision } = await client.put(bytes("key/1"), bytes("new"));
					await client.compact(revision);
				}
				return client.rangeRaw(...request);
			},
		});
		const members = etcd.members.map(({ name, client }, i) => ({ name, client: i === 0 ? disturbed : client }));
		expect(await prove(voters(members))).toMatchObject({ equal: true, revision: 1014n, keys: 1012 });
		expect(reads).toBeGreaterThan(2);
	});

	it("are not had from a member whose connection breaks", async () => {
		const proxy = await tcpProxy(etcd.first.clientPort);
		const client = etcd.connect(etcd.first, { dial: dialer(proxy.port) });
		const members = [{ name: "m0", client }, ...etcd.members.slice(1)];
		const broken = prove(voters(members), { onProgress: () => void proxy.close() });
		await expect(broken).rejects.toMatchObject({
			code: "MemberUnreachable",
			message: expect.stringContaining("m0"),
		});
	});

	it("are not read on when that is aborted", async () => {
		const stop = new AbortController();
		const aborted = prove(voters(etcd.members), { signal: stop.signal, onProgress: () => stop.abort() });
		await expect(aborted).rejects.toMatchObject({ code: "Stopped" });
	});
});

describe("two stores that went apart", () => {
	let a: TestCluster;
	let b: TestCluster;
	const both = (change: (client: MemberClient) => Promise<unknown>) =>
		Promise.all([change(a.client), change(b.client)]);

	beforeAll(async () => {
		[a, b] = await Promise.all([startEtcd(etcdBinaries()[0]), startEtcd(etcdBinaries()[0])]);
	});
	afterAll(() => Promise.all([a?.stop(), b?.stop()]));

	it("are told apart, key by key", async () => {
		for (const name of ["a", "b", "c", "d"]) {
			await both((client) => client.put(bytes(name), bytes("same")));
		}
		await a.client.put(bytes("e"), bytes("only here"));
		await b.client.put(bytes("b"), bytes("same"));
		await a.client.put(bytes("c"), bytes("this"));
		await b.client.put(bytes("c"), bytes("that"));
		for (const [etcd, lease] of [
			[a, 7n],
			[b, 0n],
		] as const) {
			const { transport, close } = openTransport({ name: "lease", dial: dialer(etcd.first.clientPort) });
			await createClient(Lease, transport).leaseGrant({ ID: 7n, TTL: 600n });
			close();
			await etcd.client.put(bytes("d"), bytes("leased"), { lease });
		}
		const members = [
			{ name: "a", client: a.client },
			{ name: "b", client: b.client },
		];
		const found = await prove(voters(members));
		expect(found).toMatchObject({ equal: false, keys: 5, differing: 4 });
		expect(found.differences.map(({ kind, key, members }) => `${text(key)} ${kind} ${members}`)).toEqual([
			"b modRevision b",
			"c value b",
			"d lease b",
			"e missing b",
		]);
	});
});

describe("walkKeyspaces", () => {
	it("finds what comparing whole maps finds, whatever the pages", async () => {
		const kv = fc.record({
			n: fc.nat(200),
			value: fc.constantFrom("x", "y"),
			modRevision: fc.integer({ min: 1, max: 3 }),
		});
		const store = fc.record({
			kvs: fc.uniqueArray(kv, { selector: ({ n }) => n, maxLength: 100 }),
			pageKeys: fc.integer({ min: 1, max: 12 }),
		});
		const encode = ({ n, value, modRevision }: { n: number; value: string; modRevision: number }): KeyValue => ({
			key: bytes(`${n}`),
			value: bytes(value),
			createRevision: 1n,
			modRevision: BigInt(modRevision),
			version: 1n,
			lease: 0n,
		});
		await fc.assert(
			fc.asyncProperty(fc.array(store, { minLength: 2, maxLength: 4 }), async (stores) => {
				const members = stores.map(({ kvs, pageKeys }, i) => {
					const client = memoryStore(kvs.map(encode), pageKeys);
					return { name: `m${i}`, client };
				});
				const visited: string[] = [];
				const found = await walkKeyspaces(members, 1n, { visit: (key) => visited.push(text(key)) });

				const maps = stores.map(({ kvs }) => new Map(kvs.map(({ n, ...rest }) => [`${n}`, JSON.stringify(rest)])));
				const keys = [...new Set(maps.flatMap((map) => [...map.keys()]))].sort();
				const differing = keys.filter((key) => new Set(maps.map((map) => map.get(key))).size > 1);
				expect(found.keys).toBe(keys.length);
				expect(found.differing).toBe(differing.length);
				expect(found.differences.map(({ key }) => text(key))).toEqual(differing.slice(0, 20));
				expect(visited).toEqual([...(maps[0]?.keys() ?? [])].sort());
				for (const { key, kind, members: odd } of found.differences) {
					expect(odd.length).toBeGreaterThan(0);
					expect(odd.length).toBeLessThan(stores.length);
					const lacking = maps.flatMap((map, i) => (map.has(text(key)) ? [] : [`m${i}`]));
					if (kind === "extra") {
						expect(lacking.some((name) => odd.includes(name))).toBe(false);
					}
				}
			}),
			{ numRuns: 300 },
		);
	});
});
