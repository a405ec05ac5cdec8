import type { NodeSelector, NodeSelectorTerm } from "kubernetes-types/core/v1";
import { matchesRequirement } from "./selector.ts";
import type { Node } from "./stored.ts";

/** One of the terms must hold, and of a term every expression. An empty term matches nothing. */
export function matchesNodeSelector(selector: NodeSelector, node: Node): boolean {
	return selector.nodeSelectorTerms.some((term) => matchesNodeTerm(term, node));
}

export function matchesNodeTerm(term: NodeSelectorTerm, node: Node): boolean {
	const { matchExpressions = [], matchFields = [] } = term;
	if (matchExpressions.length + matchFields.length === 0) return false;
	const fields = { "metadata.name": node.metadata.name };
	const holds = (labels: Record<string, string>) => (requirement: (typeof matchFields)[number]) =>
		matchesRequirement(requirement.key, requirement.operator, requirement.values ?? [], labels);
	return matchExpressions.every(holds(node.metadata.labels ?? {})) && matchFields.every(holds(fields));
}
