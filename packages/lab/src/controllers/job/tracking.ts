import type { Api } from "../../api/api.ts";
import { PODS } from "../../api/resources.ts";
import { isFinished, isReady, isTerminating } from "../pod-state.ts";
import type { Job, Pod } from "../stored.ts";

/** Holds a pod until its end has been counted. */
export const TRACKING = "batch.kubernetes.io/job-tracking";

/** A job's pods, by what they mean to it. */
export interface Tally {
	/** neither at their end nor on the way to it */
	active: Pod[];
	ready: number;
	/** being deleted, and not at their end yet */
	terminating: number;
	/** at their end, and not counted yet */
	succeeded: Pod[];
	failed: Pod[];
}

export function tally(job: Job, pods: readonly Pod[]): Tally {
	const active = pods.filter((pod) => !isFinished(pod) && !isTerminating(pod));
	const uncounted = pods.filter(isTracked);
	const onlyFailed = job.spec?.podReplacementPolicy === "Failed";
	return {
		active,
		ready: active.filter(isReady).length,
		terminating: pods.filter((pod) => isTerminating(pod) && !isFinished(pod)).length,
		succeeded: uncounted.filter((pod) => pod.status?.phase === "Succeeded"),
		failed: uncounted.filter(
			(pod) =>
				pod.status?.phase === "Failed" || (!onlyFailed && isTerminating(pod) && pod.status?.phase !== "Succeeded"),
		),
	};
}

const isTracked = ({ metadata }: Pod) => metadata.finalizers?.includes(TRACKING) ?? false;

/** Its end is counted, or shall not count. */
export function untrack(api: Api, pod: Pod): void {
	if (!isTracked(pod)) return;
	api.modify<Pod>(PODS, pod.metadata.namespace, pod.metadata.name, (copy) => {
		copy.metadata.finalizers = (copy.metadata.finalizers ?? []).filter((finalizer) => finalizer !== TRACKING);
	});
}
