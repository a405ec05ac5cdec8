import type { EndpointSlice, Endpoint as SliceEndpoint } from "kubernetes-types/discovery/v1";
import type { Api } from "../../api/api.ts";
import { ENDPOINTSLICES, NODES } from "../../api/resources.ts";
import { controllerReference } from "../owners.ts";
import type { Node, Pod, Service } from "../stored.ts";
import { type Endpoint, endpointsOf, HEADLESS_LABEL, isHeadless, type Port, podReference } from "./endpoint.ts";

const SERVICE_LABEL = "kubernetes.io/service-name";
const MANAGED_BY_LABEL = "endpointslice.kubernetes.io/managed-by";
const MANAGER = "endpointslice-controller.k8s.io";
const MOST_ENDPOINTS = 100;

export interface SliceContent {
	ports: Port[];
	endpoints: SliceEndpoint[];
}

/** What the service's slices hold: one or more for each set of ports. */
export function sliceContents(
	service: Service,
	pods: readonly Pod[],
	zoneOf: (node: string | undefined) => string | undefined,
): SliceContent[] {
	const byPorts = new Map<string, SliceContent>();
	for (const endpoint of endpointsOf(service, pods)) {
		if (endpoint.ports.length === 0 && (service.spec?.ports ?? []).length > 0) continue;
		const key = JSON.stringify(endpoint.ports);
		const content = byPorts.get(key) ?? { ports: endpoint.ports, endpoints: [] };
		content.endpoints.push(sliceEndpoint(endpoint, zoneOf(endpoint.nodeName)));
		byPorts.set(key, content);
	}
	return [...byPorts.values()].flatMap(({ ports, endpoints }) =>
		Array.from({ length: Math.ceil(endpoints.length / MOST_ENDPOINTS) }, (_, index) => ({
			ports,
			endpoints: endpoints.slice(index * MOST_ENDPOINTS, (index + 1) * MOST_ENDPOINTS),
		})),
	);
}

function sliceEndpoint(endpoint: Endpoint, zone: string | undefined): SliceEndpoint {
	const { ip, hostname, nodeName, pod, ready, serving, terminating } = endpoint;
	return {
		addresses: [ip],
		conditions: { ready, serving, terminating },
		...(hostname ? { hostname } : {}),
		...(nodeName ? { nodeName } : {}),
		targetRef: podReference(pod),
		...(zone ? { zone } : {}),
	};
}

/** Writes the service's slices: those that are there are filled first, what is left over goes. A service has one at least. */
export function writeSlices(api: Api, service: Service, pods: readonly Pod[]): void {
	const { namespace, name } = service.metadata;
	const zoneOf = (node: string | undefined) =>
		node ? api.get<Node>(NODES, undefined, node)?.metadata.labels?.["topology.kubernetes.io/zone"] : undefined;
	const contents = sliceContents(service, pods, zoneOf);
	if (contents.length === 0) contents.push({ ports: [], endpoints: [] });
	const present = slicesOf(api, namespace, name);
	const labels = {
		...service.metadata.labels,
		[MANAGED_BY_LABEL]: MANAGER,
		[SERVICE_LABEL]: name,
		...(isHeadless(service) ? { [HEADLESS_LABEL]: "" } : {}),
	};
	for (const [index, content] of contents.entries()) {
		const slice = present[index]?.metadata?.name;
		const body = { ports: content.ports, endpoints: content.endpoints };
		if (slice === undefined) {
			api.create<EndpointSlice>(ENDPOINTSLICES, {
				apiVersion: "discovery.k8s.io/v1",
				kind: "EndpointSlice",
				metadata: { generateName: `${name}-`, namespace, labels, ownerReferences: [controllerReference(service)] },
				addressType: "IPv4",
				...body,
			});
		} else {
			api.modify<EndpointSlice>(ENDPOINTSLICES, namespace, slice, (copy) => {
				copy.metadata = { ...copy.metadata, labels };
				Object.assign(copy, body);
			});
		}
	}
	for (const { metadata } of present.slice(contents.length)) {
		api.delete(ENDPOINTSLICES, namespace, metadata?.name ?? "");
	}
}

export function slicesOf(api: Api, namespace: string, service: string): EndpointSlice[] {
	const labelSelector = `${SERVICE_LABEL}=${service},${MANAGED_BY_LABEL}=${MANAGER}`;
	return api.list<EndpointSlice>(ENDPOINTSLICES, { namespace, labelSelector });
}
