import { readFile, readlink } from "node:fs/promises";
import { basename, posix } from "node:path";
import type { Mount } from "../machine/root-file-system.ts";

/** What etcd takes where nothing is said: https://etcd.io/docs/v3.5/dev-guide/limit/ */
const DEFAULT_QUOTA = 2 * 1024 ** 3;

/** How an etcd process was started: https://etcd.io/docs/v3.5/op-guide/configuration/ */
export interface EtcdSettings {
	/** in its container */
	dataDir: string;
	/** bytes that its database may have; Infinity where it may grow without limit */
	quota: number;
}

/** Undefined where the process runs something else. */
export async function etcdSettings(pid: number): Promise<EtcdSettings | undefined> {
	const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8").catch(() => "");
	const [program, args, environ, cwd] = await Promise.all([
		readlink(`/proc/${pid}/exe`).catch(() => ""),
		read("cmdline").then((text) => text.split("\0").slice(0, -1)),
		read("environ").then((text) => text.split("\0")),
		readlink(`/proc/${pid}/cwd`).catch(() => "/"),
	]);
	// etcdctl may be a link to the same file.
	const names = [program, args[0] ?? ""].map((path) => basename(path));
	if (!names.includes("etcd") || names[1]?.startsWith("etcdctl")) return undefined;
	const env = Object.fromEntries(environ.map((line) => [line.split("=", 1)[0] ?? "", line.replace(/^[^=]*=/, "")]));
	return parseEtcdSettings(args.slice(1), env, cwd);
}

export function parseEtcdSettings(
	args: string[],
	env: Record<string, string | undefined>,
	workingDirectory: string,
): EtcdSettings {
	const value = (flag: string) => flagValue(args, flag) ?? env[`ETCD_${flag.replaceAll("-", "_").toUpperCase()}`];
	const dataDir = value("data-dir") || `${value("name") || "default"}.etcd`;
	const quota = Number(value("quota-backend-bytes") || 0);
	return {
		dataDir: posix.resolve(workingDirectory, dataDir),
		quota: quota === 0 ? DEFAULT_QUOTA : quota < 0 ? Number.POSITIVE_INFINITY : quota,
	};
}

/** `--flag=value`, `--flag value`, or with one dash; the last one counts. */
function flagValue(args: string[], flag: string): string | undefined {
	let found: string | undefined;
	for (const [index, arg] of args.entries()) {
		const [, name, value] = /^--?([^=]+)(?:=(.*))?$/.exec(arg) ?? [];
		if (name === flag) found = value ?? args[index + 1];
	}
	return found;
}

/** The same command line and environment with another quota. */
export function withQuota<T extends { command: string[]; environment: Record<string, string> }>(
	plan: T,
	quota: number,
): T {
	const command = plan.command.map((arg, index) => {
		if (/^--?quota-backend-bytes$/.test(plan.command[index - 1] ?? "")) return String(quota);
		return arg.replace(/^(--?quota-backend-bytes)=.*/, `$1=${quota}`);
	});
	return { ...plan, command, environment: { ...plan.environment, ETCD_QUOTA_BACKEND_BYTES: String(quota) } };
}

/** Where on this machine the file or folder of a container lies that one of its mounts has; undefined: none has it. */
export function outsidePath(mounts: readonly Mount[], path: string): { mount: Mount; path: string } | undefined {
	const inside = (target: string) => path === target || path.startsWith(`${target.replace(/\/$/, "")}/`);
	const [mount] = mounts.filter(({ target }) => inside(target)).sort((a, b) => b.target.length - a.target.length);
	return mount && { mount, path: posix.join(mount.source, posix.relative(mount.target, path)) };
}
