import type { Pod } from "kubernetes-types/core/v1";
import type { KubernetesObject } from "./object.ts";

/** Which collection is meant. `resource` is the plural: `{ group: "apps", version: "v1", resource: "statefulsets" }`; the core group is "". */
export interface GroupVersionResource {
	group: string;
	version: string;
	resource: string;
}

/** A collection that the server stores. */
export interface StoredResource {
	resource: GroupVersionResource;
	kind: string;
	namespaced: boolean;
}

export interface ListOptions {
	namespace?: string;
	/** as on the wire: `app=etcd,tier!=x,zone in (a,b)` */
	labelSelector?: string;
	/** as on the wire: `spec.nodeName=node-1,metadata.name=x` */
	fieldSelector?: string;
}

export interface DeleteOptions {
	/** @default the kind's own: 30 for pods, else 0 */
	gracePeriodSeconds?: number;
	/** @default "Background" */
	propagationPolicy?: "Background" | "Foreground" | "Orphan";
	preconditions?: { uid?: string; resourceVersion?: string };
}

export type WatchEvent<T = KubernetesObject> = { type: "ADDED" | "MODIFIED" | "DELETED"; object: T };

/**
 * The API as the controllers and the kubelets use it, in the API server's own process: the same defaulting, validation,
 * resource versions and finalizers as over HTTPS. All calls answer at once; failures are thrown as {@link ApiError}.
 * Objects handed out are deeply frozen.
 */
export interface Api {
	get<T = KubernetesObject>(resource: GroupVersionResource, namespace: string | undefined, name: string): T | undefined;
	list<T = KubernetesObject>(resource: GroupVersionResource, options?: ListOptions): T[];
	create<T = KubernetesObject>(resource: GroupVersionResource, object: T): T;
	/** Replaces all but the status; 409 where `metadata.resourceVersion` is given and stale. */
	update<T = KubernetesObject>(resource: GroupVersionResource, object: T): T;
	/** Replaces the status alone. */
	updateStatus<T = KubernetesObject>(resource: GroupVersionResource, object: T): T;
	/** Reads, lets `change` edit a copy (or return false: leave it), writes; again on a conflict. Undefined when it is not there. */
	modify<T = KubernetesObject>(
		resource: GroupVersionResource,
		namespace: string | undefined,
		name: string,
		change: (copy: T) => unknown,
		subresource?: "status",
	): T | undefined;
	delete(resource: GroupVersionResource, namespace: string | undefined, name: string, options?: DeleteOptions): void;
	/** Calls `handler` with ADDED for what is there, then with every change, each on a later turn of the event loop, in order. Returns the way to stop. */
	watch<T = KubernetesObject>(
		resource: GroupVersionResource,
		handler: (event: WatchEvent<T>) => void,
		options?: ListOptions,
	): () => void;
	/** Calls `handler` with every collection that is stored, now and later, and with those that go. Returns the way to stop. */
	watchResources(handler: (event: { type: "ADDED" | "DELETED"; stored: StoredResource }) => void): () => void;
	/** Records an Event about `about`, counting up where the same one is there already (as Kubernetes' recorder does). */
	event(
		about: KubernetesObject,
		event: {
			type: "Normal" | "Warning";
			reason: string;
			message: string;
			component: string;
			host?: string;
			fieldPath?: string;
		},
	): void;
}

/** What a kubelet asks for to fill a pod's projected serviceAccountToken volume. */
export interface PodTokenRequest {
	namespace: string;
	serviceAccount: string;
	/** undefined: the API server itself */
	audience: string | undefined;
	/** for which it is to hold */
	seconds: number;
	/** the token ends with it */
	pod: { name: string; uid: string };
}

/** A running command in a pod. */
export interface ExecSession {
	stdin: import("node:stream").Writable;
	stdout: import("node:stream").Readable;
	/** absent with a terminal, which has one output only */
	stderr?: import("node:stream").Readable;
	/** Terminal size, in characters. */
	resize(columns: number, rows: number): void;
	/** exit code; 128 + n where signal n ended it */
	exited: Promise<number>;
	kill(): void;
}

export interface LogOptions {
	follow?: boolean;
	previous?: boolean;
	tailLines?: number;
	sinceSeconds?: number;
	sinceTime?: string;
	timestamps?: boolean;
	limitBytes?: number;
}

/** What the API server asks of the nodes for a pod's log, exec, attach and port-forward subresources. Rejections are {@link ApiError}s. */
export interface PodRuntime {
	logs(pod: Pod, container: string, options: LogOptions, signal: AbortSignal): AsyncIterable<Uint8Array>;
	exec(pod: Pod, container: string, options: { command: string[]; stdin: boolean; tty: boolean }): Promise<ExecSession>;
	attach(pod: Pod, container: string, options: { stdin: boolean; tty: boolean }): Promise<ExecSession>;
	/** A byte stream to a TCP port of the pod; rejects as the pod's network would (refused, no such pod, node off). */
	dial(pod: Pod, port: number): Promise<import("node:stream").Duplex>;
}
