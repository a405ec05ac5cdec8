import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { arch, cpus, loadavg, platform, release, totalmem } from "node:os";
import { findEtcd, findKubectl } from "quorate-lab";
import { QUORATE } from "../cluster/commands.ts";

export interface Machine {
	/** the processor's model */
	cpu: string;
	/** how many it has, as the operating system counts */
	cores: number;
	/** bytes */
	memory: number;
	/** the operating system's name and its kernel's version */
	system: string;
	/** runnable processes over the last minute, when the run began: above 0.5 the machine was not quiet */
	load: number;
}

export type Versions = Readonly<Record<string, string>>;

export function describeMachine(): Machine {
	const processors = cpus();
	const distribution = /^PRETTY_NAME="?([^"\n]+)/m.exec(read("/etc/os-release"))?.[1] ?? platform();
	return {
		cpu: processors[0]?.model.trim() ?? arch(),
		cores: processors.length,
		memory: totalmem(),
		system: `${distribution}, ${platform()} ${release().split(".").slice(0, 2).join(".")} ${arch()}`,
		load: Math.round((loadavg()[0] ?? 0) * 100) / 100,
	};
}

/** Of all that is measured. */
export async function describeVersions(): Promise<Versions> {
	const { path } = await findKubectl();
	const kubectl = JSON.parse(output(path, ["version", "--client", "-o", "json"])) as {
		clientVersion: { gitVersion: string };
	};
	const quorate = JSON.parse(output(process.execPath, [QUORATE, "version", "--client", "-o", "json"])) as {
		clientVersion: string;
	};
	return {
		quorate: `${quorate.clientVersion}${commit()}`,
		node: process.versions.node,
		etcd: (await findEtcd()).version,
		kubectl: kubectl.clientVersion.gitVersion,
	};
}

function commit(): string {
	try {
		const changed = output("git", ["status", "--porcelain", "--", "packages"]) !== "";
		return ` (${output("git", ["rev-parse", "--short", "HEAD"]).trim()}${changed ? ", changed" : ""})`;
	} catch {
		return "";
	}
}

const output = (command: string, args: readonly string[]) =>
	execFileSync(command, args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });

function read(file: string): string {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return "";
	}
}
