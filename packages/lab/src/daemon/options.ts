import { LabError } from "../lab-error.ts";

export interface UpOptions {
	/** Letters, digits and dashes; labs of different names run side by side. @default "lab" */
	name?: string;
	/** Of etcd, 1 to 9. @default 3 */
	members?: number;
	/** Of the embedded Kubernetes, 1 to 50; a member needs one for itself. @default the greater of 5 and members */
	nodes?: number;
	/** "3.5.9", or its beginning: "3.5". @default the first etcd at hand */
	etcdVersion?: string;
	/**
	 * A folder that holds etcd and etcdctl, or one such subfolder a version. @default QUORATE_ETCD, PATH, the cache, …
	 */
	etcd?: string;
	/** Mayastor's, in the keyspace: about six keys each. @default 200 */
	volumes?: number;
	/** No keys at all, and nobody who writes any. @default false */
	empty?: boolean;
	/** Of the API server, on 127.0.0.1. @default any that is free */
	port?: number;
	/**
	 * Return when the members are Ready and hold their keys; otherwise as soon as the API server answers. @default true
	 */
	wait?: boolean;
	/** Longest time to come up, in milliseconds, fetching of programs aside. @default 120000 */
	timeout?: number;
	/** Look for programs only on this machine. @default false */
	offline?: boolean;
}

export const DEFAULT_NAME = "lab";

/** The command that does something with that lab, for hints: `quorate lab down --name two`. */
export function labCommand(verb: string, name: string): string {
	return `\`quorate lab ${verb}${name === DEFAULT_NAME ? "" : ` --name ${name}`}\``;
}

export type ParsedUpOptions = Required<Omit<UpOptions, "etcdVersion" | "etcd">> &
	Pick<UpOptions, "etcdVersion" | "etcd">;

/** Checks everything before anything is touched. Throws LabError InvalidOption. */
export function parseUpOptions(options: UpOptions): ParsedUpOptions {
	const members = whole("members", options.members ?? 3, 1, 9);
	const nodes = whole("nodes", options.nodes ?? Math.max(5, members), 1, 50);
	if (nodes < members) {
		throw invalid(
			`${members} members need ${members} nodes: no two of them share one`,
			"ask for as many nodes as members",
		);
	}
	return {
		...options,
		name: parseName(options.name),
		members,
		nodes,
		volumes: whole("volumes", options.volumes ?? 200, 0, 100_000),
		empty: options.empty ?? false,
		port: whole("port", options.port ?? 0, 0, 65_535),
		wait: options.wait ?? true,
		timeout: whole("timeout", options.timeout ?? 120_000, 1, 2 ** 31 - 1),
		offline: options.offline ?? false,
	};
}

/** The name becomes a folder's, so nothing but a plain word will do. */
export function parseName(name: string = DEFAULT_NAME): string {
	if (/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(name)) return name;
	throw invalid(`"${name}" is no name for a lab`, "use lower-case letters, digits and dashes inside, at most 40");
}

function whole(option: string, value: number, least: number, most: number): number {
	if (Number.isInteger(value) && value >= least && value <= most) return value;
	throw invalid(`${option} must be a whole number from ${least} to ${most}, not ${value}`);
}

function invalid(message: string, hint?: string): LabError {
	return new LabError("InvalidOption", { operation: "reading the lab's options", message, ...(hint ? { hint } : {}) });
}
