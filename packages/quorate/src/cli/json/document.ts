import { hexId } from "../render/quantities.ts";

/** Rises only when a field goes or changes its meaning; new fields may come at any time. */
export const API_VERSION = "quorate.io/v1";

export type DocumentKind =
	| "ClusterStatus"
	| "ClusterStatusList"
	| "Plan"
	| "CheckReport"
	| "ScaleResult"
	| "Proof"
	| "Snapshot"
	| "SnapshotReport"
	| "SnapshotKeys"
	| "Runbook"
	| "Lab"
	| "LabList"
	| "LabFault"
	| "EtcdVersions"
	| "Version"
	| "Error";

export type Document<Kind extends DocumentKind, Body> = { apiVersion: typeof API_VERSION; kind: Kind } & Body;

/** Member and cluster ids are hex strings, as etcdctl prints them; all other numbers of etcd stay far below 2^53. */
export function document<Kind extends DocumentKind, Body extends object>(kind: Kind, body: Body): Document<Kind, Body> {
	return { apiVersion: API_VERSION, kind, ...body };
}

export const id = hexId;

/** Leaves out what is undefined, so that a field is either there with a value or not at all. */
export function compact<T extends object>(object: T): { [Key in keyof T]: Exclude<T[Key], undefined> } {
	return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as {
		[Key in keyof T]: Exclude<T[Key], undefined>;
	};
}

/** The one document that a command prints, with its last line ended. */
export async function serialize(value: object, format: "json" | "yaml"): Promise<string> {
	if (format === "json") return `${JSON.stringify(value, undefined, 2)}\n`;
	const { toYaml } = await import("./yaml.ts");
	return toYaml(value);
}
