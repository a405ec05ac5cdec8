import { isDeepStrictEqual } from "node:util";
import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { ObjectMeta } from "kubernetes-types/meta/v1";
import { type ClusterView, voters } from "../../cluster/cluster-view.ts";
import { historyJSON, historyOf } from "../../cluster/history.ts";
import { STATEFULSETS } from "../../cluster/resources.ts";
import { formatRecord, RECORD_ANNOTATION, type ScalingRecord } from "../../cluster/scaling-record.ts";
import { QuorateError } from "../../errors.ts";
import { withoutOurs } from "../../kubernetes/field-owners.ts";
import type { Goal } from "../goal.ts";
import { LookAgain, type PerformContext } from "./context.ts";

const TRIES = 5;

type Spec = NonNullable<StatefulSet["spec"]>;

/**
 * Reads the StatefulSet, lets `change` edit its spec, and writes it back whole, with the record in the same request. Refuses
 * where the spec is not the one that the decision was made on: then it must be made anew. `beforeWriting` is called before each try.
 */
export async function editStatefulSet(
	context: PerformContext,
	view: ClusterView,
	record: ScalingRecord,
	change: (spec: Spec) => void,
	beforeWriting?: () => Promise<void>,
): Promise<void> {
	const edit = (metadata: ObjectMeta, spec: Spec) => {
		const begins = metadata.annotations?.[RECORD_ANNOTATION] === undefined;
		const owners = metadata.managedFields?.filter(({ subresource }) => subresource !== "status");
		const whole = begins && owners ? { ...record, owners } : record;
		metadata.annotations = { ...metadata.annotations, [RECORD_ANNOTATION]: formatRecord(whole) };
		change(spec);
	};
	await write(context, view.statefulSet, edit, beforeWriting);
}

/**
 * Ends the run: edits the spec, then takes the record away, and with it every sign of ours in `metadata.managedFields`. Two writes: who
 * changes a field owns it, so the last one changes none.
 */
export async function endRecord(
	context: PerformContext,
	view: ClusterView,
	record: ScalingRecord,
	change: (spec: Spec) => void,
): Promise<void> {
	let seen: Seen = view.statefulSet;
	const object = await read(context, seen);
	const before = structuredClone(object.spec);
	change(object.spec);
	if (!isDeepStrictEqual(object.spec, before)) seen = await write(context, seen, (_, spec) => change(spec));
	await write(context, seen, (metadata) => {
		const { [RECORD_ANNOTATION]: _, ...annotations } = metadata.annotations ?? {};
		if (Object.keys(annotations).length > 0) metadata.annotations = annotations;
		else delete metadata.annotations;
		const owners = withoutOurs(metadata.managedFields ?? [], record.owners);
		// an empty list would switch the tracking off for good
		if (owners.length > 0) metadata.managedFields = owners;
	});
}

interface Seen {
	readonly uid: string;
	readonly generation: number;
}

async function write(
	context: PerformContext,
	seen: Seen,
	edit: (metadata: ObjectMeta, spec: Spec) => void,
	beforeWriting?: () => Promise<void>,
): Promise<Seen> {
	for (let attempt = 1; ; attempt++) {
		const object = await read(context, seen);
		edit(object.metadata, object.spec);
		await beforeWriting?.();
		try {
			const { metadata } = await context.cluster.client.replace<StatefulSet>(STATEFULSETS, object);
			return { uid: seen.uid, generation: metadata?.generation ?? seen.generation };
		} catch (error) {
			// its status changes all the time, and each change makes the object that was read a stale one
			if (!(error instanceof QuorateError && error.code === "Conflict") || attempt === TRIES) throw error;
		}
	}
}

/** @throws {LookAgain} where it is not the one that was seen */
async function read({ cluster: { client, namespace, name } }: PerformContext, seen: Seen) {
	const object = await client.get<StatefulSet>(STATEFULSETS, namespace, name);
	const { metadata, spec } = object;
	if (!metadata || !spec || metadata.uid !== seen.uid || metadata.generation !== seen.generation)
		throw new LookAgain(
			"the StatefulSet was changed by someone else",
			`kubectl get sts ${name} -n ${namespace} -o yaml`,
		);
	return { ...object, metadata, spec };
}

/** The record of the unfinished run, or the one that a new run begins with; its goal is that of the run that writes it. */
export function recordFor({ goal }: Pick<PerformContext, "goal">, view: ClusterView, now = new Date()): ScalingRecord {
	const set = view.statefulSet;
	const count = voters(view).length;
	const history = historyOf(view);
	const record = set.record ?? {
		version: 1,
		from: set.replicas,
		...(count === set.replicas ? {} : { voters: count }),
		startedAt: now.toISOString(),
		...(history ? { history: historyJSON(history) } : {}),
		template: set.template,
		updateStrategy: set.rawUpdateStrategy,
	};
	return { ...record, goal: lasting(goal) };
}

/** What is in force for every run to the same goal; that the data is meant is said once, of the data that there is then. */
export function lasting({ acceptHistory: _, ...goal }: Goal): Goal {
	return goal;
}
