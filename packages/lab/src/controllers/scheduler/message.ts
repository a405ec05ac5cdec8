import type { Rejection } from "./filters/filter.ts";

/** `3 node(s) didn't …, 1 node(s) had …`: how many nodes gave each reason, sorted as text. */
function histogram(reasons: readonly string[]): string {
	const counts = new Map<string, number>();
	for (const reason of reasons) counts.set(reason, (counts.get(reason) ?? 0) + 1);
	return [...counts]
		.map(([reason, count]) => `${count} ${reason}`)
		.sort(bytewise)
		.join(", ");
}

const bytewise = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/**
 * Why no node will do, in the words of the scheduler of Kubernetes 1.34, as `kubectl describe pod` shows them: where the
 * claims keep a pod from every node its text ends in a bare "not found", which is no more than a wart.
 */
export function unschedulableMessage(verdict: readonly Rejection[] | string, nodes: number): string {
	if (nodes === 0) return "no nodes available to schedule pods";
	const none = `0/${nodes} nodes are available`;
	if (typeof verdict === "string") return `${none}: ${verdict}. not found`;
	const why = histogram(verdict.flatMap(({ reasons }) => reasons));
	const preemption = histogram(
		verdict.map(({ preemptable }) =>
			preemptable ? "No preemption victims found for incoming pod" : "Preemption is not helpful for scheduling",
		),
	);
	return `${none}: ${why}. no new claims to deallocate, preemption: ${none}: ${preemption}.`;
}
