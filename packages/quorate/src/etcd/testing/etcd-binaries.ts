import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, statSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";

export interface EtcdBinary {
	/** "3.5.9" */
	version: string;
	/** path of `etcd` */
	path: string;
}

function inspect(path: string): EtcdBinary[] {
	if (!statSync(path, { throwIfNoEntry: false })?.isFile()) {
		return [];
	}
	const version = /etcd Version: (\S+)/.exec(execFileSync(path, ["--version"], { encoding: "utf8" }))?.[1];
	return version ? [{ version, path }] : [];
}

/** Those in a folder, or in a folder of it each. */
function inspectAll(folder: string): EtcdBinary[] {
	const inner = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
	return [folder, ...inner].flatMap((each) => inspect(join(each, "etcd")));
}

function find(): EtcdBinary[] {
	const { QUORATE_ETCD: named, PATH = "", XDG_CACHE_HOME: cache = join(homedir(), ".cache") } = process.env;
	if (named) {
		return inspectAll(named);
	}
	const inPath = PATH.split(delimiter).find((folder) => folder && existsSync(join(folder, "etcd")));
	return inPath ? inspect(join(inPath, "etcd")) : inspectAll(join(cache, "quorate", "etcd"));
}

/** The etcd servers at hand, oldest first: in the folder QUORATE_ETCD, else in PATH, else those that the lab has fetched. */
export function etcdBinaries(): readonly [EtcdBinary, ...EtcdBinary[]] {
	const [first, ...others] = find().sort((a, b) => a.version.localeCompare(b.version, "en", { numeric: true }));
	if (!first) {
		throw new Error(
			"These tests need etcd: set QUORATE_ETCD to a folder that has `etcd` in it, or a folder for each version; or put etcd in PATH; or start the lab once, which fetches one",
		);
	}
	return [first, ...others];
}

/** "3.5" of "3.5.9", as numbers that compare: 3005. */
export function minorOf(version: string): number {
	const [major = 0, minor = 0] = version.split(".").map(Number);
	return major * 1000 + minor;
}
