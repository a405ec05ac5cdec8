import type { ScaleOptions } from "../../scaling/options.ts";
import { parseDuration } from "./duration.ts";
import type { EtcdFlags } from "./etcd-access.ts";
import { parseReplicas } from "./replicas.ts";
import { usage } from "./usage.ts";

/** Flags of `plan` and `scale`, as commander hands them over. */
export interface ScaleFlags extends EtcdFlags {
	replicas?: string;
	abort?: boolean;
	currentReplicas?: string;
	snapshot?: string;
	force?: boolean;
	keepVolumes?: boolean;
	timeout?: string;
	dryRun?: string;
	yes?: boolean;
}

/** @throws {QuorateError} Usage */
export function parseScaleOptions(flags: ScaleFlags): ScaleOptions {
	const timeoutMs = flags.timeout === undefined ? 0 : parseDuration(flags.timeout, "--timeout");
	if (flags.snapshot === "")
		throw usage("reading --snapshot", "it is empty", "name the file that is to be written, or none");
	return {
		replicas: flags.abort ? "before" : parseReplicas(wanted(flags)),
		...(flags.snapshot === undefined ? {} : { snapshot: flags.snapshot }),
		...(flags.force ? { force: true } : {}),
		...(flags.keepVolumes ? { keepVolumes: true } : {}),
		...(timeoutMs > 0 ? { timeoutMs } : {}),
	};
}

function wanted({ replicas }: ScaleFlags): string {
	if (replicas !== undefined) return replicas;
	throw usage("reading the flags", "--replicas is missing", "say how many members there shall be: --replicas 5");
}

/** `client`, `server` and none given mean the same here: nothing but looking is done. */
export function isDryRun({ dryRun = "none" }: ScaleFlags): boolean {
	if (dryRun === "client" || dryRun === "server") return true;
	if (dryRun === "none") return false;
	throw usage("reading --dry-run", `"${dryRun}" is no kind of dry run`, "one of: client, server, none");
}
