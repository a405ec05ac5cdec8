import { etcdImage } from "../images/etcd-image.ts";
import { LabError } from "../lab-error.ts";

export interface UpOptions {
	/** Letters, digits and dashes; labs of different names run side by side. @default "lab" */
	name?: string;
	/** Of etcd, 1 to 9. @default 3 */
	members?: number;
	/** Of the embedded Kubernetes, 1 to 200; a member needs one for itself. @default the greater of 5 and members */
	nodes?: number;
	/** "3.5.9", or its beginning: "3.5". @default the first etcd at hand */
	etcdVersion?: string;
	/**
	 * What the members run, as their StatefulSet says it: "etcd:3.5.9" or "bitnami/etcd:3.5.6-debian-11-r10". With an image of
	 * Bitnami's, whoever mirrors it, the StatefulSet is the one of the chart that goes with its scripts: 8.6.0, or 12.0.14 from
	 * 3.5.17-debian-12-r4 on. Not together with etcdVersion, which its tag tells. @default plain etcd of etcdVersion
	 */
	image?: string;
	/**
	 * A folder that holds etcd and etcdctl, or one such subfolder a version. @default QUORATE_ETCD, PATH, the cache, …
	 */
	etcd?: string;
	/** Mayastor's, in the keyspace: about six keys each. @default 200 */
	volumes?: number;
	/**
	 * Readiness and startup probes are looked at when they are due. Otherwise a pod whose probe passes is Ready at once: the
	 * chart's first look comes after a minute. @default false
	 */
	realProbes?: boolean;
	/**
	 * Mayastor's volumes name no claim, so that Kubernetes may bind any to any: here each is bound to another member's claim than its
	 * number says, etcd-volume-2 to that of pod 0. Not together with snapshot. @default false
	 */
	crosswiseVolumes?: boolean;
	/**
	 * The chart's preStop hook: a pod that ends takes its member out of the cluster. It is the chart's default, which Mayastor turns off.
	 * Only with an image of Bitnami's up to 3.5.17-debian-12-r3, which has the script. @default false
	 */
	stopHook?: boolean;
	/** No keys at all, and nobody who writes any. @default false */
	empty?: boolean;
	/**
	 * A snapshot's file: every member starts from what is in it, under the lab's own names, and nobody writes anything else. Not
	 * together with volumes, empty and auth: users and passwords are the snapshot's. @default Mayastor's keyspace, made up
	 */
	snapshot?: string;
	/** etcd speaks TLS, to clients and among members, with certificates of a CA of its own that are in Secrets. @default false */
	tls?: boolean;
	/** etcd takes only clients that have a certificate; means TLS. @default false */
	clientCertAuth?: boolean;
	/** Pods that the certificates cover: any, or those that the lab begins with. @default "wildcard" */
	tlsNames?: "wildcard" | "exact";
	/** Auth is on; the password of the user root is in a Secret. @default false */
	auth?: boolean;
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

export type ParsedUpOptions = Required<Omit<UpOptions, "etcdVersion" | "etcd" | "image" | "snapshot">> &
	Pick<UpOptions, "etcdVersion" | "etcd" | "image" | "snapshot">;

/** Checks everything before anything is touched. Throws LabError InvalidOption. */
export function parseUpOptions(options: UpOptions): ParsedUpOptions {
	const members = whole("members", options.members ?? 3, 1, 9);
	const nodes = whole("nodes", options.nodes ?? Math.max(5, members), 1, 200);
	if (nodes < members) {
		throw invalid(
			`${members} members need ${members} nodes: no two of them share one`,
			"ask for as many nodes as members",
		);
	}
	refuseImage(options);
	refuseStopHook(options);
	refuseSnapshot(options);
	return {
		...options,
		name: parseName(options.name),
		members,
		nodes,
		volumes: whole("volumes", options.volumes ?? 200, 0, 100_000),
		empty: options.empty ?? false,
		realProbes: options.realProbes ?? false,
		crosswiseVolumes: options.crosswiseVolumes ?? false,
		stopHook: options.stopHook ?? false,
		...parseSecurity(options),
		port: whole("port", options.port ?? 0, 0, 65_535),
		wait: options.wait ?? true,
		timeout: whole("timeout", options.timeout ?? 120_000, 1, 2 ** 31 - 1),
		offline: options.offline ?? false,
	};
}

function parseSecurity(options: UpOptions) {
	const { auth = false, clientCertAuth = false, tls = clientCertAuth, tlsNames = "wildcard" } = options;
	if (tlsNames !== "wildcard" && tlsNames !== "exact")
		throw invalid(`tlsNames must be wildcard or exact, not ${tlsNames}`);
	if (!tls && (clientCertAuth || options.tlsNames !== undefined))
		throw invalid("there are no certificates without TLS", "ask for TLS as well");
	return { tls, clientCertAuth, tlsNames, auth };
}

function refuseImage({ image, etcdVersion, ...others }: UpOptions): void {
	if (image === undefined) return;
	if (etcdImage(image) === undefined) {
		throw invalid(
			`"${image}" is not an etcd image that the lab can run`,
			"use one like etcd:3.5.9, bitnami/etcd:3.5.6-debian-11-r10 or openebs/etcd:3.6.4-debian-12-r0",
		);
	}
	const secured = others.auth || others.tls || others.clientCertAuth;
	if (secured && etcdImage(image)?.kind !== "plain") {
		throw invalid("the lab guards plain etcd alone with TLS or auth", "leave the image out, or name one of plain etcd");
	}
	if (etcdVersion !== undefined) {
		throw invalid("an image's tag tells its etcd: a version beside it means nothing", "leave one of the two out");
	}
}

function refuseStopHook({ stopHook, image }: UpOptions): void {
	if (!stopHook || (image !== undefined && etcdImage(image)?.kind === "bitnami-old")) return;
	throw invalid(
		"only Bitnami's images up to 3.5.17-debian-12-r3 have the script that takes a member out when its pod ends",
		"name one as the image, like bitnami/etcd:3.5.6-debian-11-r10",
	);
}

function refuseSnapshot({ snapshot, volumes, empty, auth, crosswiseVolumes }: UpOptions): void {
	if (snapshot === undefined) return;
	if (crosswiseVolumes) throw invalid("a snapshot is restored into the volume of each member's own number");
	if (snapshot === "") throw invalid("the snapshot's name is empty");
	if (volumes !== undefined || empty || auth)
		throw invalid("a lab that starts from a snapshot holds what is in it", "leave out volumes, empty and auth");
}

/** The name becomes a folder's, so nothing but a plain word will do. */
export function parseName(name: string = DEFAULT_NAME): string {
	if (/^[a-z0-9]([-a-z0-9]{0,38}[a-z0-9])?$/.test(name)) return name;
	throw invalid(`"${name}" is not a name for a lab`, "use lower-case letters, digits and dashes inside, at most 40");
}

function whole(option: string, value: number, least: number, most: number): number {
	if (Number.isInteger(value) && value >= least && value <= most) return value;
	throw invalid(`${option} must be a whole number from ${least} to ${most}, not ${value}`);
}

function invalid(message: string, hint?: string): LabError {
	return new LabError("InvalidOption", { operation: "reading the lab's options", message, ...(hint ? { hint } : {}) });
}
