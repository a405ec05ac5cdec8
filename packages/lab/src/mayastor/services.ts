import type { Service } from "kubernetes-types/core/v1";
import {
	ANNOTATIONS,
	CLIENT_PORT,
	CLIENT_SERVICE,
	HEADLESS_SERVICE,
	LABELS,
	NAMESPACE,
	PEER_PORT,
	SELECTOR,
} from "./names.ts";

const PORTS = [
	{ name: "client", port: CLIENT_PORT, targetPort: "client" },
	{ name: "peer", port: PEER_PORT, targetPort: "peer" },
];

/** The pods' names; it publishes them before they are Ready, since members must find one another to become so. */
export function headlessService(): Service {
	return {
		apiVersion: "v1",
		kind: "Service",
		metadata: {
			name: HEADLESS_SERVICE,
			namespace: NAMESPACE,
			labels: LABELS,
			annotations: { ...ANNOTATIONS, "service.alpha.kubernetes.io/tolerate-unready-endpoints": "true" },
		},
		spec: { type: "ClusterIP", clusterIP: "None", publishNotReadyAddresses: true, ports: PORTS, selector: SELECTOR },
	};
}

/** What Mayastor itself talks to. */
export function clientService(): Service {
	return {
		apiVersion: "v1",
		kind: "Service",
		metadata: { name: CLIENT_SERVICE, namespace: NAMESPACE, labels: LABELS, annotations: ANNOTATIONS },
		spec: { type: "ClusterIP", ports: PORTS, selector: SELECTOR },
	};
}
