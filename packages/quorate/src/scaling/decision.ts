import type { ClusterView } from "../cluster/cluster-view.ts";
import type { Decision, Step, Wait } from "./step.ts";

export const step = (step: Step): Decision => ({ kind: "step", step });

export const wait = (wait: Wait): Decision => ({ kind: "wait", wait });

export const blocked = (reason: string, message: string, hint: string): Decision => ({
	kind: "blocked",
	blocked: { reason, message, hint },
});

/** Undefined: every pod is Ready. */
export function untilReady({ pods, statefulSet }: ClusterView): Decision | undefined {
	const pod = pods.find((pod) => !pod.ready || pod.terminating);
	if (!pod) return undefined;
	return wait({
		kind: "pods-ready",
		ordinal: pod.ordinal,
		reason: pod.trouble ?? `pod ${pod.name} is not Ready yet${probeDelay(statefulSet)}`,
		hint: `kubectl describe pod ${pod.name} -n ${statefulSet.namespace}`,
	});
}

/** Worth a word: nothing can make the pod Ready before. */
function probeDelay({ template, etcd }: ClusterView["statefulSet"]): string {
	const container = template.spec?.containers.find(({ name }) => name === etcd.name);
	const seconds = container?.readinessProbe?.initialDelaySeconds ?? 0;
	return seconds >= 5 ? ` (readiness probe's initial delay ${seconds} s)` : "";
}
