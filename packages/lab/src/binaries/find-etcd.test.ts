import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { EtcdRelease } from "./etcd-releases.ts";
import { etcdReleases } from "./etcd-releases.ts";
import { findEtcd } from "./find-etcd.ts";
import type { Environment } from "./folders.ts";
import { listEtcd } from "./list-etcd.ts";
import { run } from "./run.ts";

let root: string;
let env: Environment;
let server: Server;
let mirror: string;
let served: Map<string, Buffer>;
let asked: string[];

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "quorate find "));
	env = { PATH: join(root, "bin"), XDG_CACHE_HOME: join(root, "my cache"), HOME: root };
	served = new Map();
	asked = [];
	server = createServer((request, response) => {
		asked.push(request.url ?? "");
		const body = served.get(request.url ?? "");
		response.writeHead(body ? 200 : 404, { "content-length": body?.length ?? 0 }).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	mirror = `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror/`;
	env.QUORATE_ETCD_MIRROR = mirror;
});

afterEach(async () => {
	server.closeAllConnections();
	server.close();
	await rm(root, { recursive: true });
});

async function program(file: string, body: string): Promise<void> {
	await mkdir(join(file, ".."), { recursive: true });
	await writeFile(file, `#!/bin/sh\n${body}\n`);
	await chmod(file, 0o755);
}

/** A folder with programs that say they are of that version. */
async function etcd(folder: string, version: string, names = ["etcd", "etcdctl", "etcdutl"]): Promise<void> {
	for (const name of names) {
		await program(join(folder, name), `echo "etcd Version: ${version}"; echo "Git SHA: Not provided"`);
	}
}

/** Puts an archive up at the mirror, made as etcd's are. */
async function release(version: string): Promise<EtcdRelease> {
	const name = `etcd-v${version}-linux-test`;
	await etcd(join(root, "made", name), version);
	await writeFile(join(root, "made", name, "README.md"), "read me");
	const archive = join(root, `${name}.tar.gz`);
	await run("tar", ["-czf", archive, "-C", join(root, "made"), name]);
	const bytes = await readFile(archive);
	const path = `v${version}/${name}.tar.gz`;
	served.set(`/mirror/${path}`, bytes);
	return { version, name, path, sha256: createHash("sha256").update(bytes).digest("hex") };
}

const cache = (...parts: string[]) => join(root, "my cache", "quorate", ...parts);

