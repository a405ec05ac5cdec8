import type { PersistentVolume, Pod } from "kubernetes-types/core/v1";
import { cleanerName, cleanerPod } from "../../cluster/cleaner-pod.ts";
import type { ClusterView } from "../../cluster/cluster-view.ts";
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS } from "../../cluster/resources.ts";
import { QuorateError } from "../../errors.ts";
import type { NewVolume, Step } from "../step.ts";
import { LookAgain, type PerformContext } from "./context.ts";
import { editStatefulSet, recordFor } from "./edit-stateful-set.ts";

/** Written down first: should the scaling be taken back, the volume is known for ours. */
export async function createVolume(context: PerformContext, view: ClusterView, volume: NewVolume) {
	const { cluster } = context;
	const { name, labels, annotations, spec } = volume;
	const record = recordFor(context, view);
	const volumes = [...new Set([...(record.volumes ?? []), name])];
	await editStatefulSet(context, view, { ...record, volumes }, () => {});
	try {
		await cluster.client.create<PersistentVolume>(PERSISTENTVOLUMES, {
			apiVersion: "v1",
			kind: "PersistentVolume",
			metadata: { name, labels, annotations },
			spec,
		});
	} catch (error) {
		if (error instanceof QuorateError && error.code === "Conflict")
			throw new LookAgain(`volume ${name} is there already`, `kubectl describe pv ${name}`, { cause: error });
		throw error;
	}
}

export async function emptyVolume(
	{ cluster }: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "empty-volume" }>,
) {
	const set = view.statefulSet;
	const where = { namespace: cluster.namespace, claim: step.claim, node: step.node };
	await cluster.client.create<Pod>(PODS, cleanerPod(set.record?.template ?? set.template, set.etcd.name, where));
}

/** The pod that emptied the volume goes first: a claim in use is not deleted. */
export async function deleteClaim({ cluster }: PerformContext, claim: string) {
	await gone(() => cluster.client.delete(PODS, cluster.namespace, cleanerName(claim), { gracePeriodSeconds: 0 }));
	await gone(() => cluster.client.delete(PERSISTENTVOLUMECLAIMS, cluster.namespace, claim));
}

export async function deleteVolume({ cluster }: PerformContext, volume: string) {
	await gone(() => cluster.client.delete(PERSISTENTVOLUMES, undefined, volume));
}

async function gone(remove: () => Promise<void>): Promise<void> {
	try {
		await remove();
	} catch (error) {
		if (!(error instanceof QuorateError && error.code === "NotFound")) throw error;
	}
}
