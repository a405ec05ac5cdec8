import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytes, text, withPrefix } from "./testing/bytes.ts";
import { etcdBinaries, minorOf } from "./testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "./testing/etcd-process.ts";

describe.each(etcdBinaries())("a member of etcd $version", (binary) => {
	let etcd: TestCluster;

	beforeAll(async () => {
		etcd = await startEtcd(binary);
	});
	afterAll(() => etcd?.stop());

	it("tells its status", async () => {
		const status = await etcd.client.status();
		expect(status).toMatchObject({ version: binary.version, isLearner: false, errors: [], downgradeEnabled: false });
		expect(status.leader).toBe(status.memberId);
		expect(status.leader).toBeGreaterThan(0n);
		expect(status.dbSize).toBeGreaterThan(0n);
		expect(status.raftIndex).toBeGreaterThan(0n);
		expect(status.dbSizeQuota !== undefined).toBe(minorOf(binary.version) >= 3006);
		expect(status.storageVersion !== undefined).toBe(minorOf(binary.version) >= 3006);
	});

	it("lists its members and alarms", async () => {
		const { members, memberId, clusterId } = await etcd.client.memberList();
		const { name, peerURL } = etcd.first;
		expect(members).toMatchObject([{ id: memberId, name, peerURLs: [peerURL], isLearner: false }]);
		expect(clusterId).toBe((await etcd.client.status()).clusterId);
		expect(await etcd.client.alarmList()).toEqual([]);
	});

	it("puts, reads and deletes", async () => {
		const { revision } = await etcd.client.put(bytes("a"), bytes("1"));
		await etcd.client.put(bytes("a"), bytes("2"));
		const read = await etcd.client.range({ key: bytes("a") });
		expect(read).toMatchObject({ count: 1n, more: false, revision: revision + 1n });
		const [kv] = read.kvs;
		expect(kv && [text(kv.key), text(kv.value)]).toEqual(["a", "2"]);
		expect(kv).toMatchObject({ createRevision: revision, modRevision: revision + 1n, version: 2n, lease: 0n });
		const then = await etcd.client.range({ key: bytes("a"), revision });
		expect(then.kvs.map(({ value }) => text(value))).toEqual(["1"]);
		expect(await etcd.client.deleteRange(bytes("a"))).toEqual({ revision: revision + 2n, deleted: 1n });
		expect((await etcd.client.range({ key: bytes("a") })).kvs).toEqual([]);
	});

	it("reads pages of large values, decoded and raw", async () => {
		for (let i = 0; i < 6; i++) {
			await etcd.client.put(bytes(`large/${i}`), new Uint8Array(1 << 20).fill(i));
		}
		const page = { ...withPrefix("large/"), limit: 5, serializable: true };
		const read = await etcd.client.range(page);
		expect(read).toMatchObject({ more: true, count: 6n });
		expect(read.kvs.map(({ value }) => [value.length, value[0]])).toEqual([0, 1, 2, 3, 4].map((i) => [1 << 20, i]));
		const raw = await etcd.client.rangeRaw(page);
		expect(raw).toMatchObject({ more: true, count: 6n, revision: read.revision });
		expect(raw.lastKey && text(raw.lastKey)).toBe("large/4");
		expect(raw.kvs).toHaveLength(5);
		const together = Buffer.concat(raw.kvs);
		expect(raw.bytes.length - together.length).toBe(4 * 4);
		expect(Buffer.compare((await etcd.client.rangeRaw(page)).bytes, raw.bytes)).toBe(0);
	});

	it("answers for an empty range, raw too", async () => {
		const request = withPrefix("nothing/");
		expect((await etcd.client.range(request)).kvs).toEqual([]);
		const raw = await etcd.client.rangeRaw(request);
		expect(raw).toMatchObject({ more: false, count: 0n, lastKey: undefined });
		expect(raw.bytes).toHaveLength(0);
	});

	it("watches the past and the present", async () => {
		const { revision } = await etcd.client.put(bytes("w/1"), bytes("x"));
		await etcd.client.deleteRange(bytes("w/1"));
		const seen: string[] = [];
		for await (const { events } of etcd.client.watch({ ...withPrefix("w/"), startRevision: revision })) {
			for (const { type, kv } of events) {
				seen.push(`${type} ${text(kv.key)} ${kv.modRevision - revision}`);
			}
			if (seen.length === 2) {
				await etcd.client.put(bytes("w/2"), bytes("y"));
			}
			if (seen.length === 3) {
				break;
			}
		}
		expect(seen).toEqual(["PUT w/1 0", "DELETE w/1 1", "PUT w/2 2"]);
	});

	it("ends a watch when aborted", async () => {
		const stop = new AbortController();
		const watching = (async () => {
			for await (const _ of etcd.client.watch({ key: bytes("q"), startRevision: 0n }, { signal: stop.signal })) {
				stop.abort();
			}
		})();
		const ended = expect(watching).rejects.toMatchObject({ failure: "Aborted", call: "Watch" });
		const put = setInterval(() => void etcd.client.put(bytes("q"), bytes("")).catch(() => {}), 20);
		await ended.finally(() => clearInterval(put));
	});

	it("tells compacted and future revisions apart", async () => {
		const { revision } = await etcd.client.put(bytes("c"), bytes("1"));
		await etcd.client.put(bytes("c"), bytes("2"));
		await etcd.client.put(bytes("c"), bytes("3"));
		await etcd.client.compact(revision + 1n);
		const compacted = { failure: "Compacted", member: etcd.first.name };
		const past = etcd.client.range({ key: bytes("c"), revision });
		await expect(past).rejects.toMatchObject({ ...compacted, call: "Range" });
		await expect(etcd.client.hashKV(revision)).rejects.toMatchObject({ ...compacted, call: "HashKV" });
		await expect(etcd.client.compact(revision)).rejects.toMatchObject({ ...compacted, call: "Compact" });
		const watch = etcd.client.watch({ key: bytes("c"), startRevision: revision })[Symbol.asyncIterator]();
		await expect(watch.next()).rejects.toMatchObject({ ...compacted, call: "Watch" });
		const future = { failure: "FutureRevision" };
		await expect(etcd.client.range({ key: bytes("c"), revision: revision + 99n })).rejects.toMatchObject(future);
		await expect(etcd.client.hashKV(revision + 99n)).rejects.toMatchObject(future);
		expect(await etcd.client.hashKV(revision + 2n)).toMatchObject({ compactRevision: revision + 1n });
	});

	it("names what a change of members was refused for", async () => {
		await expect(etcd.client.memberRemove(1n)).rejects.toMatchObject({ failure: "MemberNotFound" });
		await expect(etcd.client.memberPromote(1n)).rejects.toMatchObject({ failure: "MemberNotFound" });
		const { memberId } = await etcd.client.status();
		await expect(etcd.client.memberPromote(memberId)).rejects.toMatchObject({ failure: "NotLearner" });
		await expect(etcd.client.moveLeader(1n)).rejects.toMatchObject({ failure: "BadLeaderTransferee" });
		const again = etcd.client.memberAdd([etcd.first.peerURL], true);
		await expect(again).rejects.toMatchObject({ failure: "MemberExists", call: "MemberAdd" });
	});
});
