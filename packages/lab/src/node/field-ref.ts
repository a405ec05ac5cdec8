import type { Container, ResourceFieldSelector } from "kubernetes-types/core/v1";
import { parseQuantity } from "../api/quantity.ts";
import type { StoredPod } from "./pod.ts";

/** What the node adds to what a pod says of itself. */
export interface PodAddresses {
	podIP: string;
	hostIP: string;
}

/** The value of a `fieldRef`; throws where there is no such field. */
export function fieldValue(pod: StoredPod, path: string, addresses: PodAddresses): string {
	const { metadata, spec } = pod;
	const keyed = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
	if (keyed) return metadata[keyed[1] === "labels" ? "labels" : "annotations"]?.[keyed[2] ?? ""] ?? "";
	switch (path) {
		case "metadata.name":
			return metadata.name;
		case "metadata.namespace":
			return metadata.namespace;
		case "metadata.uid":
			return metadata.uid;
		case "metadata.labels":
			return formatMap(metadata.labels);
		case "metadata.annotations":
			return formatMap(metadata.annotations);
		case "spec.nodeName":
			return spec.nodeName ?? "";
		case "spec.serviceAccountName":
			return spec.serviceAccountName ?? "";
		case "status.hostIP":
		case "status.hostIPs":
			return addresses.hostIP;
		case "status.podIP":
		case "status.podIPs":
			return addresses.podIP;
		default:
			throw new Error(`unsupported fieldPath: ${path}`);
	}
}

/** One `key="value"` a line, in order, as the downward API's files have it. */
function formatMap(map: Record<string, string> | undefined): string {
	const entries = Object.entries(map ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
	return entries.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join("\n");
}

/** The value of a `resourceFieldRef`: limits that are not set count as all that the node has. */
export function resourceValue(
	containers: Container[],
	own: Container | undefined,
	selector: ResourceFieldSelector,
	allocatable: Record<string, string>,
): string {
	const container = selector.containerName ? containers.find((one) => one.name === selector.containerName) : own;
	const [kind, ...names] = selector.resource.split(".");
	const name = names.join(".");
	if (!container || (kind !== "limits" && kind !== "requests")) {
		throw new Error(`unsupported container resource : ${selector.resource}`);
	}
	const { limits, requests } = container.resources ?? {};
	const value = kind === "limits" ? (limits?.[name] ?? allocatable[name]) : (requests?.[name] ?? limits?.[name]);
	const divisor = parseQuantity(selector.divisor && selector.divisor !== "0" ? selector.divisor : "1")?.nano ?? 1n;
	const nano = parseQuantity(value ?? "0")?.nano ?? 0n;
	return String((nano + divisor - 1n) / divisor);
}
