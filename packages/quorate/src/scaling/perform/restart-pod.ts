import type { ClusterView } from "../../cluster/cluster-view.ts";
import { podName } from "../../cluster/cluster-view.ts";
import { PODS } from "../../cluster/resources.ts";
import { QuorateError } from "../../errors.ts";
import type { Step } from "../step.ts";
import type { PerformContext } from "./context.ts";

/** The StatefulSet controller may have been quicker: then the pod that was meant is gone, which is all that is wanted. */
export async function restartPod(
	{ cluster }: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "restart-pod" }>,
) {
	try {
		await cluster.client.delete(PODS, cluster.namespace, podName(view.statefulSet, step.ordinal), { uid: step.uid });
	} catch (error) {
		if (error instanceof QuorateError && (error.code === "NotFound" || error.code === "Conflict")) return;
		throw error;
	}
}
