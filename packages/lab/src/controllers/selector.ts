import type { LabelSelector } from "kubernetes-types/meta/v1";

type Labels = Readonly<Record<string, string>> | undefined;

/** Whether the labels satisfy the selector. An empty selector matches all, an absent one nothing. */
export function matchesSelector(selector: LabelSelector | undefined, labels: Labels): boolean {
	if (!selector) return false;
	const own = labels ?? {};
	return (
		Object.entries(selector.matchLabels ?? {}).every(([key, value]) => own[key] === value) &&
		(selector.matchExpressions ?? []).every(({ key, operator, values }) =>
			matchesRequirement(key, operator, values ?? [], own),
		)
	);
}

/** One requirement of a label selector or a node selector term (which knows Gt and Lt too). */
export function matchesRequirement(
	key: string,
	operator: string,
	values: readonly string[],
	labels: Readonly<Record<string, string>>,
): boolean {
	const value = labels[key];
	switch (operator) {
		case "In":
			return value !== undefined && values.includes(value);
		case "NotIn":
			return value === undefined || !values.includes(value);
		case "Exists":
			return value !== undefined;
		case "DoesNotExist":
			return value === undefined;
		case "Gt":
			return value !== undefined && Number.parseInt(value, 10) > Number.parseInt(values[0] ?? "", 10);
		case "Lt":
			return value !== undefined && Number.parseInt(value, 10) < Number.parseInt(values[0] ?? "", 10);
		default:
			return false;
	}
}

/** A Service's plain `key: value` selector. */
export function matchesLabels(selector: Labels, labels: Labels): boolean {
	return Object.entries(selector ?? {}).every(([key, value]) => labels?.[key] === value);
}
