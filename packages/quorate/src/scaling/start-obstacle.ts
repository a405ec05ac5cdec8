import type { StatefulSetView } from "../cluster/cluster-view.ts";
import type { Blocked } from "./step.ts";

/** Without evidence of how etcd starts in these pods, no new one can be made to join, and none be told of others. */
export function startObstacle({ etcd }: Pick<StatefulSetView, "etcd">): Blocked | undefined {
	const unknown = etcd.notUnderstood ?? [];
	if (unknown.length === 0) return undefined;
	return {
		reason: "StartNotUnderstood",
		message: `how container ${etcd.name} starts is not understood: ${unknown.join("; ")}`,
		hint: "start etcd itself (command: [etcd, ...], or a script that ends in one exec etcd), with its members in --initial-cluster or ETCD_INITIAL_CLUSTER, and let nothing else add or remove members",
	};
}
