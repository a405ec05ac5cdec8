import type { Api } from "../../api/api.ts";
import { ApiError } from "../../api/api-error.ts";
import { NAMESPACES } from "../../api/resources.ts";
import { type Collection, Collections } from "../collections.ts";
import type { Controller } from "../controller.ts";
import type { AnyStored, Namespace } from "../stored.ts";
import { namespaceConditions, type Remaining } from "./namespace-conditions.ts";

/** Empties a namespace that is being deleted, pods first, and lets it go once nothing is left in it. */
export function namespaceDeletion(api: Api): Controller {
	const collections = new Collections(api);
	const terminating = (object: AnyStored, type: string) => {
		const name = object.metadata.namespace ?? "";
		return type === "DELETED" && find(api, name)?.metadata.deletionTimestamp ? [name] : [];
	};
	return {
		name: "namespace-controller",
		watches: [{ resource: NAMESPACES }],
		watchEach: ({ resource, namespaced }) => (namespaced ? { resource, keys: terminating } : undefined),
		stop: () => collections.stop(),
		reconcile(name) {
			const namespace = find(api, name);
			if (!namespace?.metadata.deletionTimestamp) return undefined;
			const namespaced = collections.all().filter((collection) => collection.namespaced);
			const pods = namespaced.filter(({ kind }) => kind === "Pod");
			empty(api, name, pods);
			if (remainingIn(api, name, pods).resources.size === 0) empty(api, name, namespaced);
			const remaining = remainingIn(api, name, namespaced);
			if (remaining.resources.size === 0) finish(api, name);
			else report(api, name, remaining);
			return undefined;
		},
	};
}

const find = (api: Api, name: string) => api.get<Namespace>(NAMESPACES, undefined, name);

function empty(api: Api, namespace: string, collections: readonly Collection[]): void {
	for (const { resource } of collections) {
		for (const { metadata } of api.list<AnyStored>(resource, { namespace })) {
			if (metadata.deletionTimestamp) continue;
			try {
				api.delete(resource, namespace, metadata.name, { propagationPolicy: "Background" });
			} catch (error) {
				if (!(error instanceof ApiError) || error.code !== 404) throw error;
			}
		}
	}
}

function remainingIn(api: Api, namespace: string, collections: readonly Collection[]): Remaining {
	const resources = new Map<string, number>();
	const finalizers = new Map<string, number>();
	for (const { resource } of collections) {
		for (const { metadata } of api.list<AnyStored>(resource, { namespace })) {
			const name = `${resource.resource}.${resource.group}`;
			resources.set(name, (resources.get(name) ?? 0) + 1);
			for (const finalizer of metadata.finalizers ?? []) {
				finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
			}
		}
	}
	return { resources, finalizers };
}

function report(api: Api, name: string, remaining: Remaining): void {
	api.modify<Namespace>(
		NAMESPACES,
		undefined,
		name,
		(copy) => {
			const conditions = namespaceConditions(remaining, copy.status?.conditions ?? [], Date.now());
			copy.status = { ...copy.status, phase: "Terminating", conditions };
		},
		"status",
	);
}

/** Takes Kubernetes' own finalizer off the spec, as the `finalize` subresource does. */
function finish(api: Api, name: string): void {
	api.modify<Namespace>(NAMESPACES, undefined, name, (copy) => {
		const finalizers = (copy.spec?.finalizers ?? []).filter((finalizer) => finalizer !== "kubernetes");
		copy.spec = { ...copy.spec, finalizers };
	});
}
