import { once } from "node:events";
import { createServer, type Server } from "node:net";
import type { EndpointSubset, Endpoints } from "kubernetes-types/core/v1";
import type { EndpointSlice } from "kubernetes-types/discovery/v1";
import type { Api } from "../api/api.ts";
import { ENDPOINTS, ENDPOINTSLICES } from "../api/resources.ts";
import { MACHINE_ADDRESS } from "../machine/addresses.ts";

const PORT = 6443;
const NAMESPACE = "default";
const NAME = "kubernetes";

/** The Service `kubernetes` has the first of the Services' addresses. */
export const API_SERVICE_ADDRESS = "198.19.0.1";

/**
 * Lets pods reach the API server: on the machine's own address, which becomes what is behind the Service
 * `kubernetes`.
 */
export async function serveInCluster(api: Api, apiServer: Server): Promise<{ close(): void }> {
	// The API server itself listens on a Unix socket, and a server can listen only once.
	const server = createServer({ noDelay: true }, (socket) => apiServer.emit("connection", socket));
	server.listen(PORT, MACHINE_ADDRESS);
	await once(server, "listening");
	const ports = [{ name: "https", port: PORT, protocol: "TCP" }] satisfies EndpointSubset["ports"];
	api.create<Endpoints & { metadata: { name: string } }>(ENDPOINTS, {
		apiVersion: "v1",
		kind: "Endpoints",
		metadata: { name: NAME, namespace: NAMESPACE, labels: { "endpointslice.kubernetes.io/skip-mirror": "true" } },
		subsets: [{ addresses: [{ ip: MACHINE_ADDRESS }], ports }],
	});
	api.create<EndpointSlice & { metadata: { name: string } }>(ENDPOINTSLICES, {
		apiVersion: "discovery.k8s.io/v1",
		kind: "EndpointSlice",
		metadata: { name: NAME, namespace: NAMESPACE, labels: { "kubernetes.io/service-name": NAME } },
		addressType: "IPv4",
		endpoints: [{ addresses: [MACHINE_ADDRESS], conditions: { ready: true } }],
		ports,
	});
	return { close: () => server.close() };
}
