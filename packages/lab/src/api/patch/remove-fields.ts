import { isObject, type JsonObject, put } from "../json.ts";
import { beneath, type FieldSet, isEmpty, memberAt } from "./field-set.ts";
import { fieldElement, itemElement } from "./path-element.ts";
import { childOf, isGranularList, isNamed, type Shape } from "./shape.ts";

/** The value without the fields of the set. What is left without any content becomes null. */
export function removeFields(value: unknown, set: FieldSet, shape: Shape): unknown {
	if (isEmpty(set)) return value;
	if (Array.isArray(value)) {
		if (!isGranularList(shape)) return null;
		const kept: unknown[] = [];
		for (const item of value) {
			const element = itemElement(shape.list, item);
			if (typeof element !== "string") kept.push(item);
			else if (!memberAt(set, element)) kept.push(removeFields(item, beneath(set, element), shape.list.element));
		}
		return kept.length > 0 ? kept : null;
	}
	if (!isObject(value)) return value;
	if (shape.atomic) return null;
	const kept: JsonObject = {};
	for (const [name, child] of Object.entries(value)) {
		const element = fieldElement(name);
		if (!memberAt(set, element)) put(kept, name, removeFields(child, beneath(set, element), childOf(shape, name)));
	}
	return Object.keys(kept).length > 0 ? kept : null;
}

/** The set, with each field of a struct that holds something of the set in it too. Keys of maps are left as they are. */
export function withNamedFields(set: FieldSet, shape: Shape): FieldSet {
	const result: Record<string, FieldSet> = {};
	for (const [element, node] of Object.entries(set)) {
		if (element === ".") {
			result[element] = node;
			continue;
		}
		const name = element.startsWith("f:") ? element.slice(2) : undefined;
		const its = name === undefined ? (shape.list?.element ?? {}) : childOf(shape, name);
		const child = withNamedFields(node, its);
		const named = name !== undefined && !shape.atomic && shape.list === undefined && isNamed(shape, name);
		result[element] = named && !isEmpty(child) ? { ".": {}, ...child } : child;
	}
	return result;
}
