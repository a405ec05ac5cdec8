import type {
	Node,
	NodeSelectorRequirement,
	NodeSelectorTerm,
	PodSpec,
	PodTemplateSpec,
	Toleration,
} from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import type { NodeView } from "./cluster-view.ts";

/** A node as the scheduler would judge it for pods of this template: cordon, taints, node selector, required node affinity. */
export function nodeView(node: Node, pod: PodSpec): NodeView {
	const labels = node.metadata?.labels ?? {};
	const selected = Object.entries(pod.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
	const terms = pod.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms;
	const taints = (node.spec?.taints ?? []).filter((taint) => taint.effect !== "PreferNoSchedule");
	const condition = node.status?.conditions?.find(({ type }) => type === "Ready");
	const ready = condition?.status === "True";
	const since = ready ? undefined : condition?.lastTransitionTime;
	return {
		name: node.metadata?.name ?? "",
		ready,
		...(since ? { notReadySince: since } : {}),
		schedulable:
			node.spec?.unschedulable !== true &&
			selected &&
			(terms === undefined || matchesTerms(terms, { name: node.metadata?.name ?? "", labels })) &&
			taints.every((taint) => (pod.tolerations ?? []).some((toleration) => tolerates(toleration, taint))),
		labels,
	};
}

/** One of the terms holds, and of it every requirement. An empty term matches nothing. */
export function matchesTerms(terms: readonly NodeSelectorTerm[], node: Pick<NodeView, "name" | "labels">): boolean {
	const fields = { "metadata.name": node.name };
	return terms.some(({ matchExpressions = [], matchFields = [] }) => {
		if (matchExpressions.length + matchFields.length === 0) return false;
		const byLabel = matchExpressions.every((need) => matches(need, node.labels));
		return byLabel && matchFields.every((need) => matches(need, fields));
	});
}

/** Does the template forbid two of its own pods on one node? */
export function oneNodeEach(template: PodTemplateSpec): boolean {
	const terms = template.spec?.affinity?.podAntiAffinity?.requiredDuringSchedulingIgnoredDuringExecution ?? [];
	const labels = template.metadata?.labels ?? {};
	return terms.some((term) => term.topologyKey === "kubernetes.io/hostname" && selects(term.labelSelector, labels));
}

/** An empty selector selects all; none at all selects nothing. */
export function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>>): boolean {
	if (!selector) return false;
	return (
		Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
		(selector.matchExpressions ?? []).every((need) => matches(need, labels))
	);
}

function matches(need: NodeSelectorRequirement, labels: Readonly<Record<string, string>>): boolean {
	const value = labels[need.key];
	const values = need.values ?? [];
	switch (need.operator) {
		case "In":
			return value !== undefined && values.includes(value);
		case "NotIn":
			return value === undefined || !values.includes(value);
		case "Exists":
			return value !== undefined;
		case "DoesNotExist":
			return value === undefined;
		case "Gt":
			return Number(value) > Number(values[0]);
		case "Lt":
			return Number(value) < Number(values[0]);
		default:
			return false;
	}
}

function tolerates(toleration: Toleration, taint: { key: string; value?: string; effect: string }): boolean {
	if (toleration.effect && toleration.effect !== taint.effect) return false;
	if (!toleration.key) return toleration.operator === "Exists";
	if (toleration.key !== taint.key) return false;
	return toleration.operator === "Exists" || (toleration.value ?? "") === (taint.value ?? "");
}
