import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";

/** `2` or `51%` of the pods that should be; shares are rounded up. */
export function scaled(amount: number | string, of: number): number {
	const share = /^(\d+)%$/.exec(String(amount))?.[1];
	return share === undefined ? Number(amount) : Math.ceil((Number(share) * of) / 100);
}

export interface Health {
	/** pods that should be */
	expected: number;
	/** pods that are Ready */
	healthy: number;
}

/** How many pods may be evicted just now. */
export function allowance(
	budget: Pick<PodDisruptionBudget, "spec">,
	{ expected, healthy }: Health,
): { desiredHealthy: number; disruptionsAllowed: number } {
	const { maxUnavailable, minAvailable } = budget.spec ?? {};
	const desired =
		maxUnavailable !== undefined ? expected - scaled(maxUnavailable, expected) : scaled(minAvailable ?? 1, expected);
	const desiredHealthy = Math.max(0, desired);
	const disruptionsAllowed = expected === 0 ? 0 : Math.max(0, healthy - desiredHealthy);
	return { desiredHealthy, disruptionsAllowed };
}
