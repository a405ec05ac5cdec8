import { quorum, voters } from "../cluster/cluster-view.ts";
import type { BudgetView } from "../cluster/surroundings.ts";
import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "disruption-budget-fits",
	group: "kubernetes",
	passes: "One PodDisruptionBudget lets at least one pod be evicted, and never more than may fail",
	why: "draining nodes could take more members at once than etcd can do without",
	todo: "one PodDisruptionBudget for these pods, with maxUnavailable: 1 (or minAvailable: 51%)",
};

/** Pods that it lets be evicted at once, of that many; percentages are rounded up, as Kubernetes does. */
function evictable({ minAvailable, maxUnavailable }: BudgetView, pods: number): number {
	const count = (text: string) =>
		text.endsWith("%") ? Math.ceil((pods * Number.parseFloat(text)) / 100) : Number(text);
	if (maxUnavailable !== undefined) return Math.min(pods, count(maxUnavailable));
	return minAvailable === undefined ? pods : Math.max(0, pods - count(minAvailable));
}

export const disruptionBudget = advice(about, ({ view, goal, surroundings }) => {
	if (!surroundings) return { status: "skip", saw: "not looked at" };
	if ("unseen" in surroundings.budgets) return { status: "skip", saw: `not known: ${surroundings.budgets.unseen}` };
	const budgets = surroundings.budgets.seen;
	const [budget, second] = budgets;
	if (!budget) return { status: "warn", saw: "no PodDisruptionBudget selects these pods" };
	if (second)
		return {
			status: "warn",
			saw: `several PodDisruptionBudgets select these pods: ${budgets.map(({ name }) => name).join(", ")}`,
			why: "the API server refuses every eviction of a pod that several select",
			hint: `keep one: kubectl get pdb -n ${view.statefulSet.namespace}`,
		};
	const told =
		budget.maxUnavailable === undefined
			? `minAvailable ${budget.minAvailable}`
			: `maxUnavailable ${budget.maxUnavailable}`;
	for (const size of new Set([voters(view).length, goal.replicas])) {
		if (size === 0) continue;
		const may = evictable(budget, size);
		const spare = size - quorum(size);
		if (may > spare && size > 1)
			return {
				status: "warn",
				saw: `${budget.name} (${told}) lets ${may} of ${size} pods be evicted at once, but ${spare === 0 ? "none" : `only ${spare}`} may fail`,
			};
		if (may === 0 && size > 2)
			return {
				status: "warn",
				saw: `${budget.name} (${told}) lets none of ${size} pods be evicted`,
				why: "no node that has one of these pods can be drained",
			};
	}
	return { status: "pass", saw: `${budget.name}: ${told}` };
});
