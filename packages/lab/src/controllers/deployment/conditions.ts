import type { DeploymentCondition, DeploymentStatus } from "kubernetes-types/apps/v1";
import { timestamp } from "../time.ts";

export type Draft = Pick<DeploymentCondition, "type" | "status" | "reason" | "message">;
type Conditions = readonly DeploymentCondition[];

export const conditionOf = (
	status: Pick<DeploymentStatus, "conditions"> | undefined,
	type: string,
): DeploymentCondition | undefined => status?.conditions?.find((condition) => condition.type === type);

/** With the condition in; one of the same status and reason stays as it is. */
export function withCondition(conditions: Conditions, draft: Draft, now: number): DeploymentCondition[] {
	const before = conditions.find(({ type }) => type === draft.type);
	if (before && before.status === draft.status && before.reason === draft.reason) return [...conditions];
	const time = timestamp(now);
	const since = before?.status === draft.status ? before.lastTransitionTime : undefined;
	const next = { ...draft, lastUpdateTime: time, lastTransitionTime: since ?? time };
	return [...without(conditions, draft.type), next];
}

export const without = (conditions: Conditions, type: string): DeploymentCondition[] =>
	conditions.filter((condition) => condition.type !== type);
