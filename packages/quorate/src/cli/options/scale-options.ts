import type { VolumePlace } from "../../scaling/goal.ts";
import type { ScaleOptions } from "../../scaling/options.ts";
import { parseDuration } from "./duration.ts";
import type { EtcdFlags } from "./etcd-access.ts";
import { parseReplicas } from "./replicas.ts";
import { usage } from "./usage.ts";

/** Flags of `plan` and `scale`, as commander hands them over. */
export interface ScaleFlags extends EtcdFlags {
	replicas?: string;
	abort?: boolean;
	/** as many members as there are, with the pods on the newest template */
	rollOut?: boolean;
	persistInitialCluster?: boolean;
	currentReplicas?: string;
	snapshot?: string;
	force?: boolean;
	keepVolumes?: boolean;
	acceptHistory?: boolean;
	discardVolumes?: boolean;
	volumeNode?: string;
	volumePath?: string;
	timeout?: string;
	dryRun?: string;
	yes?: boolean;
}

/** @throws {QuorateError} Usage */
export function parseScaleOptions(flags: ScaleFlags): ScaleOptions {
	const timeoutMs = flags.timeout === undefined ? 0 : parseDuration(flags.timeout, "--timeout");
	if (flags.snapshot === "")
		throw usage("reading --snapshot", "it is empty", "name the file that is to be written, or none");
	const volumes = volumePlace(flags);
	return {
		replicas: flags.abort ? "before" : flags.rollOut ? "present" : parseReplicas(wanted(flags)),
		...(flags.persistInitialCluster || flags.rollOut
			? { rollOut: flags.persistInitialCluster ? "initial-cluster" : "template" }
			: {}),
		...(flags.snapshot === undefined ? {} : { snapshot: flags.snapshot }),
		...(flags.force ? { force: true } : {}),
		...(flags.keepVolumes ? { keepVolumes: true } : {}),
		...(flags.acceptHistory ? { acceptHistory: true } : {}),
		...(flags.discardVolumes ? { discardVolumes: true } : {}),
		...(volumes ? { volumes } : {}),
		...(timeoutMs > 0 ? { timeoutMs } : {}),
	};
}

function volumePlace({ volumeNode, volumePath: path }: ScaleFlags): VolumePlace | undefined {
	const nodes = volumeNode?.split(",").filter((name) => name !== "");
	if (nodes?.length === 0)
		throw usage("reading --volume-node", "it names no node", "name one for each new member: kubectl get nodes");
	if (path !== undefined && !/^\/.*\{ordinal\}/.test(path))
		throw usage(
			"reading --volume-path",
			`"${path}" is not a path that differs from member to member`,
			"give an absolute path with {ordinal} in it: --volume-path '/var/lib/etcd-{ordinal}'",
		);
	if (path?.split("/").includes(".."))
		throw usage(
			"reading --volume-path",
			`"${path}" must not contain ".."`,
			"give an absolute path with {ordinal} in it: --volume-path '/var/lib/etcd-{ordinal}'",
		);
	return nodes || path !== undefined
		? { ...(nodes ? { nodes } : {}), ...(path === undefined ? {} : { path }) }
		: undefined;
}

function wanted({ replicas }: ScaleFlags): string {
	if (replicas !== undefined) return replicas;
	throw usage("reading the flags", "--replicas is missing", "give the desired number of members: --replicas 5");
}

/** `client`, `server` and none given mean the same here: nothing but looking is done. */
export function isDryRun({ dryRun = "none" }: ScaleFlags): boolean {
	if (dryRun === "client" || dryRun === "server") return true;
	if (dryRun === "none") return false;
	throw usage("reading --dry-run", `unknown kind of dry run "${dryRun}"`, "one of: client, server, none");
}
