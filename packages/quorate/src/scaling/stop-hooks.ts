import type { ClusterView, PodView } from "../cluster/cluster-view.ts";
import type { Blocked } from "./step.ts";

/**
 * Pods that are to be restarted, and would take their member out of the cluster when they end, or may. A pod runs the hooks that it was
 * made with, so none can be taken out of it beforehand.
 */
export function stopHookObstacle({ statefulSet: set }: ClusterView, pods: readonly PodView[]): Blocked | undefined {
	const hooks = pods.flatMap((pod) => (pod.stopHooks ?? []).map((hook) => ({ ...hook, pod: pod.name })));
	const found = hooks.find(({ does }) => does === "removes") ?? hooks[0];
	if (!found) return undefined;
	const names = [...new Set(hooks.map(({ pod }) => pod))].join(", ");
	const what = `${names}: when the pod ends, its container ${found.container} runs ${found.quote}`;
	if (found.does === "unknown")
		return {
			reason: "StopHookUnknown",
			message: `${what}, and nothing shows that its member stays in the cluster`,
			hint: `see what it does; if it takes no member out and deletes no data, restart the pods yourself, one at a time, each when the others are Ready: kubectl delete pod ${pods.at(-1)?.name} -n ${set.namespace}`,
		};
	return {
		reason: "StopHookRemovesMember",
		message: `${what}, which takes its member out of the cluster or deletes its data: a restarted pod would not come back as a member`,
		hint: found.bitnami
			? `take a snapshot (quorate snapshot save), then turn it off in the chart's values: helm upgrade RELEASE CHART --reuse-values --set removeMemberOnContainerTermination=false (etcd.removeMemberOnContainerTermination where etcd is a subchart); the chart's own roll-out then restarts each pod, which runs the hook once more, and joins again by its own scripts`
			: "a pod keeps the hook that it was made with, so a change of the template, whose roll-out ends every pod, would run it in each; quorate scale works, for it restarts none of these pods",
	};
}
