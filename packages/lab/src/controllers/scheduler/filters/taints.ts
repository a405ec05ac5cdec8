import type { Taint, Toleration } from "kubernetes-types/core/v1";
import { type Filter, unresolvable } from "./filter.ts";

const UNSCHEDULABLE_TAINT: Taint = { key: "node.kubernetes.io/unschedulable", effect: "NoSchedule" };

export function tolerates(tolerations: readonly Toleration[] | undefined, taint: Taint): boolean {
	return (tolerations ?? []).some(
		(toleration) =>
			(!toleration.effect || toleration.effect === taint.effect) &&
			(!toleration.key || toleration.key === taint.key) &&
			(toleration.operator === "Exists" || (toleration.value ?? "") === (taint.value ?? "")) &&
			// without a key only Exists makes sense: it tolerates everything
			(toleration.key !== undefined || toleration.operator === "Exists"),
	);
}

/** A cordoned node takes only what tolerates that. */
export const nodeUnschedulable: Filter = (pod, { node }) =>
	node.spec?.unschedulable && !tolerates(pod.spec?.tolerations, UNSCHEDULABLE_TAINT)
		? unresolvable("node(s) were unschedulable")
		: undefined;

export const taintToleration: Filter = (pod, { node }) => {
	const taint = (node.spec?.taints ?? []).find(
		({ effect }, index, taints) =>
			effect !== "PreferNoSchedule" && !tolerates(pod.spec?.tolerations, taints[index] ?? UNSCHEDULABLE_TAINT),
	);
	return taint && unresolvable(`node(s) had untolerated taint {${taint.key}: ${taint.value ?? ""}}`);
};
