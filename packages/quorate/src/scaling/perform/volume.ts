import type { PersistentVolume, Pod } from "kubernetes-types/core/v1";
import { cleanerPod } from "../../cluster/cleaner-pod.ts";
import type { ClusterView } from "../../cluster/cluster-view.ts";
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS } from "../../cluster/resources.ts";
import { onNode } from "../../cluster/volume-place.ts";
import { QuorateError } from "../../errors.ts";
import { expectedData, madeFor } from "../expected-data.ts";
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
		throw lookAgainAfter(error, `volume ${name} is there already`, `kubectl describe pv ${name}`);
	}
}

/** The node can be set once, where there is none; on the volume that was seen, and no other of its name. */
export async function placeVolume(
	{ cluster }: PerformContext,
	view: ClusterView,
	{ volume, uid, node }: Extract<Step, { kind: "place-volume" }>,
) {
	const nodeAffinity = onNode(view, node);
	if (!nodeAffinity)
		throw new LookAgain(`no label stands for node ${node} alone`, `kubectl get node ${node} --show-labels`);
	try {
		const patch = { metadata: { uid }, spec: { nodeAffinity } };
		await cluster.client.patch<PersistentVolume>(PERSISTENTVOLUMES, undefined, volume, patch);
	} catch (error) {
		throw lookAgainAfter(error, `volume ${volume} was changed by someone else`, `kubectl get pv ${volume} -o yaml`);
	}
}

export async function visitVolume(
	{ cluster }: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "look-into-volume" | "empty-volume" }>,
) {
	const set = view.statefulSet;
	const task = step.kind === "empty-volume" ? "empty" : "look";
	const pod = cleanerPod(set.record?.template ?? set.template, set.etcd.name, {
		task,
		namespace: cluster.namespace,
		claim: step.claim,
		node: step.node,
		expected: expectedData(view, step.claim, step.ordinal),
		madeFor: madeFor(view, step.claim),
	});
	const name = pod.metadata?.name ?? "";
	try {
		await cluster.client.create<Pod>(PODS, pod);
	} catch (error) {
		throw lookAgainAfter(error, `pod ${name} is there already`, `kubectl describe pod ${name} -n ${cluster.namespace}`);
	}
}

export async function removeCleaner({ cluster }: PerformContext, pod: string, uid: string) {
	await gone(() => cluster.client.delete(PODS, cluster.namespace, pod, { gracePeriodSeconds: 0, uid }));
}

/**
 * That its volume is empty is written down first: once the claim is gone, nobody can look. Pods that mount the claim go before it, for
 * one in use is not deleted.
 */
export async function deleteClaim(
	context: PerformContext,
	view: ClusterView,
	{ claim, uid, emptied }: Extract<Step, { kind: "delete-claim" }>,
) {
	const { cluster } = context;
	const record = recordFor(context, view);
	const known = record.emptied ?? [];
	if (emptied && !known.some((volume) => volume.uid === emptied.uid))
		await editStatefulSet(context, view, { ...record, emptied: [...known, emptied] }, () => {});
	for (const cleaner of view.cleaners)
		if (cleaner.claim === claim) await removeCleaner(context, cleaner.pod, cleaner.uid);
	const seen = asSeen(view.claims, uid);
	await gone(() => cluster.client.delete(PERSISTENTVOLUMECLAIMS, cluster.namespace, claim, seen));
}

export async function deleteVolume(
	{ cluster }: PerformContext,
	view: ClusterView,
	{ volume, uid }: Extract<Step, { kind: "delete-volume" }>,
) {
	const seen = asSeen(view.volumes, uid);
	await gone(() => cluster.client.delete(PERSISTENTVOLUMES, undefined, volume, seen));
}

/** The very object that the step was decided on, as it was: one that a claim was bound to since is left to the next look. */
function asSeen(objects: readonly { readonly uid: string; readonly resourceVersion?: string }[], uid: string) {
	const version = objects.find((object) => object.uid === uid)?.resourceVersion;
	return version === undefined ? { uid } : { uid, resourceVersion: version };
}

async function gone(remove: () => Promise<void>): Promise<void> {
	try {
		await remove();
	} catch (error) {
		if (!(error instanceof QuorateError)) throw error;
		// another of the same name is there by now: it is not the one that was meant
		if (error.code === "Conflict") throw new LookAgain(error.message, error.hint ?? "", { cause: error });
		if (error.code !== "NotFound") throw error;
	}
}

function lookAgainAfter(error: unknown, reason: string, hint: string): unknown {
	return error instanceof QuorateError && error.code === "Conflict"
		? new LookAgain(reason, hint, { cause: error })
		: error;
}
