import type { DeleteOptions } from "../api.ts";
import { ApiError } from "../api-error.ts";
import type { KubernetesObject } from "../object.ts";
import { conflict } from "./errors.ts";
import { type ResourceKind, resourceName } from "./kind.ts";
import { type Resources, timestamp } from "./resources.ts";

export interface Deletion {
	object: KubernetesObject;
	/** false where finalizers or a grace period hold it */
	gone: boolean;
}

/** Deletes, or marks for deletion where finalizers, a grace period or a dependant's owner must be waited for. */
export function deleteObject(
	resources: Resources,
	kind: ResourceKind,
	old: KubernetesObject,
	options: DeleteOptions & { dryRun?: boolean },
): Deletion {
	const refused = kind.refuseDeletion?.(old);
	if (refused) {
		const { name } = old.metadata;
		const why = `${resourceName(kind)} ${JSON.stringify(name)} is forbidden: ${refused}`;
		throw new ApiError(403, "Forbidden", why, { name, kind: kind.plural });
	}
	checkPreconditions(kind, old, options);
	const requested = options.gracePeriodSeconds;
	const finalizers = finalizersFor(options.propagationPolicy, old.metadata.finalizers ?? []);
	const metadata = { ...old.metadata };
	if (finalizers.length > 0) metadata.finalizers = finalizers;
	else delete metadata.finalizers;
	const object: KubernetesObject = { ...old, metadata };
	let grace = kind.grace?.(old, requested) ?? 0;
	if (old.metadata.deletionTimestamp) {
		const running = old.metadata.deletionGracePeriodSeconds ?? 0;
		grace = requested === undefined ? running : Math.min(running, Math.max(requested, 0));
	}
	const waits = grace > 0 || finalizers.length > 0 || Boolean(kind.held?.(object));
	const began = old.metadata.deletionTimestamp
		? Date.parse(old.metadata.deletionTimestamp) - (old.metadata.deletionGracePeriodSeconds ?? 0) * 1000
		: Date.now();
	if (!waits) {
		const last = kind.grace ? ended(old, began) : old;
		return { object: options.dryRun ? last : remove(resources, kind, last), gone: true };
	}
	const unchanged =
		old.metadata.deletionTimestamp !== undefined &&
		grace === (old.metadata.deletionGracePeriodSeconds ?? 0) &&
		finalizers.join() === (old.metadata.finalizers ?? []).join();
	if (unchanged) return { object: old, gone: false };
	metadata.deletionTimestamp = timestamp(began + grace * 1000);
	metadata.deletionGracePeriodSeconds = grace;
	if (metadata.generation && !old.metadata.deletionTimestamp) metadata.generation += 1;
	if (!old.metadata.deletionTimestamp) kind.deleting?.(object);
	if (options.dryRun) return { object, gone: false };
	const stored = resources.collection(kind).put(object);
	kind.stored?.(stored, old);
	return { object: stored, gone: false };
}

/** What has a grace period ends with none left. */
function ended(object: KubernetesObject, began: number): KubernetesObject {
	const { generation, deletionTimestamp } = object.metadata;
	const metadata = { ...object.metadata, deletionTimestamp: timestamp(began), deletionGracePeriodSeconds: 0 };
	const counted = generation && !deletionTimestamp ? { generation: generation + 1 } : {};
	return { ...object, metadata: { ...metadata, ...counted } };
}

/** Takes an object out of the store, whatever holds it. */
export function remove(resources: Resources, kind: ResourceKind, old: KubernetesObject): KubernetesObject {
	const last = resources.collection(kind).remove(old);
	kind.removed?.(last);
	return last;
}

function checkPreconditions(kind: ResourceKind, old: KubernetesObject, { preconditions }: DeleteOptions): void {
	const { name, uid, resourceVersion } = old.metadata;
	if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
		const why = `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`;
		throw conflict({ ...kind, plural: kind.kind }, name, why);
	}
	if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
		const why = `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`;
		throw conflict({ ...kind, plural: kind.kind }, name, why);
	}
}

function finalizersFor(policy: DeleteOptions["propagationPolicy"], current: string[]): string[] {
	if (policy === undefined) return current;
	const others = current.filter((finalizer) => finalizer !== "orphan" && finalizer !== "foregroundDeletion");
	if (policy === "Orphan") return [...others, "orphan"];
	return policy === "Foreground" ? [...others, "foregroundDeletion"] : others;
}
