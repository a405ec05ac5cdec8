import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findBubblewrap } from "./find-bubblewrap.ts";
import { findEtcd } from "./find-etcd.ts";
import { findKubectl } from "./find-kubectl.ts";
import type { Environment } from "./folders.ts";
import { onPath } from "./on-path.ts";
import { run } from "./run.ts";

const dpkgDeb = await onPath("dpkg-deb");

let root: string;
let env: Environment;

/**
 * An apt whose mirror is a folder, and whose system lists are missing: only lists of our own, once updated, know the
 * packages.
 */
const LISTS = `for word; do case "$word" in Dir::State::lists=*) lists="\${word#*=}/x_Packages";; esac; done`;

const APT_GET = `
${LISTS}
case "$*" in
	*update*) echo update >> "$ROOT/calls"; touch "$lists" ;;
	*download*)
		echo download >> "$ROOT/calls"
		[ -e "$lists" ] || { echo "E: Unable to locate package" >&2; exit 100; }
		take=
		for word; do
			if [ -n "$take" ]; then cp "$ROOT/debs/$word"_*.deb . || exit 100; fi
			if [ "$word" = download ]; then take=1; fi
		done ;;
esac`;

const APT_CACHE = `
${LISTS}
[ -e "$lists" ] || { echo "E: No packages found" >&2; exit 100; }
echo "Package: etcd-server"; echo "Version: 3.4.23-4+b4"`;

beforeEach(async () => {
	root = await mkdtemp(join(tmpdir(), "quorate apt "));
	env = { PATH: `${join(root, "bin")}:/bin`, ROOT: root, HOME: root, QUORATE_ETCD_MIRROR: "http://127.0.0.1:1/" };
	await program(join(root, "bin/apt-get"), APT_GET);
	await program(join(root, "bin/apt-cache"), APT_CACHE);
	await mkdir(join(root, "debs"));
});

afterEach(() => rm(root, { recursive: true }));

async function program(file: string, body: string): Promise<void> {
	await mkdir(join(file, ".."), { recursive: true });
	await writeFile(file, `#!/bin/sh\n${body}\n`);
	await chmod(file, 0o755);
}

async function deb(name: string, version: string, files: Record<string, string>): Promise<void> {
	const tree = join(root, "tree", name);
	for (const [path, body] of Object.entries(files)) await program(join(tree, path), body);
	await mkdir(join(tree, "DEBIAN"), { recursive: true });
	const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: nobody <n@example.org>\nDescription: test\n`;
	await writeFile(join(tree, "DEBIAN/control"), control);
	const built = await run("dpkg-deb", ["-b", tree, join(root, "debs", `${name}_${version}_all.deb`)]);
	expect(built).toMatchObject({ code: 0 });
}

const cache = (...parts: string[]) => join(root, ".cache/quorate", ...parts);
const calls = async () => (await readFile(join(root, "calls"), "utf8")).trim().split("\n");

describe.skipIf(!dpkgDeb)("the distribution's packages", () => {
	it("give etcd when nothing else does, with package lists of our own where the system's do not know it", async () => {
		const speaks = 'echo "etcd Version: 3.4.23"';
		await deb("etcd-server", "3.4.23-4+b4", { "usr/bin/etcd": speaks, "usr/share/doc/etcd/README": "" });
		await deb("etcd-client", "3.4.23-4+b4", { "usr/bin/etcdctl": speaks });
		const found = await findEtcd({ env, version: "3.4" });
		expect(found).toMatchObject({ version: "3.4.23", source: "distribution", folder: cache("etcd/3.4.23") });
		expect(await readdir(found.folder)).toEqual(["SOURCE", "etcd", "etcdctl"]);
		expect(await calls()).toEqual(["update", "download", "download"]);
		expect(await readdir(cache("apt"))).toEqual(expect.not.arrayContaining([expect.stringContaining("download-")]));
		expect(await findEtcd({ env })).toMatchObject({ version: "3.4.23", source: "cache" });
	});

	it("are not fetched where they are another version", async () => {
		const error = await findEtcd({ env, version: "3.5" }).catch((error) => error);
		expect(error).toMatchObject({ code: "EtcdNotFound" });
		expect(error.state).toContain("distribution's packages: has 3.4.23");
		expect(await calls()).toEqual(["update"]);
	});

	it("give bubblewrap and kubectl likewise", async () => {
		env.PATH = join(root, "bin");
		for (const name of ["sh", "cp", "touch", "dpkg-deb", "tar"]) {
			const real = await onPath(name);
			if (real) await program(join(root, "bin", name), `PATH=/usr/bin:/bin exec ${real} "$@"`);
		}
		await deb("bubblewrap", "0.8.0-2", { "usr/bin/bwrap": "echo bwrap" });
		expect(await findBubblewrap({ env })).toEqual({ path: cache("bwrap/distribution/bwrap"), source: "distribution" });
		expect(await findBubblewrap({ env, offline: true })).toMatchObject({ source: "cache" });
		await expect(findKubectl({ env, offline: true })).rejects.toMatchObject({ code: "ToolMissing" });
	});

	it("are said to be out of reach with apt's own words", async () => {
		env.PATH = join(root, "bin");
		await program(join(root, "bin/dpkg-deb"), "exit 1");
		const error = await findBubblewrap({ env }).catch((error) => error);
		expect(error).toMatchObject({ code: "ToolMissing", hint: expect.stringContaining("QUORATE_BWRAP") });
		expect(error.state).toContain("distribution's package bubblewrap: apt-get download bubblewrap:");
	});
});

describe("a program that is named", () => {
	it("is taken, or refused when it is none", async () => {
		await program(join(root, "my kubectl"), "exit 0");
		env.QUORATE_KUBECTL = join(root, "my kubectl");
		expect(await findKubectl({ env })).toEqual({ path: env.QUORATE_KUBECTL, source: "option" });
		env.QUORATE_KUBECTL = join(root, "none");
		await expect(findKubectl({ env })).rejects.toMatchObject({
			code: "ToolMissing",
			message: expect.stringContaining("none"),
		});
	});
});
