import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { executable } from "./executable.ts";
import { run } from "./run.ts";
import { compareVersions } from "./version.ts";

/** Where a set of binaries came from. */
export type EtcdSource = "option" | "path" | "cache" | "release" | "distribution";

export interface EtcdBinaries {
	/** as `etcd --version` says: "3.5.9" */
	version: string;
	source: EtcdSource;
	/** absolute; holds the programs below, and maybe others */
	folder: string;
	etcd: string;
	etcdctl: string;
	/** absent before 3.5 */
	etcdutl?: string;
}

const versions = new Map<string, Promise<string | undefined>>();

/** The version that an etcd says it has, by running it; remembered as long as the file is the same. */
export async function etcdVersion(program: string): Promise<string | undefined> {
	const { mtimeMs, size, ino } = await stat(program);
	const key = [program, mtimeMs, size, ino].join("|");
	const known = versions.get(key);
	if (known) return known;
	const asked = run(program, ["--version"], { timeout: 10_000 }).then(
		({ stdout }) => /^etcd Version: (\d+\.\d+\.\d+)/m.exec(stdout)?.[1],
	);
	versions.set(key, asked);
	return asked;
}

/** The etcd right in `folder`, or why there is none. */
export async function etcdIn(folder: string, source: EtcdSource): Promise<EtcdBinaries | string> {
	const absolute = resolve(folder);
	const [etcd, etcdctl, etcdutl] = await Promise.all(
		["etcd", "etcdctl", "etcdutl"].map((name) => executable(join(absolute, name))),
	);
	if (!etcd) return `no etcd in ${absolute}`;
	if (!etcdctl) return `no etcdctl beside ${etcd}`;
	const version = await etcdVersion(etcd);
	if (!version) return `${etcd} does not run on this machine`;
	return { version, source, folder: absolute, etcd, etcdctl, ...(etcdutl ? { etcdutl } : {}) };
}

/**
 * Every etcd in `folder` and in its subfolders (one a version: `3.5.9/etcd`), newest first; and why others do not
 * count.
 */
export async function etcdsUnder(
	folder: string,
	source: EtcdSource,
): Promise<{ found: EtcdBinaries[]; reasons: string[] }> {
	const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
	if (!entries) return { found: [], reasons: [`no folder ${folder}`] };
	const holders = [folder];
	for (const entry of entries) {
		if (entry.name.startsWith(".") || !(entry.isDirectory() || entry.isSymbolicLink())) continue;
		if (await executable(join(folder, entry.name, "etcd"))) holders.push(join(folder, entry.name));
	}
	const answers = await Promise.all(holders.map((holder) => etcdIn(holder, source)));
	const found = answers.filter((answer) => typeof answer !== "string");
	const reasons = answers.filter((answer) => typeof answer === "string");
	if (found.length > 0 || holders.length > 1) reasons.shift();
	return { found: found.sort((a, b) => compareVersions(b.version, a.version)), reasons };
}
