import type { Node, Pod } from "kubernetes-types/core/v1";
import type { Api } from "../api/api.ts";
import { NODES, PODS } from "../api/resources.ts";
import type { Nodes } from "../node/index.ts";
import type { MachineStatus, NodeStatus, PodStatus } from "./messages.ts";

/** What `quorate lab status` shows of the inside. */
export async function machineStatus(api: Api, faults: Nodes["faults"] | undefined): Promise<MachineStatus> {
	return {
		nodes: api.list<Node>(NODES).map(nodeStatus),
		pods: api.list<Pod>(PODS).map(podStatus),
		faults: (await faults?.told()) ?? [],
	};
}

function nodeStatus({ metadata, status }: Node): NodeStatus {
	return { name: metadata?.name ?? "", ready: isTrue(status?.conditions, "Ready") };
}

function podStatus({ metadata, spec, status }: Pod): PodStatus {
	const restarts = (status?.containerStatuses ?? []).reduce((sum, { restartCount }) => sum + restartCount, 0);
	return {
		namespace: metadata?.namespace ?? "",
		name: metadata?.name ?? "",
		node: spec?.nodeName,
		address: status?.podIP,
		phase: metadata?.deletionTimestamp ? "Terminating" : (status?.phase ?? "Unknown"),
		ready: isTrue(status?.conditions, "Ready"),
		restarts,
	};
}

export function isTrue(conditions: { type: string; status: string }[] | undefined, type: string): boolean {
	return conditions?.some((condition) => condition.type === type && condition.status === "True") ?? false;
}
