import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bytes } from "./testing/bytes.ts";
import { type EtcdBinary, etcdBinaries } from "./testing/etcd-binaries.ts";
import { dialer, startEtcd, type TestCluster } from "./testing/etcd-process.ts";
import { plainDuplex } from "./testing/plain-duplex.ts";
import { testCertificates } from "./testing/test-certificates.ts";

const oldestAndNewest = [...new Set([etcdBinaries()[0], ...etcdBinaries().slice(-1)])];

describe.each(oldestAndNewest)("etcd $version with TLS and client certificates", (binary: EtcdBinary) => {
	const serverName = "mayastor-etcd-0.mayastor-etcd-headless";
	let folder: string;
	let certificates: Awaited<ReturnType<typeof testCertificates>>;
	let etcd: TestCluster;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-tls-"));
		certificates = await testCertificates([serverName]);
		const { ca, server, client } = certificates;
		await writeFile(join(folder, "ca.pem"), ca);
		await writeFile(join(folder, "cert.pem"), server.cert);
		await writeFile(join(folder, "key.pem"), server.key);
		etcd = await startEtcd(binary, {
			scheme: "https",
			args: [
				"--client-cert-auth",
				`--trusted-ca-file=${join(folder, "ca.pem")}`,
				`--cert-file=${join(folder, "cert.pem")}`,
				`--key-file=${join(folder, "key.pem")}`,
			],
			client: { tls: { ca, ...client, serverName } },
		});
	});
	afterAll(async () => {
		await etcd?.stop();
		await rm(folder, { recursive: true, force: true });
	});

	it("is spoken to by name and by address", async () => {
		await etcd.client.put(bytes("a"), new Uint8Array(1 << 20));
		const { ca, client } = certificates;
		const byAddress = etcd.connect(etcd.first, { tls: { ca, ...client, serverName: "127.0.0.1" } });
		expect((await byAddress.range({ key: bytes("a") })).kvs[0]?.value).toHaveLength(1 << 20);
	});

	it("is spoken to over a stream that is no socket, and gets nothing once that broke", async () => {
		const { ca, client } = certificates;
		const opened: Duplex[] = [];
		const dial = plainDuplex(dialer(etcd.first.clientPort), opened);
		const tunnelled = etcd.connect(etcd.first, { dial, tls: { ca, ...client, serverName } });
		await tunnelled.put(bytes("b"), new Uint8Array(1 << 20));
		expect((await tunnelled.range({ key: bytes("b") })).kvs[0]?.value).toHaveLength(1 << 20);
		const watch = tunnelled.watch({ key: bytes("none"), startRevision: 0n })[Symbol.asyncIterator]();
		const next = expect(watch.next()).rejects.toMatchObject({ failure: "Unavailable" });
		await tunnelled.status();
		opened[0]?.destroy();
		await next;
		await tunnelled.status();
		tunnelled.close();
		await expect.poll(() => opened.map(({ destroyed }) => destroyed)).toEqual([true, true]);
	});

	it("is not spoken to under a name that its certificate does not cover", async () => {
		const { ca, client } = certificates;
		const other = etcd.connect(etcd.first, { tls: { ca, ...client, serverName: "mayastor-etcd-3" } });
		await expect(other.status()).rejects.toMatchObject({
			failure: "Unavailable",
			message: expect.stringContaining("mayastor-etcd-3"),
		});
	});

	it("is not spoken to without its CA, unless that was asked for", async () => {
		const { client } = certificates;
		const unknown = etcd.connect(etcd.first, { tls: { ...client, serverName } });
		await expect(unknown.status()).rejects.toMatchObject({ failure: "Unavailable" });
		const careless = etcd.connect(etcd.first, { tls: { ...client, serverName: "x", rejectUnauthorized: false } });
		expect((await careless.status()).version).toBe(binary.version);
	});

	it("refuses a client without a certificate", async () => {
		const bare = etcd.connect(etcd.first, { tls: { ca: certificates.ca, serverName } });
		await expect(bare.status()).rejects.toMatchObject({ failure: "Unavailable" });
	});
});

describe.each(etcdBinaries())("etcd $version with users", (binary) => {
	const root = { username: "root", password: "secret" };
	let etcd: TestCluster;

	async function gateway(path: string, body: object): Promise<void> {
		const url = `http://127.0.0.1:${etcd.first.clientPort}/v3/auth/${path}`;
		const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
		expect(answer.status, await answer.text()).toBe(200);
	}

	beforeAll(async () => {
		etcd = await startEtcd(binary, { args: ["--auth-token-ttl=1"] });
		await gateway("user/add", { name: root.username, password: root.password });
		await gateway("user/grant", { user: "root", role: "root" });
		await gateway("user/add", { name: "guest", password: "guest" });
	});
	afterAll(() => etcd?.stop());

	it("is used with and without a user, and the token is renewed", async () => {
		const early = etcd.connect(etcd.first, { auth: root });
		await early.put(bytes("a"), bytes("before auth is on"));
		await gateway("enable", {});
		await early.put(bytes("a"), bytes("after"));
		await Promise.all([early.range({ key: bytes("a") }), early.memberList(), early.alarmList(), early.hashKV(0n)]);
		// Tokens are let go after a second without use; the check for that runs once a second.
		await sleep(2500);
		await early.put(bytes("a"), bytes("with a new token"));
		for await (const { events } of early.watch({ key: bytes("a"), startRevision: 1n })) {
			expect(events.length).toBeGreaterThan(0);
			break;
		}
		let size = 0;
		for await (const { chunk } of early.snapshot()) {
			size += chunk.length;
		}
		expect(size).toBeGreaterThan(0);

		const key = bytes("a");
		await expect(etcd.client.range({ key })).rejects.toMatchObject({ failure: "Unauthenticated", call: "Range" });
		const wrong = etcd.connect(etcd.first, { auth: { ...root, password: "wrong" } });
		await expect(wrong.range({ key })).rejects.toMatchObject({ failure: "Unauthenticated", call: "Authenticate" });
		const guest = etcd.connect(etcd.first, { auth: { username: "guest", password: "guest" } });
		await expect(guest.range({ key })).rejects.toMatchObject({ failure: "PermissionDenied", call: "Range" });
	});
});
