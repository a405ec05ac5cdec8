import type { Api } from "../../api/api.ts";
import { ApiError } from "../../api/api-error.ts";
import { ENDPOINTS, ENDPOINTSLICES, NAMESPACES, PODS, SERVICES } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { type AnyStored, keyOf, type Namespace, type Pod, type Service, splitKey } from "../stored.ts";
import { selectsPods } from "./endpoint.ts";
import { MANAGED_BY, writeEndpoints } from "./endpoints.ts";
import { slicesOf, writeSlices } from "./slices.ts";

/** Keeps each service's Endpoints and EndpointSlices at what its pods are. */
export function endpointsController(api: Api): Controller {
	// any service of the namespace: a pod that lost its labels was behind one that no longer selects it
	const services = (pod: AnyStored) =>
		api
			.list<Service>(SERVICES, { namespace: pod.metadata.namespace ?? "" })
			.filter(selectsPods)
			.map(keyOf);
	return {
		name: "endpoint-controller",
		watches: [{ resource: SERVICES }, { resource: PODS, keys: services }, { resource: ENDPOINTS }],
		reconcile(key) {
			const { namespace = "", name } = splitKey(key);
			const service = api.get<Service>(SERVICES, namespace, name);
			if (!service) remove(api, namespace, name);
			else if (selectsPods(service) && isActive(api, namespace)) {
				const pods = api.list<Pod>(PODS, { namespace });
				writeEndpoints(api, service, pods);
				writeSlices(api, service, pods);
			}
			return undefined;
		},
	};
}

/** In a namespace on its way out nothing can be created, and all goes anyway. */
function isActive(api: Api, namespace: string): boolean {
	return api.get<Namespace>(NAMESPACES, undefined, namespace)?.metadata.deletionTimestamp === undefined;
}

const labelSelector = Object.entries(MANAGED_BY)
	.map(([key, value]) => `${key}=${value}`)
	.join();

function remove(api: Api, namespace: string, service: string): void {
	try {
		for (const { metadata } of slicesOf(api, namespace, service)) {
			api.delete(ENDPOINTSLICES, namespace, metadata?.name ?? "");
		}
		// those that a user made for a service to come stay
		const own = new Set(
			api.list<AnyStored>(ENDPOINTS, { namespace, labelSelector }).map(({ metadata }) => metadata.name),
		);
		if (own.has(service)) api.delete(ENDPOINTS, namespace, service);
	} catch (error) {
		if (!(error instanceof ApiError) || error.code !== 404) throw error;
	}
}
