import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, join } from "node:path";

export interface EtcdBinary {
	/** "3.5.9" */
	version: string;
	/** path of `etcd` */
	path: string;
}

function inspect(path: string): EtcdBinary[] {
	if (!existsSync(path)) {
		return [];
	}
	const version = /etcd Version: (\S+)/.exec(execFileSync(path, ["--version"], { encoding: "utf8" }))?.[1];
	return version ? [{ version, path }] : [];
}

function find(): EtcdBinary[] {
	const folder = process.env.QUORATE_ETCD;
	if (folder) {
		const folders = [folder, ...(existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [])];
		return folders.flatMap((f) => inspect(join(f, "etcd")));
	}
	const inPath = (process.env.PATH ?? "").split(delimiter).find((f) => f && existsSync(join(f, "etcd")));
	return inPath ? inspect(join(inPath, "etcd")) : [];
}

/** The etcd servers at hand, oldest first: those in the folder QUORATE_ETCD (or a folder in it each), else in PATH. */
export function etcdBinaries(): readonly [EtcdBinary, ...EtcdBinary[]] {
	const [first, ...others] = find().sort((a, b) => a.version.localeCompare(b.version, "en", { numeric: true }));
	if (!first) {
		throw new Error(
			"These tests need etcd: set QUORATE_ETCD to a folder that has `etcd` in it, or a folder for each version, or put etcd in PATH",
		);
	}
	return [first, ...others];
}

/** "3.5" of "3.5.9", as numbers that compare: 3005. */
export function minorOf(version: string): number {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	return major * 1000 + minor;
}
