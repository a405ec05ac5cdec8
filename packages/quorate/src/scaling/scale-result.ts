import { type ClusterView, voters } from "../cluster/cluster-view.ts";
import type { ScaleResult } from "./events.ts";
import type { Goal } from "./goal.ts";
import type { Reconciled } from "./reconcile.ts";

/**
 * @param from members when the scaling began, be it in this run or in one that this run went on with
 */
export function scaleResult(
	before: ClusterView,
	from: number,
	end: Reconciled & Pick<ScaleResult, "proof" | "seconds"> & { goal: Goal },
): ScaleResult {
	const { record } = before.statefulSet;
	const there = before.pods.filter((pod) => pod.ordinal < before.statefulSet.firstOrdinal + from);
	const restarted = there.filter((was) => {
		const now = end.view.pods.find((pod) => pod.name === was.name);
		return now !== undefined && (now.uid !== was.uid || now.restarts !== was.restarts);
	});
	return {
		from,
		to: voters(end.view).length,
		...(end.goal.takesBack && record
			? { tookBack: { to: record.goal?.takesBack ? undefined : record.goal?.replicas } }
			: {}),
		seconds: end.seconds,
		steps: end.steps,
		snapshot: end.snapshot,
		proof: end.proof,
		members: voters(end.view).map(({ id, name }) => ({ id, name })),
		restarts: restarted.length,
	};
}
