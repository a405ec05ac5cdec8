import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { EtcdBinaries } from "../binaries/etcd-folder.ts";
import { findEtcd } from "../binaries/find-etcd.ts";
import { run } from "../binaries/run.ts";
import { runCoreAgent } from "./core-agent.ts";
import { poolsOn } from "./disk-pools.ts";
import { EtcdGateway } from "./etcd-gateway.ts";
import { keyspace } from "./keyspace/keyspace.ts";
import { seed } from "./seed.ts";

const clusterId = "ce05eb25-50cc-400a-a57f-37e6a5ed9bef";
const pools = poolsOn(["worker-0", "worker-1", "worker-2"]);

let etcd: EtcdBinaries;
let folder: string;
let client: string;
let peer: string;
let server: ChildProcess;

beforeAll(async () => {
	etcd = await findEtcd();
	folder = await mkdtemp(join(tmpdir(), "quorate-mayastor-"));
	client = `127.0.0.1:${await freePort()}`;
	peer = `127.0.0.1:${await freePort()}`;
	await start();
});

afterAll(async () => {
	server.kill("SIGKILL");
	await rm(folder, { recursive: true });
});

async function freePort(): Promise<number> {
	const probe = createServer().listen(0, "127.0.0.1");
	await once(probe, "listening");
	const { port } = probe.address() as AddressInfo;
	await new Promise((resolve) => probe.close(resolve));
	return port;
}

async function start(): Promise<void> {
	const urls = ["--listen-client-urls", `http://${client}`, "--advertise-client-urls", `http://${client}`];
	const peers = ["--listen-peer-urls", `http://${peer}`];
	server = spawn(etcd.etcd, ["--data-dir", join(folder, "data"), ...urls, ...peers], { stdio: "ignore" });
	await until(async () => (await etcdctl("endpoint", "health")).code === 0);
}

function etcdctl(...args: string[]) {
	const env = { ...process.env, ETCDCTL_API: "3" };
	return run(etcd.etcdctl, ["--endpoints", client, "--command-timeout", "2s", ...args], { env });
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + 30_000;
	while (!(await isSo())) {
		if (Date.now() > deadline) throw new Error("it never came to be so");
		await sleep(20);
	}
}

/** Keys under a kind, from etcd itself. */
async function keys(kind: string): Promise<string[]> {
	const { stdout } = await etcdctl("get", "--prefix", "--keys-only", "/openebs.io");
	return stdout.split("\n").filter((key) => key.includes(`/${kind}/`));
}

describe("Mayastor's model, on a real etcd", () => {
	// The first address answers nothing: whoever is there is asked.
	const gateway = new EtcdGateway(() => ["127.0.0.1:1", client]);

	it("writes the whole keyspace", async () => {
		const count = await seed(gateway, { clusterId, pools });
		const expected = keyspace({ clusterId, pools });
		expect(count).toBe(expected.length);
		const { stdout } = await etcdctl("get", "--prefix", "/", "-w", "json");
		const decode = (text: string | undefined) => Buffer.from(text ?? "", "base64").toString();
		const kvs: { key: string; value?: string }[] = JSON.parse(stdout).kvs;
		const found = new Map(kvs.map(({ key, value }) => [decode(key), decode(value)]));
		expect(found).toEqual(new Map(expected.map(({ key, value }) => [key, value])));
	});

	it("keeps one lease lock that comes and goes, through an outage, and stops when it is told to", async () => {
		const stop = new AbortController();
		const agent = runCoreAgent({ gateway, clusterId, interval: 10, keepAlives: 2, signal: stop.signal });
		await until(async () => (await keys("StoreLeaseLock")).length === 1);
		const [first] = await keys("StoreLeaseLock");
		await until(async () => !(await keys("StoreLeaseLock")).includes(first ?? ""));
		server.kill("SIGKILL");
		await once(server, "exit");
		await sleep(100);
		await start();
		// A lease that could not be revoked in time lives on for a while, with its key.
		const before = await keys("StoreLeaseLock");
		await until(async () => (await keys("StoreLeaseLock")).some((key) => !before.includes(key)));
		expect(await keys("StoreLeaseOwner")).toHaveLength(1);
		stop.abort();
		await agent;
	});
});
