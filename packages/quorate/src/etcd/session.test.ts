import { once } from "node:events";
import { createServer } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { timeLimit } from "../time-limit.ts";
import { connectMember } from "./connect.ts";
import type { MemberClient, MemberClientOptions } from "./member-client.ts";
import { bytes } from "./testing/bytes.ts";
import { etcdBinaries } from "./testing/etcd-binaries.ts";
import { dialer, startEtcd, type TestCluster } from "./testing/etcd-process.ts";
import { plainDuplex } from "./testing/plain-duplex.ts";
import { type TcpProxy, tcpProxy } from "./testing/tcp-proxy.ts";

const [binary] = etcdBinaries();

describe("the connection to a member", () => {
	let etcd: TestCluster;
	const cleanup: (() => void | Promise<void>)[] = [];

	beforeAll(async () => {
		etcd = await startEtcd(binary);
		await etcd.client.put(bytes("a"), new Uint8Array(1 << 20));
	});
	afterAll(() => etcd?.stop());
	afterEach(async () => {
		for (const end of cleanup.splice(0).reverse()) {
			await end();
		}
	});

	function connect(options: Partial<MemberClientOptions>): MemberClient {
		const client = connectMember({ name: "m", dial: dialer(etcd.first.clientPort), ...options });
		cleanup.push(() => client.close());
		return client;
	}

	async function proxied(
		options: Partial<MemberClientOptions> = {},
	): Promise<{ proxy: TcpProxy; client: MemberClient }> {
		const proxy = await tcpProxy(etcd.first.clientPort);
		cleanup.push(() => proxy.close());
		return { proxy, client: connect({ dial: dialer(proxy.port), ...options }) };
	}

	it("goes over a stream that is no socket, too", async () => {
		const opened: Duplex[] = [];
		const client = connect({ dial: plainDuplex(dialer(etcd.first.clientPort), opened) });
		const reads = Array.from({ length: 10 }, () => client.range({ key: bytes("a") }));
		for (const { kvs } of await Promise.all(reads)) {
			expect(kvs[0]?.value).toHaveLength(1 << 20);
		}
		let size = 0;
		for await (const { chunk } of client.snapshot()) {
			size += chunk.length;
		}
		expect(size % 512).toBe(32);
		expect(opened).toHaveLength(1);

		const watch = client.watch({ key: bytes("none"), startRevision: 0n })[Symbol.asyncIterator]();
		const next = expect(watch.next()).rejects.toMatchObject({ failure: "Unavailable" });
		await client.status();
		opened[0]?.destroy(new Error("the tunnel broke"));
		await next;
		await client.status();
		expect(opened).toHaveLength(2);
		client.close();
		await expect.poll(() => opened.map(({ destroyed }) => destroyed)).toEqual([true, true]);
	});

	it("is dialled with the first call, and serves all", async () => {
		const { proxy, client } = await proxied();
		expect(proxy.accepted).toBe(0);
		await Promise.all([client.status(), client.status(), client.range({ key: bytes("a") })]);
		await client.status();
		expect(proxy.accepted).toBe(1);
	});

	it("fails a call under way when it breaks, and is dialled anew for the next", async () => {
		const { proxy, client } = await proxied();
		await client.status();
		const watch = client.watch({ key: bytes("none"), startRevision: 0n })[Symbol.asyncIterator]();
		const next = expect(watch.next()).rejects.toMatchObject({ failure: "Unavailable", call: "Watch", member: "m" });
		const read = expect(
			client
				.snapshot()
				[Symbol.asyncIterator]()
				.next()
				.then(() => proxy.cut()),
		).resolves.toBeUndefined();
		await Promise.all([next, read]);
		await client.status();
		expect(proxy.accepted).toBe(2);
	});

	it("tells how long it has lasted, and begins again with the next one", async () => {
		const { proxy, client } = await proxied();
		expect(client.connectedMs()).toBe(0);
		await client.status();
		await sleep(30);
		const lasted = client.connectedMs();
		expect(lasted).toBeGreaterThanOrEqual(29);
		proxy.cut();
		await expect.poll(() => client.connectedMs()).toBe(0);
		await client.status();
		expect(client.connectedMs()).toBeGreaterThan(0);
		expect(proxy.accepted).toBe(2);
	});

	it("keeps the deadline where no answer comes, and then dials anew", async () => {
		const { proxy, client } = await proxied({ timeoutMs: 300 });
		await client.status();
		proxy.freeze();
		await expect(client.status()).rejects.toMatchObject({ failure: "DeadlineExceeded", call: "Status" });
		await client.status({ timeoutMs: 5000 });
		expect(proxy.accepted).toBe(2);
	});

	it("is not given up for one call that is slow while others are answered", async () => {
		const { proxy, client } = await proxied();
		await client.status();
		const slow = client.watch({ key: bytes("none"), startRevision: 0n }, { timeoutMs: 100 })[Symbol.asyncIterator]();
		await expect(slow.next()).rejects.toMatchObject({ failure: "DeadlineExceeded" });
		await client.status();
		expect(proxy.accepted).toBe(1);
	});

	it("tells a snapshot that stalls", async () => {
		const { proxy, client } = await proxied();
		await client.status();
		proxy.freeze();
		const chunks = client.snapshot({ timeoutMs: 200 })[Symbol.asyncIterator]();
		await expect(chunks.next()).rejects.toMatchObject({ failure: "DeadlineExceeded", call: "Snapshot" });
	});

	it("is Unavailable while nothing can be dialled, and works once it can", async () => {
		let reachable = false;
		const dial = dialer(etcd.first.clientPort);
		const client = connect({ dial: () => (reachable ? dial() : Promise.reject(new Error("no such pod"))) });
		await expect(client.status()).rejects.toMatchObject({
			failure: "Unavailable",
			message: expect.stringContaining("no such pod"),
		});
		reachable = true;
		await client.status();
	});

	it("is Unavailable where something else than etcd answers, or hangs up", async () => {
		for (const answer of ["HTTP/1.1 400 Bad Request\r\n\r\n", ""]) {
			const server = createServer((socket) => {
				socket.on("error", () => {});
				socket.end(answer);
			});
			server.listen(0, "127.0.0.1");
			await once(server, "listening");
			cleanup.push(() => void server.close());
			const address = server.address();
			const port = typeof address === "object" && address ? address.port : 0;
			await expect(connect({ dial: dialer(port) }).status()).rejects.toMatchObject({ failure: "Unavailable" });
		}
	});

	it("keeps the deadline while dialling, too", async () => {
		const client = connect({ dial: () => new Promise(() => {}) });
		await expect(client.status({ timeoutMs: 100 })).rejects.toMatchObject({ failure: "DeadlineExceeded" });
	});

	it("ends a call when its caller aborts, before and after it was sent", async () => {
		const { client } = await proxied();
		const aborted = { failure: "Aborted", call: "Status" };
		await expect(client.status({ signal: AbortSignal.abort() })).rejects.toMatchObject(aborted);
		const hanging = connect({ dial: () => new Promise(() => {}) });
		await expect(hanging.status({ signal: timeLimit(50) })).rejects.toMatchObject(aborted);
		await client.status();
	});

	it("leaves nothing open when closed, and takes no more calls", async () => {
		const { proxy, client } = await proxied();
		await client.status();
		const watch = client.watch({ key: bytes("none"), startRevision: 0n })[Symbol.asyncIterator]();
		const next = expect(watch.next()).rejects.toMatchObject({ failure: "Unavailable" });
		expect(proxy.open()).toBe(1);
		client.close();
		await next;
		await expect.poll(() => proxy.open()).toBe(0);
		await expect(client.status()).rejects.toMatchObject({ failure: "Unavailable" });
		expect(proxy.accepted).toBe(1);
	});

	it("closes what is dialled after it was closed", async () => {
		const { proxy } = await proxied();
		let dialled: () => void = () => {};
		const gate = new Promise<void>((resolve) => {
			dialled = resolve;
		});
		const client = connect({ dial: () => gate.then(dialer(proxy.port)) });
		const call = expect(client.status()).rejects.toMatchObject({ failure: "Unavailable" });
		client.close();
		await call;
		dialled();
		await expect.poll(() => proxy.accepted).toBe(1);
		await expect.poll(() => proxy.open()).toBe(0);
	});
});
