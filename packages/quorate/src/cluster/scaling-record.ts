import { isDeepStrictEqual } from "node:util";
import type { StatefulSetUpdateStrategy } from "kubernetes-types/apps/v1";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { ManagedFieldsEntry } from "kubernetes-types/meta/v1";
import { QuorateError } from "../errors.ts";
import { count, flag, list, long, object, type Schema, SchemaError, text } from "../kubernetes/schema.ts";
import type { Goal } from "../scaling/goal.ts";
import { LARGEST_CLUSTER } from "./cluster-view.ts";
import type { HistoryJSON } from "./history.ts";
import { podTemplate, updateStrategy } from "./object-schemas.ts";

/** The one annotation that a run keeps on the StatefulSet while it is unfinished. */
export const RECORD_ANNOTATION = "quorate.io/scaling";

export interface LeavingRecord {
	ordinal: number;
	/** the node that its pod was on: its volumes may be nowhere else */
	node?: string;
	/** uid of its pod */
	pod?: string;
	/** ids of its member and of the cluster, in hexadecimal */
	member?: string;
	cluster?: string;
	/** it was a learner: its volumes may hold less than a member's data */
	learner?: boolean;
	/** no container of its pod was ever started, so nothing was written */
	unused?: boolean;
	claims?: readonly { name: string; uid: string }[];
}

/**
 * What a run found and cannot be read back from the cluster later. Written in the same request as the change that it belongs to,
 * so it is never ahead of or behind the StatefulSet.
 */
export interface ScalingRecord {
	version: 1;
	/** replicas when the run began */
	from: number;
	/** voters when it began; absent: as many as the replicas */
	voters?: number;
	/** when it began, RFC 3339 */
	startedAt: string;
	/** what the run is to reach, with all that was agreed to; absent: an older Quorate wrote the record */
	goal?: Goal;
	/** the template and the strategy as they were found */
	template: PodTemplateSpec;
	updateStrategy: StatefulSetUpdateStrategy;
	/** ordinal whose join profile the template holds now; absent: the template is the original */
	joining?: number;
	/** pods are being brought onto the newest template, or back onto the one before: that they are on different ones is no defect */
	rolling?: "forth" | "back";
	/** the template as it was found, where members were named in it since */
	unnamed?: PodTemplateSpec;
	/** PersistentVolumes that were made for members to come, to be deleted where these do not come after all */
	volumes?: readonly string[];
	/** who leaves, and where its data is, noted while its pod was still there */
	leaving?: LeavingRecord;
	/** who left before, and whose data is yet to be cleared: someone else lowered the replicas again in between */
	left?: readonly LeavingRecord[];
	/** volumes that were verified to be empty, or were never used: they may be deleted */
	emptied?: readonly { name: string; uid: string }[];
	/** the verified snapshot that was taken before the first change */
	snapshot?: SnapshotRecord;
	/** what the cluster held at the beginning, with the snapshot, or at the last proof: the run does nothing to one that holds less */
	history?: HistoryJSON;
	/** `metadata.managedFields` as they were found: who owned what this run writes to, and owns it again at its end */
	owners?: readonly ManagedFieldsEntry[];
	/** the last proof: how many voters were found to hold the same keyspace */
	proven?: { voters: number; revision: string };
}

/** A snapshot that was verified when it was saved. */
export interface SnapshotRecord {
	file: string;
	revision: string;
	sha256: string;
	takenAt: string;
	/** bytes of the file; absent: an older Quorate wrote the record */
	size?: number;
}

const ROLL_OUTS: readonly unknown[] = ["template", "initial-cluster"] satisfies Goal["rollOut"][];

const rollOut: Schema = (value, path) => {
	if (ROLL_OUTS.includes(text(value, path))) return value;
	throw new SchemaError(path, `is ${JSON.stringify(value)}, not one of ${ROLL_OUTS.join(", ")}`);
};

const goal = object(
	{
		replicas: count,
		snapshot: flag,
		keepVolumes: flag,
		discardVolumes: flag,
		rollOut,
		volumes: object({ nodes: list(text), path: text }),
		volumeNodes: list(object({ ordinal: count, node: text }, "ordinal", "node")),
		force: flag,
		takesBack: flag,
	},
	...["replicas", "snapshot"],
);

const template: Schema = (value, path) => object({ spec: object({}) }, "spec")(podTemplate(value, path), path);

const hexId: Schema = (value, path) => {
	const id = text(value, path) as string;
	if (/^[0-9a-f]{1,16}$/.test(id)) return id;
	throw new SchemaError(path, "is not an id in hexadecimal");
};

const leaving = object(
	{
		ordinal: count,
		node: text,
		pod: text,
		member: hexId,
		cluster: hexId,
		learner: flag,
		unused: flag,
		claims: list(object({ name: text, uid: text }, "name", "uid")),
	},
	"ordinal",
);

const schema = object(
	{
		from: count,
		voters: count,
		startedAt: text,
		goal,
		template,
		updateStrategy,
		joining: count,
		rolling: text,
		unnamed: template,
		volumes: list(text),
		leaving,
		left: list(leaving),
		emptied: list(object({ name: text, uid: text }, "name", "uid")),
		snapshot: object(
			{ file: text, revision: text, sha256: text, takenAt: text, size: long },
			...["file", "revision", "sha256", "takenAt"],
		),
		history: object({ clusterId: text, revision: text, keys: count }, "clusterId", "revision"),
		owners: list(object({ manager: text, operation: text, apiVersion: text, subresource: text, time: text })),
		proven: object({ voters: count, revision: text }, "voters", "revision"),
	},
	...["from", "startedAt", "template", "updateStrategy"],
);

export function parseRecord(annotation: string | undefined, where: string): ScalingRecord | undefined {
	if (annotation === undefined) return undefined;
	const refuse = (problem: string) =>
		new QuorateError("Refused", {
			operation: `reading the annotation ${RECORD_ANNOTATION} of ${where}`,
			message: `it is not what a run of Quorate writes (${problem})`,
			state: "nothing was changed",
			hint: "it holds the StatefulSet's template and update strategy as they were found; restore it from the object's history, or remove the annotation once the StatefulSet is as it should be",
		});
	let parsed: unknown;
	try {
		parsed = JSON.parse(annotation);
	} catch {
		throw refuse("not JSON");
	}
	if (typeof parsed !== "object" || parsed === null) throw refuse("not an object");
	const { version } = parsed as { version?: unknown };
	if (version !== 1) throw refuse(`version ${JSON.stringify(version)}; this Quorate knows version 1`);
	try {
		const record = schema(parsed, "") as ScalingRecord;
		if (record.from >= 1 && record.from <= LARGEST_CLUSTER) return record;
		throw new SchemaError("from", `is ${record.from}, and no number of members`);
	} catch (error) {
		throw error instanceof SchemaError ? refuse(error.message) : error;
	}
}

export const formatRecord = (record: ScalingRecord): string => JSON.stringify(record);

/**
 * A roll-out brings the pods onto the template that there is: where someone has corrected it since, it goes on to that one, and what was to
 * be put back (the template before members were named in it) is not ours to put back any more.
 */
export function followTemplate(record: ScalingRecord, current: PodTemplateSpec): ScalingRecord {
	if (!record.rolling || record.joining !== undefined || isDeepStrictEqual(record.template, current)) return record;
	const { unnamed: _, ...rest } = record;
	return { ...rest, template: current };
}
