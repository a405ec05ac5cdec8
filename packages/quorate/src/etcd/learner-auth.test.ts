import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { bytes } from "./testing/bytes.ts";
import { etcdBinaries } from "./testing/etcd-binaries.ts";
import { startEtcd, type TestCluster } from "./testing/etcd-process.ts";

describe.each(etcdBinaries())("a learner of etcd $version with users", (binary) => {
	const root = { username: "root", password: "secret" };
	let etcd: TestCluster;
	let learner: Awaited<ReturnType<TestCluster["addLearner"]>>;

	beforeAll(async () => {
		etcd = await startEtcd(binary);
		learner = await etcd.addLearner();
		await vi.waitFor(async () => expect((await learner.client.status()).leader).not.toBe(0n), { timeout: 10_000 });
		const steps = [
			["user/add", { name: root.username, password: root.password }],
			["user/grant", { user: "root", role: "root" }],
			["enable", {}],
		] as const;
		for (const [path, body] of steps) {
			const url = `http://127.0.0.1:${etcd.first.clientPort}/v3/auth/${path}`;
			expect((await fetch(url, { method: "POST", body: JSON.stringify(body) })).status).toBe(200);
		}
	});
	afterAll(() => etcd?.stop());

	it("gives out no token, tells its status for a voter's, and its own one once it votes", async () => {
		const voter = etcd.connect(etcd.first, { auth: root });
		const authenticate = () => learner.client.authenticate(root.username, root.password);
		await expect(authenticate()).rejects.toMatchObject({ failure: "NotSupportedForLearner", call: "Authenticate" });
		const borrowToken = vi.fn(() => voter.authenticate(root.username, root.password));
		const client = etcd.connect(learner, { auth: { ...root, borrowToken } });
		// a token may come before the learner has heard of it, and a call is sent but twice
		await vi.waitFor(async () => expect(await client.status()).toMatchObject({ isLearner: true }), { timeout: 10_000 });
		const borrowed = borrowToken.mock.calls.length;
		expect(borrowed).toBeGreaterThan(0);
		await client.status();
		expect(borrowToken).toHaveBeenCalledTimes(borrowed);

		const alone = etcd.connect(learner, { auth: root });
		const told = await alone.status().catch((error: unknown) => error);
		// releases differ in whether Status wants a token; without one it is told or refused, and nothing else
		if (told instanceof Error) expect(told).toMatchObject({ failure: "Unauthenticated", call: "Status" });
		await vi.waitFor(() => voter.memberPromote(learner.id), { timeout: 30_000, interval: 100 });
		await expect.poll(async () => (await alone.status()).isLearner, { timeout: 10_000 }).toBe(false);
		expect((await alone.range({ key: bytes("a") })).kvs).toEqual([]);
		expect((await client.range({ key: bytes("a") })).kvs).toEqual([]);
	});

	it("tells a user's roles", async () => {
		const voter = etcd.connect(etcd.first, { auth: root });
		expect(await voter.userRoles("root")).toEqual(["root"]);
		await expect(etcd.client.userRoles("root")).rejects.toMatchObject({ failure: "Unauthenticated" });
	});
});
