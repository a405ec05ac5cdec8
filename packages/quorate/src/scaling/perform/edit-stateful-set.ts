import type { StatefulSet } from "kubernetes-types/apps/v1";
import { type ClusterView, voters } from "../../cluster/cluster-view.ts";
import { historyJSON, historyOf } from "../../cluster/history.ts";
import { STATEFULSETS } from "../../cluster/resources.ts";
import { formatRecord, RECORD_ANNOTATION, type ScalingRecord } from "../../cluster/scaling-record.ts";
import { QuorateError } from "../../errors.ts";
import { LookAgain, type PerformContext } from "./context.ts";

const TRIES = 5;

type Spec = NonNullable<StatefulSet["spec"]>;

/**
 * Reads the StatefulSet, lets `change` edit its spec, and writes it back whole, with the record in the same request. Refuses
 * where the spec is not the one that the decision was made on: then it must be made anew. `beforeWriting` is called before each try.
 */
export async function editStatefulSet(
	{ cluster }: PerformContext,
	view: ClusterView,
	record: ScalingRecord | undefined,
	change: (spec: Spec) => void,
	beforeWriting?: () => Promise<void>,
): Promise<void> {
	const { client, namespace, name } = cluster;
	for (let attempt = 1; ; attempt++) {
		const object = await client.get<StatefulSet>(STATEFULSETS, namespace, name);
		const { metadata, spec } = object;
		if (
			!metadata ||
			!spec ||
			metadata.uid !== view.statefulSet.uid ||
			metadata.generation !== view.statefulSet.generation
		)
			throw new LookAgain(
				"the StatefulSet was changed by someone else",
				`kubectl get sts ${name} -n ${namespace} -o yaml`,
			);
		change(spec);
		metadata.annotations = { ...metadata.annotations };
		if (record) metadata.annotations[RECORD_ANNOTATION] = formatRecord(record);
		else delete metadata.annotations[RECORD_ANNOTATION];
		if (Object.keys(metadata.annotations).length === 0) delete metadata.annotations;
		await beforeWriting?.();
		try {
			await client.replace(STATEFULSETS, object);
			return;
		} catch (error) {
			// its status changes all the time, and each change makes the object that was read a stale one
			if (!(error instanceof QuorateError && error.code === "Conflict") || attempt === TRIES) throw error;
		}
	}
}

/** The record of the unfinished run, or the one that a new run begins with. */
export function recordFor(view: ClusterView, now = new Date()): ScalingRecord {
	const set = view.statefulSet;
	const count = voters(view).length;
	const history = historyOf(view);
	return (
		set.record ?? {
			version: 1,
			from: set.replicas,
			...(count === set.replicas ? {} : { voters: count }),
			startedAt: now.toISOString(),
			...(history ? { history: historyJSON(history) } : {}),
			template: set.template,
			updateStrategy: set.rawUpdateStrategy,
		}
	);
}
