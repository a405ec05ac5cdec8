import { randomUUID } from "node:crypto";
import type { Lease } from "kubernetes-types/coordination/v1";
import type { Node } from "kubernetes-types/core/v1";
import type { Api } from "../api/api.ts";
import type { KubernetesObject } from "../api/object.ts";
import { LEASES, NAMESPACES, NODES } from "../api/resources.ts";
import { type NodeDescription, nodeObject, nodeStatus } from "./node-object.ts";

const NAMESPACE = "kube-node-lease";
const LEASE_SECONDS = 40;
const RENEW_EVERY = 10_000;
const REPORT_EVERY = 300_000;

/** Registers the node and keeps saying that it is there; returns the way to fall silent. */
export function startHeartbeat(api: Api, node: Omit<NodeDescription, "bootId">): () => void {
	const description = { ...node, bootId: randomUUID() };
	const known = api.get<Node>(NODES, undefined, node.name) !== undefined;
	if (!known) api.create<Node>(NODES, nodeObject(description));
	const report = () => {
		api.modify<Node>(
			NODES,
			undefined,
			node.name,
			(copy) => {
				const { conditions = [], ...rest } = (copy.status ?? {}) as NonNullable<Node["status"]>;
				const status = nodeStatus(description, conditions, new Date());
				const own = new Set(status.conditions?.map(({ type }) => type));
				const others = conditions.filter(({ type }) => !own.has(type));
				Object.assign(copy, { status: { ...rest, ...status, conditions: [...others, ...(status.conditions ?? [])] } });
			},
			"status",
		);
	};
	report();
	const about = api.get<KubernetesObject>(NODES, undefined, node.name);
	const event = (type: "Normal" | "Warning", reason: string, message: string) => {
		if (about) api.event(about, { type, reason, message, component: "kubelet", host: node.name });
	};
	event("Normal", "Starting", "Starting kubelet.");
	if (known) event("Warning", "Rebooted", `Node ${node.name} has been rebooted, boot id: ${description.bootId}`);
	event("Normal", "NodeReady", `Node ${node.name} status is now: NodeReady`);
	renew(api, node.name);
	const timers = [setInterval(() => renew(api, node.name), RENEW_EVERY), setInterval(report, REPORT_EVERY)];
	return () => timers.forEach(clearInterval);
}

function renew(api: Api, name: string): void {
	const renewTime = microTime(new Date());
	const renewed = api.modify<Lease>(LEASES, NAMESPACE, name, (copy) => {
		copy.spec = { ...copy.spec, holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime };
	});
	if (renewed) return;
	const node = api.get<KubernetesObject>(NODES, undefined, name);
	if (!node || !api.get(NAMESPACES, undefined, NAMESPACE)) return;
	const owner = { apiVersion: "v1", kind: "Node", name, uid: node.metadata.uid ?? "" };
	api.create<Lease>(LEASES, {
		apiVersion: "coordination.k8s.io/v1",
		kind: "Lease",
		metadata: { name, namespace: NAMESPACE, ownerReferences: [owner] },
		spec: { holderIdentity: name, leaseDurationSeconds: LEASE_SECONDS, renewTime },
	});
}

/** As the API writes a MicroTime. */
const microTime = (moment: Date) => moment.toISOString().replace("Z", "000Z");
