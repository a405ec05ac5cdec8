import { createApiCalls } from "./api-calls.ts";
import type { KubernetesClient, KubernetesObject, ListOptions, RequestOptions, Resource } from "./client.ts";
import { NotKubernetes } from "./connection-error.ts";
import { FIELD_MANAGER } from "./field-owners.ts";
import type { KubernetesConfig } from "./kubernetes-config.ts";
import { listAll, listQuery } from "./list.ts";
import { openPortForward } from "./port-forward.ts";
import { pathOf, type Target } from "./request.ts";
import { StatusError } from "./status.ts";
import { createTransport, type TransportOptions } from "./transport.ts";
import { watchCollection } from "./watch.ts";

export type KubernetesClientOptions = TransportOptions;

const REVIEWS: Resource = { group: "authorization.k8s.io", version: "v1", resource: "selfsubjectaccessreviews" };

/** A client of the API server that the config names. Opens nothing before it is used. */
export function createKubernetesClient(
	config: KubernetesConfig,
	options: KubernetesClientOptions = {},
): KubernetesClient {
	const transport = createTransport(config, options);
	const calls = createApiCalls(transport, config);

	const get = async <T>(
		resource: Resource,
		namespace: string | undefined,
		name: string,
		{ signal }: RequestOptions = {},
	) => {
		const target: Target = { verb: "get", resource, namespace, name };
		return (await calls.json({ target, path: pathOf(target), signal })) as T;
	};

	const list = <T>(resource: Resource, listOptions: ListOptions = {}) => listAll<T>(calls, resource, listOptions);

	return {
		server: config.server,
		namespace: config.namespace,
		get,
		async find<T>(resource: Resource, namespace: string | undefined, name: string, request: RequestOptions = {}) {
			try {
				return await get<T>(resource, namespace, name, request);
			} catch (error) {
				// A 404 without a Status of that reason is a server that does not know the resource, or no API server at all.
				if (isAbsent(error)) return undefined;
				throw error;
			}
		},
		list,
		async create<T>(resource: Resource, object: T, { signal }: RequestOptions = {}) {
			const { namespace, name } = metadataOf(object);
			const path = asManager(pathOf({ resource, namespace }));
			const target: Target = { verb: "create", resource, namespace, name };
			return (await calls.json({ target, path, body: object, signal })) as T;
		},
		async replace<T>(
			resource: Resource,
			object: T,
			{ signal, subresource }: RequestOptions & { subresource?: string } = {},
		) {
			const { namespace, name } = metadataOf(object);
			if (name === undefined) throw new TypeError("an object without metadata.name cannot be replaced");
			const target: Target = { verb: "update", resource, subresource, namespace, name };
			return (await calls.json({ target, path: asManager(pathOf(target)), body: object, signal })) as T;
		},
		async patch<T>(
			resource: Resource,
			namespace: string | undefined,
			name: string,
			patch: unknown,
			{ signal, type, subresource }: RequestOptions & { type?: "merge" | "json"; subresource?: string } = {},
		) {
			const target: Target = { verb: "patch", resource, subresource, namespace, name };
			const contentType = type === "json" ? "application/json-patch+json" : "application/merge-patch+json";
			return (await calls.json({ target, path: asManager(pathOf(target)), body: patch, contentType, signal })) as T;
		},
		async delete(resource, namespace, name, { signal, gracePeriodSeconds, uid, resourceVersion } = {}) {
			const target: Target = { verb: "delete", resource, namespace, name };
			const preconditions = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
			const body = {
				apiVersion: "v1",
				kind: "DeleteOptions",
				...(gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds }),
				...(Object.keys(preconditions).length > 0 ? { preconditions } : {}),
			};
			await calls.json({ target, path: pathOf(target), body, signal });
		},
		watch<T>(resource: Resource, { name, ...watchOptions }: ListOptions & { name?: string }) {
			const selector =
				name === undefined ? watchOptions.fieldSelector : joined(`metadata.name=${name}`, watchOptions.fieldSelector);
			const selected = selector === undefined ? watchOptions : { ...watchOptions, fieldSelector: selector };
			const target: Target = { verb: "watch", resource, namespace: selected.namespace, name };
			const path = pathOf({ resource, namespace: selected.namespace });
			return watchCollection<T>({
				list: (signal) => list<T>(resource, { ...selected, signal }),
				open: (resourceVersion, timeoutSeconds, signal) => {
					const query = listQuery(selected);
					query.set("watch", "1");
					query.set("allowWatchBookmarks", "true");
					query.set("resourceVersion", resourceVersion);
					query.set("timeoutSeconds", String(timeoutSeconds));
					return calls.stream({ target, path: `${path}?${query}`, signal });
				},
				refusal: (status) => calls.refusal(status, target),
				signal: selected.signal,
			});
		},
		portForward: (namespace, pod, port, request = {}) =>
			openPortForward(transport, calls, config, { namespace, pod, port, signal: request.signal }),
		async canI(verb, resource, request = {}) {
			const { group, version, resource: plural } = resource;
			const { namespace, subresource, name } = request;
			const attributes = { verb, group, version, resource: plural, namespace, subresource, name };
			const body = {
				apiVersion: "authorization.k8s.io/v1",
				kind: "SelfSubjectAccessReview",
				spec: { resourceAttributes: attributes },
			};
			const target: Target = { verb: "get", resource: REVIEWS };
			const review = await calls.json({ target, path: pathOf(target), method: "POST", body, signal: request.signal });
			return (review as { status?: { allowed?: boolean } | null } | null)?.status?.allowed === true;
		},
		async version({ signal } = {}) {
			const target: Target = { verb: "get", resource: { group: "", version: "", resource: "version" } };
			const version = (await calls.json({ target, path: "/version", signal })) as { gitVersion?: unknown } | null;
			const gitVersion = version?.gitVersion;
			if (typeof gitVersion === "string") return { gitVersion };
			throw calls.failure(new NotKubernetes("does not tell a Kubernetes version"), target, signal);
		},
		close: () => transport.close(),
	};
}

/** Without it the API server makes a name of the user agent. */
const asManager = (path: string): string => `${path}?fieldManager=${FIELD_MANAGER}`;

function metadataOf(object: unknown): { namespace: string | undefined; name: string | undefined } {
	const { metadata } = (object ?? {}) as Partial<KubernetesObject>;
	return { namespace: metadata?.namespace, name: metadata?.name };
}

function joined(first: string, second: string | undefined): string {
	return second ? `${first},${second}` : first;
}

function isAbsent(error: unknown): boolean {
	const cause = error instanceof Error ? error.cause : undefined;
	return (
		cause instanceof StatusError &&
		cause.status === 404 &&
		cause.reason === "NotFound" &&
		!/requested resource/.test(cause.message)
	);
}
