import { type ClusterView, podAt } from "../../cluster/cluster-view.ts";
import { QuorateError } from "../../errors.ts";
import type { Step } from "../step.ts";
import { LookAgain, type PerformContext } from "./context.ts";
import { removeMember } from "./membership.ts";
import { restartPod } from "./restart-pod.ts";
import { lowerReplicas } from "./template.ts";

/**
 * Milliseconds from asking etcd until the replicas are written. A member that was taken out ends within 0.02 s to a second; an image that
 * adds itself again was seen to have done so 0.35 s after (a lab) to 3.3 s after (Kubernetes).
 */
const AT_ONCE = 250;

/**
 * Takes the second of two members out while it runs, for both must agree to it, and its pod with it before its container is started again:
 * deleted at once, not only when the controller comes round to it. Not before the replicas are written: a pod that is deleted while it
 * is still wanted comes back, perhaps on another node.
 *
 * @throws {LookAgain} where it took longer: the pod is then left until its container has stopped
 */
export async function removeWithPod(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "remove-member" }>,
	now = () => performance.now(),
): Promise<void> {
	const replicas = step.replicas ?? 1;
	let asked: number | undefined;
	await lowerReplicas(context, view, { kind: "lower-replicas", replicas }, async () => {
		if (asked === undefined) {
			asked = now();
			await removeMember(context, view, step);
		}
		if (now() - asked > AT_ONCE)
			throw new LookAgain(
				"the member was taken out, but not quickly enough to be sure that its image has not added it again",
				"see the member list: etcdctl member list",
			);
	});
	const uid = podAt(view, step.ordinal)?.uid;
	if (!uid) return;
	await restartPod(context, view, { kind: "restart-pod", ordinal: step.ordinal, uid }).catch((error: unknown) => {
		// where the API server did not delete it, the controller does
		if (!(error instanceof QuorateError) && !context.signal.aborted) throw error;
	});
}
