import type { EndpointAddress, EndpointSubset, Endpoints } from "kubernetes-types/core/v1";
import type { Api } from "../../api/api.ts";
import { ENDPOINTS } from "../../api/resources.ts";
import type { Pod, Service } from "../stored.ts";
import { type Endpoint, endpointsOf, HEADLESS_LABEL, isHeadless, type Port, podReference } from "./endpoint.ts";

export const MANAGED_BY = { "endpoints.kubernetes.io/managed-by": "endpoint-controller" };

/** The pods' addresses by the ports that they have; terminating pods only where the service publishes all. */
export function subsetsOf(service: Service, pods: readonly Pod[]): EndpointSubset[] {
	const always = service.spec?.publishNotReadyAddresses ?? false;
	const byPorts = new Map<string, { ports: Port[]; ready: EndpointAddress[]; notReady: EndpointAddress[] }>();
	for (const endpoint of endpointsOf(service, pods)) {
		if (endpoint.terminating && !always) continue;
		// a service without ports is headless, and its pods are found by name alone
		if (endpoint.ports.length === 0 && (service.spec?.ports ?? []).length > 0) continue;
		const key = JSON.stringify(endpoint.ports);
		const subset = byPorts.get(key) ?? { ports: endpoint.ports, ready: [], notReady: [] };
		(endpoint.ready ? subset.ready : subset.notReady).push(addressOf(endpoint));
		byPorts.set(key, subset);
	}
	return [...byPorts.values()].map(({ ports, ready, notReady }) => ({
		...(ready.length > 0 ? { addresses: ready } : {}),
		...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
		...(ports.length > 0 ? { ports } : {}),
	}));
}

function addressOf({ ip, hostname, nodeName, pod }: Endpoint): EndpointAddress {
	return {
		ip,
		...(hostname ? { hostname } : {}),
		...(nodeName ? { nodeName } : {}),
		targetRef: podReference(pod),
	};
}

/** Writes the service's Endpoints object. */
export function writeEndpoints(api: Api, service: Service, pods: readonly Pod[]): void {
	const { namespace, name } = service.metadata;
	const subsets = subsetsOf(service, pods);
	const labels = {
		...service.metadata.labels,
		...MANAGED_BY,
		...(isHeadless(service) ? { [HEADLESS_LABEL]: "" } : {}),
	};
	const wanted: Endpoints = {
		apiVersion: "v1",
		kind: "Endpoints",
		metadata: { name, namespace, labels },
		...(subsets.length > 0 ? { subsets } : {}),
	};
	if (!api.get<Endpoints>(ENDPOINTS, namespace, name)) {
		api.create<Endpoints>(ENDPOINTS, wanted);
		return;
	}
	api.modify<Endpoints>(ENDPOINTS, namespace, name, (copy) => {
		copy.metadata = { ...copy.metadata, labels };
		if (subsets.length > 0) copy.subsets = subsets;
		else delete copy.subsets;
	});
}
