import { equal, isObject, type JsonObject } from "../json.ts";
import { type FieldSet, FieldSetBuilder, isEmpty } from "./field-set.ts";
import { fieldElement, itemElement } from "./path-element.ts";
import { childOf, isGranularList, type Shape } from "./shape.ts";

/** Which fields differ between two values. No field is in two of the sets. */
export interface Comparison {
	added: FieldSet;
	modified: FieldSet;
	removed: FieldSet;
}

type Granular = Shape & { list: { keys: readonly string[] } };

const isNothing = (value: unknown): boolean =>
	value === undefined ||
	value === null ||
	(Array.isArray(value) && value.length === 0) ||
	(isObject(value) && Object.keys(value).length === 0);

/** undefined: the value is not there; null is a value. */
class Comparer {
	readonly added = new FieldSetBuilder();
	readonly modified = new FieldSetBuilder();
	readonly removed = new FieldSetBuilder();
	readonly #path: string[] = [];

	compare(before: unknown, after: unknown, shape: Shape): void {
		if (before === after) return;
		const lists = Array.isArray(before) || Array.isArray(after);
		const granular = lists ? isGranularList(shape) : !shape.atomic && (isObject(before) || isObject(after));
		if (!granular || (isNothing(before) && isNothing(after))) {
			this.#leaf(before, after);
			return;
		}
		if (lists) this.#items(before, after, shape as Granular);
		else this.#fields(before, after, shape);
		if (before === undefined) this.added.add(this.#path);
		else if (after === undefined) this.removed.add(this.#path);
		else if (isScalar(before) || isScalar(after)) this.modified.add(this.#path);
	}

	#leaf(before: unknown, after: unknown): void {
		if (before === undefined) this.added.add(this.#path);
		else if (after === undefined) this.removed.add(this.#path);
		else if (!equal(before, after)) this.modified.add(this.#path);
	}

	#fields(before: unknown, after: unknown, shape: Shape): void {
		const left = isObject(before) ? before : {};
		const right = isObject(after) ? after : {};
		for (const name of Object.keys(left)) this.#field(name, left[name], own(right, name), shape);
		for (const name of Object.keys(right))
			if (!Object.hasOwn(left, name)) this.#field(name, undefined, right[name], shape);
	}

	#field(name: string, before: unknown, after: unknown, shape: Shape): void {
		if (before === after) return;
		this.#path.push(fieldElement(name));
		this.compare(before, after, childOf(shape, name));
		this.#path.pop();
	}

	#items(before: unknown, after: unknown, shape: Granular): void {
		const left = byElement(before, shape);
		const right = byElement(after, shape);
		for (const [element, items] of left) this.#item(element, items, right.get(element) ?? [], shape);
		for (const [element, items] of right) if (!left.has(element)) this.#item(element, [], items, shape);
	}

	/** Items that share a key are compared as one. */
	#item(element: string, before: unknown[], after: unknown[], shape: Granular): void {
		this.#path.push(element);
		if (before.length <= 1 && after.length <= 1) {
			this.compare(before[0], after[0], shape.list.element);
		} else if (before.length > 1 && after.length > 1) {
			if (!equal(before, after)) this.modified.add(this.#path);
		} else if (before.length > 1) {
			if (after.length > 0) this.compare(undefined, after[0], shape.list.element);
			this.removed.add(this.#path);
		} else {
			if (before.length > 0) this.compare(before[0], undefined, shape.list.element);
			this.added.add(this.#path);
		}
		this.#path.pop();
	}
}

const isScalar = (value: unknown): boolean => value !== null && typeof value !== "object";
const own = (object: JsonObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

function byElement(value: unknown, shape: Granular): Map<string, unknown[]> {
	const items = new Map<string, unknown[]>();
	for (const item of Array.isArray(value) ? value : []) {
		const element = itemElement(shape.list, item);
		if (typeof element !== "string") continue;
		const same = items.get(element);
		if (same) same.push(item);
		else items.set(element, [item]);
	}
	return items;
}

export function compareValues(before: unknown, after: unknown, shape: Shape): Comparison {
	const comparer = new Comparer();
	comparer.compare(before, after, shape);
	return { added: comparer.added.set, modified: comparer.modified.set, removed: comparer.removed.set };
}

export const isSame = (comparison: Comparison): boolean =>
	isEmpty(comparison.added) && isEmpty(comparison.modified) && isEmpty(comparison.removed);
