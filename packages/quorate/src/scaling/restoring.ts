import { type ClusterView, isHealthy, podsToRestart, tolerance, voters } from "../cluster/cluster-view.ts";
import { blocked, step, wait } from "./decision.ts";
import type { Decision } from "./step.ts";

/** What is left to do until no pod runs on a join profile. */
export function restoring(view: ClusterView): Decision | undefined {
	const set = view.statefulSet;
	if (!set.record) return undefined;
	if (set.templateState === "joining") return step({ kind: "restore-template", partition: set.replicas });
	const back = rollingBack(view);
	if (back) return back;
	const pod = podsToRestart(view)[0];
	if (!pod) return undefined;
	const ending = view.pods.find((other) => other.terminating || !other.running);
	if (ending)
		return wait({
			kind: "pod-running",
			ordinal: ending.ordinal,
			reason: ending.trouble ?? `pod ${ending.name} is being restarted`,
			hint: `kubectl describe pod ${ending.name} -n ${set.namespace}`,
		});
	// one voter restarts: the others must be a quorum
	if (tolerance(view) < 1)
		return blocked(
			"RestartWouldLoseQuorum",
			`restarting ${pod.name} onto the original template would leave ${voters(view).length - 1} of ${voters(view).length} voters, fewer than quorum`,
			voters(view).every(isHealthy)
				? `where a moment without quorum does no harm: kubectl delete pod ${pod.name} -n ${set.namespace}; then run the same command again`
				: "bring the other members up first, then run the same command again",
		);
	return step({ kind: "restart-pod", ordinal: pod.ordinal, uid: pod.uid });
}

/**
 * Someone changed the template and put it back meanwhile, and the controller had moved its current revision on: from that it makes the
 * pods that a partition holds. It must be let finish, or a pod that we restart comes back from the wrong template, again and again.
 */
export function rollingBack(view: ClusterView): Decision | undefined {
	const set = view.statefulSet;
	const strayed = set.updateStrategy.type !== "OnDelete" && set.currentRevision !== set.updateRevision;
	if (!set.record || set.record.rolling || set.templateState !== "original" || !strayed) return undefined;
	const partition = set.record.updateStrategy.rollingUpdate?.partition ?? 0;
	if (set.updateStrategy.partition !== partition) return step({ kind: "restore-template", partition });
	return wait({
		kind: "pods-ready",
		reason: `the roll-out of ${set.name} back to its template is not over`,
		hint: `kubectl rollout status sts/${set.name} -n ${set.namespace}`,
	});
}
