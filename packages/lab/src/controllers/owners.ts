import type { ObjectMeta, OwnerReference } from "kubernetes-types/meta/v1";
import type { AnyStored } from "./stored.ts";

/** The one owner that manages the object, if any. */
export function controllerOf(object: { metadata?: ObjectMeta }): OwnerReference | undefined {
	return object.metadata?.ownerReferences?.find((owner) => owner.controller);
}

/** An owner reference that makes `owner` the manager of what carries it. */
export function controllerReference(owner: Pick<AnyStored, "apiVersion" | "kind" | "metadata">): OwnerReference {
	return {
		apiVersion: owner.apiVersion,
		kind: owner.kind,
		name: owner.metadata.name,
		uid: owner.metadata.uid,
		controller: true,
		blockOwnerDeletion: true,
	};
}

/** Keys of the managing owner of a kind: what a change of a pod means to its StatefulSet's queue. */
export function controllerKeys(kind: string) {
	return (object: AnyStored): string[] => {
		const owner = controllerOf(object);
		return owner?.kind === kind ? [`${object.metadata.namespace}/${owner.name}`] : [];
	};
}
