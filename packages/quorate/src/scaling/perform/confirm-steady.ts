import { type ClusterView, podAt } from "../../cluster/cluster-view.ts";
import type { Step } from "../step.ts";
import { LookAgain, type PerformContext } from "./context.ts";

/**
 * Milliseconds. Bitnami's newer images start etcd to test its data, stop it as soon as its log says that it serves clients, and start it
 * again: in a lab it answered for less than 0.1 s, and then not for 0.6 s.
 */
const STEADY = 2000;

/**
 * Before a vote, or the leadership, is given or taken away, the connection to each member that the step relies on must have lasted: else what
 * answers may be the etcd that an image starts only to test its data, and whose vote is missing a moment later.
 *
 * @throws {LookAgain} one connection has not lasted yet
 */
export function confirmSteady({ cluster }: PerformContext, view: ClusterView, step: Step): void {
	if (view.statefulSet.etcd.family !== "bitnami") return;
	for (const { ordinal, name, status } of view.etcd.members) {
		const pod = ordinal === undefined || !status || !countsOn(view, step, ordinal) ? undefined : podAt(view, ordinal);
		if (!pod || cluster.members.to(pod).connectedMs() >= STEADY) continue;
		throw new LookAgain(
			`${name} has just started to answer, and its image may still be testing its data`,
			`if it goes on, see how often it restarts: kubectl get pod ${pod.name} -n ${view.statefulSet.namespace}`,
		);
	}
}

/** Whether the step relies on the vote of that member. */
function countsOn({ statefulSet }: ClusterView, step: Step, ordinal: number): boolean {
	switch (step.kind) {
		case "promote":
			return true;
		case "move-leader":
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
