import type { ServicePort } from "kubernetes-types/core/v1";
import { isFinished, isReady, isTerminating } from "../pod-state.ts";
import { matchesLabels } from "../selector.ts";
import type { Pod, Service } from "../stored.ts";

export interface Port {
	name?: string;
	port: number;
	protocol: string;
	appProtocol?: string;
}

/** One pod behind a service. */
export interface Endpoint {
	ip: string;
	hostname: string | undefined;
	nodeName: string | undefined;
	pod: Pod;
	ready: boolean;
	/** ready by its own account, even while it terminates */
	serving: boolean;
	terminating: boolean;
	ports: Port[];
}

export const HEADLESS_LABEL = "service.kubernetes.io/headless";
export const isHeadless = (service: Service): boolean => service.spec?.clusterIP === "None";

/** Whether pods stand behind the service at all: it has a selector, and is no mere alias. */
export function selectsPods(service: Service): boolean {
	return service.spec?.type !== "ExternalName" && Object.keys(service.spec?.selector ?? {}).length > 0;
}

/** The pods that the service selects and that have an address, terminating ones included. */
export function endpointsOf(service: Service, pods: readonly Pod[]): Endpoint[] {
	const always = service.spec?.publishNotReadyAddresses ?? false;
	return pods
		.filter((pod) => matchesLabels(service.spec?.selector, pod.metadata.labels))
		.flatMap((pod) => {
			const ip = pod.status?.podIP;
			if (!ip || isFinished(pod)) return [];
			const terminating = isTerminating(pod);
			const serving = isReady(pod);
			const named = pod.spec?.hostname && pod.spec.subdomain === service.metadata.name;
			return [
				{
					ip,
					hostname: named ? pod.spec?.hostname : undefined,
					nodeName: pod.spec?.nodeName,
					pod,
					ready: always || (serving && !terminating),
					serving,
					terminating,
					ports: portsOn(service, pod),
				},
			];
		})
		.sort((a, b) => compareAddresses(a.ip, b.ip));
}

const compareAddresses = (a: string, b: string): number => a.localeCompare(b, "en", { numeric: true });

/** The service's ports as this pod has them: a target port by name can be another number in each. */
function portsOn(service: Service, pod: Pod): Port[] {
	return (service.spec?.ports ?? []).flatMap((port) => {
		const number = targetPort(port, pod);
		if (number === undefined) return [];
		const { name, protocol = "TCP", appProtocol } = port;
		return [{ ...(name ? { name } : {}), port: number, protocol, ...(appProtocol ? { appProtocol } : {}) }];
	});
}

function targetPort({ port, targetPort, protocol = "TCP" }: ServicePort, pod: Pod): number | undefined {
	if (targetPort === undefined || targetPort === 0 || targetPort === "") return port;
	if (typeof targetPort === "number") return targetPort;
	const containers = pod.spec?.containers ?? [];
	return containers
		.flatMap((container) => container.ports ?? [])
		.find((candidate) => candidate.name === targetPort && (candidate.protocol ?? "TCP") === protocol)?.containerPort;
}

export function podReference(pod: Pod) {
	const { namespace, name, uid } = pod.metadata;
	return { kind: "Pod", namespace, name, uid };
}
