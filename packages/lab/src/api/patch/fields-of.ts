import { isObject } from "../json.ts";
import { type FieldSet, FieldSetBuilder } from "./field-set.ts";
import { fieldElement, itemElement, printElement } from "./path-element.ts";
import { childOf, isGranularList, isNamed, type Shape } from "./shape.ts";

/** The set of all fields that the value states: what one who applies it comes to own. */
export function fieldsOf(value: unknown, shape: Shape): FieldSet {
	const builder = new FieldSetBuilder();
	const path: string[] = [];
	const visit = (here: unknown, its: Shape): void => {
		if (its.atomic || !(isObject(here) || Array.isArray(here))) {
			// null states no fields of its own; whoever holds it adds it.
			if (here !== null || its.atomic) builder.add(path);
			return;
		}
		if (Array.isArray(here)) {
			visitItems(here, its);
			return;
		}
		for (const [name, child] of Object.entries(here)) {
			if (child === undefined) continue;
			path.push(fieldElement(name));
			visit(child, childOf(its, name));
			const bare = child === null || (isObject(child) && Object.keys(child).length === 0);
			if (bare || !isNamed(its, name)) builder.add(path);
			path.pop();
		}
	};
	const visitItems = (items: unknown[], its: Shape): void => {
		if (!isGranularList(its)) {
			builder.add(path);
			return;
		}
		const counts = new Map<string, number>();
		const elements = items.map((item) => itemElement(its.list, item));
		for (const element of elements)
			if (typeof element === "string") counts.set(element, (counts.get(element) ?? 0) + 1);
		for (const [index, element] of elements.entries()) {
			if (typeof element !== "string") continue;
			path.push(element);
			if (counts.get(element) === 1) visit(items[index], its.list.element);
			builder.add(path);
			path.pop();
		}
	};
	visit(value, shape);
	return builder.set;
}

/** What keeps a value from being applied: list items without a key, or two with the same one. Messages as the API server words them. */
export function problemsOf(value: unknown, shape: Shape, path = ""): string[] {
	if (shape.atomic) return [];
	if (isObject(value)) {
		return Object.entries(value).flatMap(([name, child]) => problemsOf(child, childOf(shape, name), `${path}.${name}`));
	}
	if (!Array.isArray(value) || !isGranularList(shape)) return [];
	const seen = new Set<string>();
	const problems: string[] = [];
	for (const [index, item] of value.entries()) {
		const element = itemElement(shape.list, item);
		if (typeof element !== "string") return [...problems, `${path}: element ${index}: ${element.problem}`];
		const printed = printElement(element);
		if (seen.has(element)) problems.push(`${path}: duplicate entries for key ${printed}`);
		seen.add(element);
		problems.push(...problemsOf(item, shape.list.element, `${path}${printed}`));
	}
	return problems;
}
