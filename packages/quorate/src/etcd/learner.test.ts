import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bytes } from "./testing/bytes.ts";
import { etcdBinaries, minorOf } from "./testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "./testing/etcd-process.ts";

describe.each(etcdBinaries())("a learner of etcd $version", (binary) => {
	let etcd: TestCluster;
	let learner: Awaited<ReturnType<TestCluster["addLearner"]>>;

	beforeAll(async () => {
		etcd = await startEtcd(binary);
		await etcd.client.put(bytes("a"), bytes("1"));
		learner = await etcd.addLearner();
		await vi.waitFor(async () => expect((await learner.client.status()).revision).toBe(2n), { timeout: 10_000 });
	});
	afterAll(() => etcd?.stop());

	it("answers for its status and its own store", async () => {
		expect(await learner.client.status()).toMatchObject({ isLearner: true, memberId: learner.id });
		const request = { key: bytes("a"), serializable: true };
		expect((await learner.client.range(request)).kvs).toHaveLength(1);
		expect((await learner.client.rangeRaw(request)).kvs).toHaveLength(1);
	});

	it("refuses the rest, and is said to be the reason", async () => {
		const refused = { failure: "NotSupportedForLearner", member: learner.name };
		const key = bytes("a");
		await expect(learner.client.range({ key })).rejects.toMatchObject(refused);
		await expect(learner.client.put(key, key)).rejects.toMatchObject(refused);
		await expect(learner.client.hashKV(0n)).rejects.toMatchObject(refused);
		await expect(learner.client.memberList()).rejects.toMatchObject(refused);
		await expect(learner.client.alarmList()).rejects.toMatchObject(refused);
		await expect(learner.client.moveLeader(learner.id)).rejects.toMatchObject(refused);
	});

	it("gives a snapshot, from 3.5 on", async () => {
		const size = async () => {
			let bytes = 0;
			for await (const { chunk } of learner.client.snapshot({ timeoutMs: 1000 })) {
				bytes += chunk.length;
			}
			return bytes % 512;
		};
		if (minorOf(binary.version) >= 3005) {
			expect(await size()).toBe(32);
		} else {
			await expect(size()).rejects.toMatchObject({ member: learner.name, call: "Snapshot" });
		}
	});

	it("is seen as a learner by the voter", async () => {
		const { members } = await etcd.client.memberList();
		expect(members.filter(({ isLearner }) => isLearner)).toMatchObject([
			{ id: learner.id, peerURLs: [learner.peerURL] },
		]);
		await expect(etcd.client.moveLeader(learner.id)).rejects.toMatchObject({ failure: "BadLeaderTransferee" });
	});

	it("may be the only one", async () => {
		const second = etcd.client.memberAdd(["http://127.0.0.1:1"], true);
		await expect(second).rejects.toMatchObject({ failure: "TooManyLearners" });
	});

	it("is promoted once, and not when it is behind", async () => {
		await learner.kill();
		for (let i = 0; i < 60; i++) {
			await etcd.client.put(bytes("b"), bytes(`${i}`));
		}
		await expect(etcd.client.memberPromote(learner.id)).rejects.toMatchObject({
			failure: "LearnerNotReady",
			call: "MemberPromote",
		});
		const { members } = await etcd.client.memberList();
		learner.start(members.map((m, i) => `${m.name || `m${i}`}=${m.peerURLs[0]}`).join(","), "existing");
		await vi.waitFor(() => etcd.client.memberPromote(learner.id), { timeout: 30_000, interval: 100 });
		await expect(etcd.client.memberPromote(learner.id)).rejects.toMatchObject({ failure: "NotLearner" });
		await expect.poll(async () => (await learner.client.status()).isLearner, { timeout: 30_000 }).toBe(false);
		expect((await learner.client.memberList()).members.every(({ isLearner }) => !isLearner)).toBe(true);
	});
});