describe("findEtcd", () => {
	it("takes the folder that is named before PATH, and PATH before the cache", async () => {
		await etcd(cache("etcd", "3.6.1"), "3.6.1");
		expect(await findEtcd({ env })).toMatchObject({ version: "3.6.1", source: "cache" });
		await etcd(join(root, "bin"), "3.4.23", ["etcd", "etcdctl"]);
		const onPath = await findEtcd({ env });
		expect(onPath).toMatchObject({ version: "3.4.23", source: "path", folder: join(root, "bin") });
		expect(onPath.etcdutl).toBeUndefined();
		await etcd(join(root, "named"), "3.5.9");
		env.QUORATE_ETCD = join(root, "named");
		expect(await findEtcd({ env })).toMatchObject({ version: "3.5.9", source: "option" });
		await etcd(join(root, "option"), "3.5.8");
		expect(await findEtcd({ env, etcd: join(root, "option") })).toMatchObject({ version: "3.5.8" });
		expect(asked).toEqual([]);
	});

	it("knows a folder with one subfolder a version, and takes the newest of what was asked for", async () => {
		for (const version of ["3.5.9", "3.5.35", "3.6.2"]) await etcd(join(root, "all", version), version);
		const folder = join(root, "all");
		const version = async (asked?: string) =>
			(await findEtcd({ env, etcd: folder, ...(asked ? { version: asked } : {}) })).version;
		expect(await version()).toBe("3.6.2");
		expect(await version("3.5")).toBe("3.5.35");
		expect(await version("v3.5.9")).toBe("3.5.9");
	});

	it("goes on to the next way where the version asked for is not among those found", async () => {
		await etcd(join(root, "named"), "3.5.9");
		await etcd(cache("etcd", "3.6.1"), "3.6.1");
		const found = await findEtcd({ env, etcd: join(root, "named"), version: "3.6" });
		expect(found).toMatchObject({ version: "3.6.1", source: "cache" });
	});

	it("refuses a named folder that has none, rather than take another", async () => {
		await etcd(cache("etcd", "3.6.1"), "3.6.1");
		await expect(findEtcd({ env, etcd: join(root, "nowhere") })).rejects.toMatchObject({
			code: "EtcdNotFound",
			message: expect.stringContaining("no folder"),
		});
		await etcd(join(root, "half"), "3.5.9", ["etcd"]);
		await expect(findEtcd({ env, etcd: join(root, "half") })).rejects.toMatchObject({
			message: expect.stringContaining("no etcdctl beside"),
		});
		await program(join(root, "broken/etcd"), "exit 1");
		await program(join(root, "broken/etcdctl"), "exit 1");
		await expect(findEtcd({ env, etcd: join(root, "broken") })).rejects.toMatchObject({
			message: expect.stringContaining("does not run"),
		});
	});

	it("fetches a release, verified, into the cache, once", async () => {
		const releases = [await release("3.6.1"), await release("3.5.9")];
		const found = await findEtcd({ env, releases, version: "3" });
		expect(found).toMatchObject({ version: "3.6.1", source: "release", folder: cache("etcd", "3.6.1") });
		expect(found.etcdutl).toBe(cache("etcd", "3.6.1", "etcdutl"));
		expect(await readdir(cache("etcd"))).toEqual(["3.6.1"]);
		expect(await readdir(cache("etcd", "3.6.1"))).toEqual(["etcd", "etcdctl", "etcdutl"]);
		expect(await readdir(cache("downloads"))).toEqual([]);
		expect(await findEtcd({ env, releases, version: "3.6" })).toMatchObject({ source: "cache" });
		expect(asked).toHaveLength(1);
	});

	it("fetches it once for several who ask at the same time", async () => {
		const releases = [await release("3.5.9")];
		const all = await Promise.all([1, 2, 3].map(() => findEtcd({ env, releases, version: "3.5.9" })));
		expect(new Set(all.map(({ etcd }) => etcd)).size).toBe(1);
		expect(asked).toHaveLength(1);
	});

	it("unpacks nothing that is not what was published", async () => {
		const releases = [{ ...(await release("3.5.9")), sha256: "0".repeat(64) }];
		await expect(findEtcd({ env, releases, version: "3.5.9" })).rejects.toMatchObject({ code: "ChecksumMismatch" });
		expect(existsSync(cache("etcd"))).toBe(false);
	});

	it("says of each way why it led nowhere, and what to do", async () => {
		const releases = [{ ...(await release("3.5.9")), path: "v3.5.9/gone.tar.gz" }];
		await etcd(join(root, "bin"), "3.4.23");
		const error = await findEtcd({ env, releases, version: "3.5" }).catch((error) => error);
		expect(error).toMatchObject({ code: "EtcdNotFound", message: "no etcd 3.5 at hand" });
		expect(error.state.split("\n")).toEqual([
			"tried, in this order:",
			"  --etcd, QUORATE_ETCD: not set",
			"  PATH: has 3.4.23",
			`  cache: no folder ${cache("etcd")}`,
			`  official release 3.5.9: ${mirror}v3.5.9/gone.tar.gz answered 404 Not Found`,
			"  distribution's packages: this is no Debian-like system (no apt-get on PATH)",
		]);
		expect(error.hint).toContain("QUORATE_ETCD_MIRROR");
	});

	it("asks nobody when it is to stay offline", async () => {
		await expect(findEtcd({ env, offline: true })).rejects.toMatchObject({ code: "EtcdNotFound" });
		expect(asked).toEqual([]);
	});

	it.each(["newest", "3.5.9.1", ""])("refuses %j as a version", async (version) => {
		await expect(findEtcd({ env, version })).rejects.toMatchObject({ code: "InvalidOption" });
	});
});

describe("listEtcd", () => {
	it("lists what is here in the order in which it would be taken, and what can be fetched", async () => {
		const releases = [await release("3.5.9"), await release("3.6.1")];
		await etcd(join(root, "bin"), "3.4.23");
		await etcd(cache("etcd", "3.5.9"), "3.5.9");
		const { atHand, fetchable } = await listEtcd({ env, releases });
		expect(atHand.map(({ version, source }) => [version, source])).toEqual([
			["3.4.23", "path"],
			["3.5.9", "cache"],
		]);
		expect(fetchable).toEqual([
			{ version: "3.6.1", source: "release", url: `${mirror}v3.6.1/etcd-v3.6.1-linux-test.tar.gz` },
		]);
		expect(asked).toEqual([]);
	});
});

describe("the pinned releases", () => {
	it.each(["x64", "arm64"])("have a sum each on %s, none twice", (architecture) => {
		const releases = etcdReleases(architecture);
		expect(releases.length).toBeGreaterThan(40);
		for (const { sha256 } of releases) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
		expect(new Set(releases.map(({ sha256 }) => sha256)).size).toBe(releases.length);
	});

	it("are none where the architecture is unknown", () => expect(etcdReleases("riscv64")).toEqual([]));
});
