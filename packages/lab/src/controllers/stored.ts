import type * as apps from "kubernetes-types/apps/v1";
import type * as batch from "kubernetes-types/batch/v1";
import type * as core from "kubernetes-types/core/v1";
import type { ObjectMeta } from "kubernetes-types/meta/v1";

/** What the API server has filled in on every object that it hands out. */
export interface StoredMeta extends ObjectMeta {
	name: string;
	uid: string;
	resourceVersion: string;
	creationTimestamp: string;
}

type Writable<T> = { -readonly [K in keyof T]: T[K] };
type Stored<T> = Writable<Omit<T, "apiVersion" | "kind" | "metadata">> & {
	apiVersion: string;
	kind: string;
	metadata: StoredMeta;
};
type Namespaced<T> = Stored<T> & { metadata: StoredMeta & { namespace: string } };

export type AnyStored = Stored<{ spec?: unknown; status?: unknown }>;
export type Pod = Namespaced<core.Pod>;
export type Claim = Namespaced<core.PersistentVolumeClaim>;
export type Volume = Stored<core.PersistentVolume>;
export type Node = Stored<core.Node>;
export type Namespace = Stored<core.Namespace>;
export type Service = Namespaced<core.Service>;
export type StatefulSet = Namespaced<apps.StatefulSet>;
export type Deployment = Namespaced<apps.Deployment>;
export type ReplicaSet = Namespaced<apps.ReplicaSet>;
export type Job = Namespaced<batch.Job>;
export type ControllerRevision = Namespaced<apps.ControllerRevision>;

/** "namespace/name", or "name" for what lies in no namespace: the key of a work queue. */
export function keyOf(object: { metadata?: ObjectMeta }): string {
	const { namespace, name = "" } = object.metadata ?? {};
	return namespace ? `${namespace}/${name}` : name;
}

export function splitKey(key: string): { namespace: string | undefined; name: string } {
	const slash = key.indexOf("/");
	return slash < 0
		? { namespace: undefined, name: key }
		: { namespace: key.slice(0, slash), name: key.slice(slash + 1) };
}
