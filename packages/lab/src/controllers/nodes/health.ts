import type { NodeCondition } from "kubernetes-types/core/v1";
import type { Node } from "../stored.ts";
import { timestamp } from "../time.ts";

/** What the node controller says of a node whose kubelet is silent. */
const WATCHED = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"] as const;

export const nodeCondition = (node: Pick<Node, "status">, type: string): NodeCondition | undefined =>
	node.status?.conditions?.find((condition) => condition.type === type);

/** The node's conditions once its kubelet has been silent for too long; undefined where they say so already. */
export function silentConditions(node: Node, now: number): NodeCondition[] | undefined {
	const unknown = WATCHED.filter((type) => nodeCondition(node, type)?.status !== "Unknown");
	if (unknown.length === 0) return undefined;
	const time = timestamp(now);
	const others = (node.status?.conditions ?? []).filter(({ type }) => !unknown.some((name) => name === type));
	return [
		...others,
		...unknown.map((type) => {
			const before = nodeCondition(node, type);
			return {
				type,
				status: "Unknown",
				reason: before ? "NodeStatusUnknown" : "NodeStatusNeverUpdated",
				message: before ? "Kubelet stopped posting node status." : "Kubelet never posted node status.",
				lastHeartbeatTime: before?.lastHeartbeatTime ?? node.metadata.creationTimestamp,
				lastTransitionTime: time,
			};
		}),
	];
}
