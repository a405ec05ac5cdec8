import { type ClusterView, podAt } from "../../cluster/cluster-view.ts";
import type { Step } from "../step.ts";
import { LookAgain, type PerformContext } from "./context.ts";

/**
 * Milliseconds. Bitnami's newer images start etcd on its data, read in its log that it serves clients, end it, and start it anew: it was
 * seen to answer for less than 0.1 s, and then not for 0.6 s (a lab).
 */
const STEADY = 2000;

/**
 * Before a vote is given or taken away, the members that are to carry on have shown that what answers is not an etcd which its image only
 * tries its data with: the connection to each has lasted. Counted on as a voter, such a one takes its vote away again at once.
 *
 * @throws {LookAgain} one has not yet
 */
export function confirmSteady({ cluster }: PerformContext, view: ClusterView, step: Step): void {
	if (view.statefulSet.etcd.family !== "bitnami") return;
	for (const { ordinal, name, status } of view.etcd.members) {
		const pod = ordinal === undefined || !status || !countsOn(view, step, ordinal) ? undefined : podAt(view, ordinal);
		if (!pod || cluster.members.to(pod).connectedMs() >= STEADY) continue;
		throw new LookAgain(
			`${name} has just begun to answer, and its image may only be trying its data`,
			`if it goes on, see how often it restarts: kubectl get pod ${pod.name} -n ${view.statefulSet.namespace}`,
		);
	}
}

/** Whether the step relies on the vote of that member. */
function countsOn({ statefulSet }: ClusterView, step: Step, ordinal: number): boolean {
	switch (step.kind) {
		case "promote":
			return true;
		case "roll-pod":
		case "restart-pod":
		case "remove-member":
			return ordinal !== step.ordinal;
		case "lower-replicas":
			return ordinal < statefulSet.firstOrdinal + step.replicas;
		default:
			return false;
	}
}
