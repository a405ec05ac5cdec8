import type { Deployment } from "../stored.ts";

/** Replicas, or a percentage of `total`, rounded up or down. */
export function resolveAmount(amount: number | string | undefined, total: number, up: boolean): number {
	if (typeof amount === "number") return amount;
	const share = (Number.parseInt(amount ?? "0", 10) * total) / 100;
	return up ? Math.ceil(share) : Math.floor(share);
}

export const replicasOf = (deployment: Deployment): number => deployment.spec?.replicas ?? 1;
export const isRolling = (deployment: Deployment): boolean => deployment.spec?.strategy?.type !== "Recreate";

/** How many pods may be beyond, and how many missing from, those that are wanted while a new template rolls out. */
export function limits(deployment: Deployment): { maxSurge: number; maxUnavailable: number } {
	if (!isRolling(deployment)) return { maxSurge: 0, maxUnavailable: 0 };
	const { maxSurge, maxUnavailable } = deployment.spec?.strategy?.rollingUpdate ?? {};
	const replicas = replicasOf(deployment);
	const surge = resolveAmount(maxSurge, replicas, true);
	const unavailable = resolveAmount(maxUnavailable, replicas, false);
	// both rounded to nothing: without one to spare, nothing would ever move
	return { maxSurge: surge, maxUnavailable: Math.min(replicas, surge === 0 && unavailable === 0 ? 1 : unavailable) };
}
