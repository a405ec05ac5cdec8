import type { LabUpOptions } from "../lab/lab-door.ts";
import { parseDuration } from "./duration.ts";
import { usage } from "./usage.ts";

/** Flags of `lab up`, as commander hands them over. */
export interface LabUpFlags {
	name?: string;
	members?: string;
	nodes?: string;
	etcdVersion?: string;
	image?: string;
	realProbes?: boolean;
	crosswiseVolumes?: boolean;
	stopHook?: boolean;
	etcd?: string;
	volumes?: string;
	empty?: boolean;
	tls?: boolean;
	clientCertAuth?: boolean;
	tlsNames?: string;
	auth?: boolean;
	port?: string;
	offline?: boolean;
	wait?: boolean;
	timeout?: string;
}

/** @throws {QuorateError} Usage; what the numbers may be is the lab's to say */
export function parseLabUp(flags: LabUpFlags): LabUpOptions {
	const { name, etcdVersion, image, etcd } = flags;
	const timeout = flags.timeout === undefined ? 0 : parseDuration(flags.timeout, "--timeout");
	return {
		...(name === undefined ? {} : { name }),
		...(etcdVersion === undefined ? {} : { etcdVersion: etcdVersion.replace(/^v/, "") }),
		...(image === undefined ? {} : { image }),
		...(etcd === undefined ? {} : { etcd }),
		...number("members", flags.members),
		...number("nodes", flags.nodes),
		...number("volumes", flags.volumes),
		...number("port", flags.port),
		...(flags.empty ? { empty: true } : {}),
		...(flags.tls ? { tls: true } : {}),
		...(flags.clientCertAuth ? { clientCertAuth: true } : {}),
		...(flags.tlsNames === undefined ? {} : { tlsNames: parseTlsNames(flags.tlsNames) }),
		...(flags.auth ? { auth: true } : {}),
		...(flags.realProbes ? { realProbes: true } : {}),
		...(flags.crosswiseVolumes ? { crosswiseVolumes: true } : {}),
		...(flags.stopHook ? { stopHook: true } : {}),
		...(flags.offline ? { offline: true } : {}),
		...(flags.wait === false ? { wait: false } : {}),
		...(timeout > 0 ? { timeout } : {}),
	};
}

function parseTlsNames(text: string): "wildcard" | "exact" {
	if (text === "wildcard" || text === "exact") return text;
	throw usage("reading --tls-names", `"${text}" is neither wildcard nor exact`, "as in: --tls-names exact");
}

function number<Name extends string>(name: Name, text: string | undefined): { [Key in Name]?: number } {
	if (text === undefined) return {};
	if (!/^\d{1,9}$/.test(text))
		throw usage(`reading --${name}`, `"${text}" is not a whole number`, `as in: --${name} 3`);
	return { [name]: Number(text) } as { [Key in Name]?: number };
}
