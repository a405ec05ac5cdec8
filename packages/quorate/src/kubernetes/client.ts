import type { Duplex } from "node:stream";

/** An object as the API server sent it: plain JSON, nothing dropped, so that what is written back is what was read. */
export interface KubernetesObject {
	apiVersion: string;
	kind: string;
	metadata: {
		name: string;
		namespace?: string;
		uid?: string;
		resourceVersion?: string;
		generation?: number;
		creationTimestamp?: string;
		deletionTimestamp?: string;
		labels?: Record<string, string>;
		annotations?: Record<string, string>;
		finalizers?: string[];
		ownerReferences?: { apiVersion: string; kind: string; name: string; uid: string; controller?: boolean }[];
		[field: string]: unknown;
	};
	[field: string]: unknown;
}

/** A collection: `{ group: "apps", version: "v1", resource: "statefulsets" }`; the core group is "". */
export interface Resource {
	group: string;
	version: string;
	resource: string;
}

export interface RequestOptions {
	signal?: AbortSignal;
}

export interface ListOptions extends RequestOptions {
	namespace?: string;
	labelSelector?: string;
	fieldSelector?: string;
}

export type WatchEvent<T> = { type: "ADDED" | "MODIFIED" | "DELETED"; object: T };

/**
 * The API server, in JSON. Failures are QuorateErrors: Unreachable, Unauthorized, Forbidden (the missing verb is named),
 * NotFound, Conflict, ApiRefused. Reads are repeated where the connection broke; writes never are.
 */
export interface KubernetesClient {
	/** address of the API server and who asks, for messages */
	readonly server: string;
	/** namespace of the context, else "default" */
	readonly namespace: string;
	get<T = KubernetesObject>(
		resource: Resource,
		namespace: string | undefined,
		name: string,
		options?: RequestOptions,
	): Promise<T>;
	/** As get, but undefined where it is not there. */
	find<T = KubernetesObject>(
		resource: Resource,
		namespace: string | undefined,
		name: string,
		options?: RequestOptions,
	): Promise<T | undefined>;
	/** All pages. */
	list<T = KubernetesObject>(
		resource: Resource,
		options?: ListOptions,
	): Promise<{ items: T[]; resourceVersion: string }>;
	create<T = KubernetesObject>(resource: Resource, object: T, options?: RequestOptions): Promise<T>;
	/** PUT: with `metadata.resourceVersion` it is refused (Conflict) when someone else changed the object since. */
	replace<T = KubernetesObject>(
		resource: Resource,
		object: T,
		options?: RequestOptions & { subresource?: string },
	): Promise<T>;
	/** merge-patch (RFC 7386) unless `type` says json-patch */
	patch<T = KubernetesObject>(
		resource: Resource,
		namespace: string | undefined,
		name: string,
		patch: unknown,
		options?: RequestOptions & { type?: "merge" | "json"; subresource?: string },
	): Promise<T>;
	delete(
		resource: Resource,
		namespace: string | undefined,
		name: string,
		options?: RequestOptions & { gracePeriodSeconds?: number; uid?: string; resourceVersion?: string },
	): Promise<void>;
	/**
	 * What is there now as ADDED, then every change, until aborted. Reconnects by itself, lists again after 410
	 * (telling only differences), and gives up with the error of a list that fails.
	 */
	watch<T = KubernetesObject>(
		resource: Resource,
		options: ListOptions & { name?: string },
	): AsyncIterable<WatchEvent<T>>;
	/** A byte stream to a TCP port of a pod through the API server; no local port is opened. */
	portForward(namespace: string, pod: string, port: number, options?: RequestOptions): Promise<Duplex>;
	/** May this user do it? (SelfSubjectAccessReview) */
	canI(
		verb: string,
		resource: Resource,
		options?: RequestOptions & { namespace?: string; subresource?: string; name?: string },
	): Promise<boolean>;
	version(options?: RequestOptions): Promise<{ gitVersion: string }>;
	close(): void;
}
