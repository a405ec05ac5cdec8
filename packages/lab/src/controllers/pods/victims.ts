import { isReady, podCondition } from "../pod-state.ts";
import type { Pod } from "../stored.ts";

const DELETION_COST = "controller.kubernetes.io/pod-deletion-cost";
const PHASES = ["Pending", "Unknown", "Running"];

/** Logarithmic steps, so that ages that are much the same do not decide. */
const ageStep = (since: string | undefined, now: number) =>
	since === undefined ? -1 : Math.floor(Math.log2(Math.max(1, now - Date.parse(since))));

/**
 * Those that are not needed any more, the least useful first: without a node, not running, not ready, cheaper to lose, more of
 * their kind on the same node, ready for a shorter time, restarted more often, younger.
 *
 * @param related all pods of the same purpose, by which crowded nodes are known
 */
export function victims(pods: readonly Pod[], related: readonly Pod[], count: number, now: number): Pod[] {
	const crowd = new Map<string, number>();
	for (const { spec } of related) {
		const node = spec?.nodeName;
		if (node) crowd.set(node, (crowd.get(node) ?? 0) + 1);
	}
	const ranked = pods.map((pod) => ({ pod, rank: rankOf(pod, crowd.get(pod.spec?.nodeName ?? "") ?? 0, now) }));
	ranked.sort((a, b) => compare(a.rank, b.rank));
	return ranked.slice(0, count).map(({ pod }) => pod);
}

function rankOf(pod: Pod, neighbours: number, now: number): number[] {
	const { metadata, spec, status } = pod;
	const cost = Number.parseInt(metadata.annotations?.[DELETION_COST] ?? "0", 10);
	const restarts = (status?.containerStatuses ?? []).map(({ restartCount }) => restartCount);
	const ready = isReady(pod);
	return [
		spec?.nodeName ? 1 : 0,
		PHASES.indexOf(status?.phase ?? ""),
		ready ? 1 : 0,
		Number.isNaN(cost) ? 0 : cost,
		-neighbours,
		ready ? ageStep(podCondition(pod, "Ready")?.lastTransitionTime, now) : 0,
		-Math.max(0, ...restarts),
		ageStep(metadata.creationTimestamp, now),
	];
}

function compare(a: readonly number[], b: readonly number[]): number {
	for (const [index, value] of a.entries()) {
		const difference = value - (b[index] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
