import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { MemberClient } from "../member-client.ts";
import { bytes } from "../testing/bytes.ts";
import { etcdBinaries, minorOf } from "../testing/etcd-binaries.ts";
import { dialer, startEtcd, type TestCluster } from "../testing/etcd-process.ts";
import { tcpProxy } from "../testing/tcp-proxy.ts";
import { saveSnapshot } from "./save.ts";

const MEBIBYTE = 1 << 20;
const oldestAndNewest = [...new Set([etcdBinaries()[0], ...etcdBinaries().slice(-1)])];
const middle = etcdBinaries().filter((binary) => !oldestAndNewest.includes(binary));

let folder: string;
beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-save-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function fill(client: MemberClient, mebibytes: number): Promise<void> {
	for (let i = 0; i < mebibytes; i++) {
		await client.put(bytes(`large/${i}`), new Uint8Array(MEBIBYTE).fill(i));
	}
}

/** The member's stream, changed on its way. */
function altered(
	client: MemberClient,
	alter: (chunk: Uint8Array, received: number) => Uint8Array | undefined,
): Pick<MemberClient, "snapshot"> {
	return {
		async *snapshot(options) {
			let received = 0;
			for await (const part of client.snapshot(options)) {
				const chunk = alter(part.chunk, received);
				if (!chunk) {
					return;
				}
				received += chunk.length;
				yield { ...part, chunk };
			}
		},
	};
}

describe.each(oldestAndNewest)("a snapshot of 30 MiB from etcd $version", (binary) => {
	let etcd: TestCluster;
	beforeAll(async () => {
		etcd = await startEtcd(binary);
		await fill(etcd.client, 30);
	});
	afterAll(() => etcd?.stop());

	it("is saved whole, and says what is in it", async () => {
		const path = join(folder, "etcd.db");
		const progress: { bytes: number; total: number }[] = [];
		const saved = await saveSnapshot(etcd.client, path, { onProgress: (p) => progress.push(p) });
		const file = await readFile(path);
		expect(saved).toMatchObject({ path, size: file.length, revision: 31n, keys: 30 });
		expect(saved.sha256).toBe(file.subarray(-32).toString("hex"));
		expect(saved.sha256).toBe(createHash("sha256").update(file.subarray(0, -32)).digest("hex"));
		expect(saved.version).toBe(minorOf(binary.version) >= 3006 ? `${binary.version.replace(/\.\d+$/, "")}.0` : "");
		expect(file.length).toBeGreaterThan(30 * MEBIBYTE);
		expect((await stat(path)).mode & 0o777).toBe(0o600);
		expect(await readdir(folder)).toEqual(["etcd.db"]);
		expect(progress.length).toBeGreaterThan(30);
		expect(progress.at(-1)?.bytes).toBe(file.length);
	});

	it("is not read faster than it is taken", async () => {
		const proxy = await tcpProxy(etcd.first.clientPort);
		const client = etcd.connect(etcd.first, { dial: dialer(proxy.port) });
		const chunks = client.snapshot()[Symbol.asyncIterator]();
		await chunks.next();
		let before = -1;
		await vi.waitFor(
			() => {
				const unchanged = proxy.received === before;
				before = proxy.received;
				expect(unchanged).toBe(true);
			},
			{ interval: 300, timeout: 10_000 },
		);
		expect(proxy.received).toBeLessThan(16 * MEBIBYTE);
		await chunks.return?.();
		await client.status();
		client.close();
		await proxy.close();
	});

	it("fails when the connection breaks, and leaves nothing behind", async () => {
		const proxy = await tcpProxy(etcd.first.clientPort);
		const client = etcd.connect(etcd.first, { dial: dialer(proxy.port) });
		const cutting = saveSnapshot(client, join(folder, "etcd.db"), {
			onProgress: ({ bytes }) => bytes > 5 * MEBIBYTE && proxy.cut(),
		});
		await expect(cutting).rejects.toMatchObject({ code: "SnapshotFailed", state: "no file was left behind" });
		expect(await readdir(folder)).toEqual([]);
		await proxy.close();
	});

	it("stops when aborted, and leaves nothing behind", async () => {
		const stop = new AbortController();
		const saving = saveSnapshot(etcd.client, join(folder, "etcd.db"), {
			signal: stop.signal,
			onProgress: ({ bytes }) => bytes > 5 * MEBIBYTE && stop.abort(),
		});
		await expect(saving).rejects.toMatchObject({ code: "Stopped" });
		expect(await readdir(folder)).toEqual([]);
	});
});

describe.each(middle)("a snapshot from etcd $version", (binary) => {
	it("is saved whole", async () => {
		const etcd = await startEtcd(binary);
		try {
			await fill(etcd.client, 1);
			const saved = await saveSnapshot(etcd.client, join(folder, "etcd.db"));
			expect(saved).toMatchObject({ revision: 2n, keys: 1 });
		} finally {
			await etcd.stop();
		}
	});
});

describe("saveSnapshot", () => {
	let etcd: TestCluster;
	beforeAll(async () => {
		etcd = await startEtcd(etcdBinaries()[0]);
		await fill(etcd.client, 2);
	});
	afterAll(() => etcd?.stop());

	it("never overwrites", async () => {
		const path = join(folder, "etcd.db");
		await writeFile(path, "mine");
		await expect(saveSnapshot(etcd.client, path)).rejects.toMatchObject({ code: "FileExists", exitCode: 2 });
		expect(await readFile(path, "utf8")).toBe("mine");
		expect(await readdir(folder)).toEqual(["etcd.db"]);
	});

	it("does not overwrite a file that came into being meanwhile either", async () => {
		const path = join(folder, "etcd.db");
		let written = false;
		const client = altered(etcd.client, (chunk) => chunk);
		const saving = saveSnapshot(client, path, {
			onProgress: () => {
				if (!written) {
					written = true;
					void writeFile(path, "mine");
				}
			},
		});
		await expect(saving).rejects.toMatchObject({ code: "FileExists" });
		expect(await readFile(path, "utf8")).toBe("mine");
		expect(await readdir(folder)).toEqual(["etcd.db"]);
	});

	it("does not take a flipped byte for a snapshot", async () => {
		const client = altered(etcd.client, (chunk, received) => {
			if (received > MEBIBYTE && received < MEBIBYTE + 64 * 1024) {
				chunk[100] = (chunk[100] ?? 0) ^ 1;
			}
			return chunk;
		});
		await expect(saveSnapshot(client, join(folder, "etcd.db"))).rejects.toMatchObject({
			code: "SnapshotFailed",
			message: expect.stringContaining("checksum"),
		});
		expect(await readdir(folder)).toEqual([]);
	});

	it.each([0, 1, 2])("does not take a stream that ends early for a snapshot (%i MiB)", async (mebibytes) => {
		const client = altered(etcd.client, (chunk, received) => (received < mebibytes * MEBIBYTE ? chunk : undefined));
		await expect(saveSnapshot(client, join(folder, "etcd.db"))).rejects.toMatchObject({ code: "SnapshotFailed" });
		expect(await readdir(folder)).toEqual([]);
	});

	it("fails where there is no folder", async () => {
		await expect(saveSnapshot(etcd.client, join(folder, "no", "etcd.db"))).rejects.toMatchObject({
			code: "SnapshotFailed",
		});
	});
});
