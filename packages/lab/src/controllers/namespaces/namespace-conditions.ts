import type { NamespaceCondition } from "kubernetes-types/core/v1";
import { timestamp } from "../time.ts";

/** What is left in a namespace that is being deleted. */
export interface Remaining {
	/** by resource, as `pods.` or `statefulsets.apps` */
	resources: ReadonlyMap<string, number>;
	/** by finalizer, how many objects it holds */
	finalizers: ReadonlyMap<string, number>;
}

/** The conditions by which a namespace tells why it is still Terminating. */
export function namespaceConditions(
	remaining: Remaining,
	before: readonly NamespaceCondition[],
	now: number,
): NamespaceCondition[] {
	const listed = (counts: ReadonlyMap<string, number>, verb: string) =>
		[...counts]
			.sort(([a], [b]) => (a < b ? -1 : 1))
			.map(([name, count]) => `${name} ${verb} ${count} resource instances`)
			.join(", ");
	const content = remaining.resources.size > 0;
	const held = remaining.finalizers.size > 0;
	const fine = (type: string, reason: string, message: string) => ({ type, status: "False", reason, message });
	const conditions = [
		fine("NamespaceDeletionDiscoveryFailure", "ResourcesDiscovered", "All resources successfully discovered"),
		fine(
			"NamespaceDeletionGroupVersionParsingFailure",
			"ParsedGroupVersions",
			"All legacy kube types successfully parsed",
		),
		fine(
			"NamespaceDeletionContentFailure",
			"ContentDeleted",
			"All content successfully deleted, may be waiting on finalization",
		),
		content
			? {
					type: "NamespaceContentRemaining",
					status: "True",
					reason: "SomeResourcesRemain",
					message: `Some resources are remaining: ${listed(remaining.resources, "has")}`,
				}
			: fine("NamespaceContentRemaining", "ContentRemoved", "All content successfully removed"),
		held
			? {
					type: "NamespaceFinalizersRemaining",
					status: "True",
					reason: "SomeFinalizersRemain",
					message: `Some content in the namespace has finalizers remaining: ${listed(remaining.finalizers, "in")}`,
				}
			: fine("NamespaceFinalizersRemaining", "ContentHasNoFinalizers", "All content-preserving finalizers finished"),
	];
	return conditions.map((condition) => {
		const old = before.find(({ type }) => type === condition.type);
		const lastTransitionTime = (old?.status === condition.status && old.lastTransitionTime) || timestamp(now);
		return { ...condition, lastTransitionTime };
	});
}
