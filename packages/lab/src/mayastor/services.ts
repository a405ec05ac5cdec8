import type { Service } from "kubernetes-types/core/v1";
import type { Chart } from "./chart.ts";
import {
	ANNOTATIONS,
	CLIENT_PORT,
	CLIENT_SERVICE,
	HEADLESS_SERVICE,
	labels,
	NAMESPACE,
	PEER_PORT,
	SELECTOR,
} from "./names.ts";

const PORTS = [
	{ name: "client", port: CLIENT_PORT, targetPort: "client" },
	{ name: "peer", port: PEER_PORT, targetPort: "peer" },
];

/** The pods' names; it publishes them before they are Ready, since members must find one another to become so. */
export function headlessService(chart: Chart): Service {
	return {
		apiVersion: "v1",
		kind: "Service",
		metadata: {
			name: HEADLESS_SERVICE,
			namespace: NAMESPACE,
			labels: labels(chart),
			annotations: { ...ANNOTATIONS, "service.alpha.kubernetes.io/tolerate-unready-endpoints": "true" },
		},
		spec: { type: "ClusterIP", clusterIP: "None", publishNotReadyAddresses: true, ports: PORTS, selector: SELECTOR },
	};
}

/** What Mayastor itself talks to. */
export function clientService(chart: Chart): Service {
	return {
		apiVersion: "v1",
		kind: "Service",
		metadata: { name: CLIENT_SERVICE, namespace: NAMESPACE, labels: labels(chart), annotations: ANNOTATIONS },
		spec: { type: "ClusterIP", ports: PORTS, selector: SELECTOR },
	};
}
