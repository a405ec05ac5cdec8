import { isObject, type JsonObject, put } from "../json.ts";
import { itemElement } from "./path-element.ts";
import { childOf, isGranularList, type Shape } from "./shape.ts";

const isBare = (value: unknown): boolean =>
	value === undefined ||
	value === null ||
	(Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

/** What is there with what is applied laid over it: fields and keyed items merge, the rest is replaced. Shares parts with both. */
export function mergeValues(live: unknown, applied: unknown, shape: Shape): unknown {
	if (applied === undefined) return live;
	if (live === undefined || shape.atomic || (isBare(live) && isBare(applied))) return applied;
	if (isObject(applied) || (applied === null && isObject(live))) {
		if (!isObject(live) && live !== null) return applied;
		return mergeFields(live ?? {}, applied ?? {}, shape);
	}
	if (Array.isArray(applied) || (applied === null && Array.isArray(live))) {
		if (!isGranularList(shape)) return applied;
		return mergeItems(Array.isArray(live) ? live : [], applied ?? [], shape);
	}
	return applied;
}

function mergeFields(live: JsonObject, applied: JsonObject, shape: Shape): JsonObject {
	const merged: JsonObject = {};
	for (const name of new Set([...Object.keys(live), ...Object.keys(applied)])) {
		const [before, after] = [own(live, name), own(applied, name)];
		if (before !== undefined || after !== undefined) {
			put(merged, name, mergeValues(before, after, childOf(shape, name)));
		}
	}
	return merged;
}

const own = (object: JsonObject, name: string): unknown => (Object.hasOwn(object, name) ? object[name] : undefined);

/**
 * Items that both have follow the order applied; items of one side alone keep their place between them.
 */
function mergeItems(live: unknown[], applied: unknown[], shape: Shape & { list: { element: Shape } }): unknown[] {
	const list = shape.list as NonNullable<Shape["list"]>;
	const elementsOf = (items: unknown[]) =>
		items.map((item) => {
			const element = itemElement(list, item);
			return typeof element === "string" ? element : "";
		});
	const left = elementsOf(live);
	const right = elementsOf(applied);
	const inApplied = new Map(right.map((element, index) => [element, applied[index]]));
	const inLive = new Map<string, unknown>();
	// An item that is there twice is replaced, not merged into.
	for (const [index, element] of left.entries()) inLive.set(element, inLive.has(element) ? undefined : live[index]);

	const shared = right.filter((element) => inLive.has(element));
	const taken = new Set<string>();
	const merged: unknown[] = [];
	const take = (element: string) => {
		taken.add(element);
		merged.push(mergeValues(inLive.get(element), inApplied.get(element), list.element));
		if (shared[0] === element) shared.shift();
	};
	let l = 0;
	let r = 0;
	while (l < left.length || r < right.length) {
		const atLeft = left[l];
		const atRight = right[r];
		if (atLeft !== undefined && atRight !== undefined) {
			if (atLeft === atRight) {
				take(atRight);
				l++;
				r++;
				continue;
			}
			if (inApplied.has(atLeft) && shared[0] !== undefined && shared[0] !== atLeft) {
				l++;
				continue;
			}
		}
		if (atLeft !== undefined) {
			if (!inApplied.has(atLeft)) {
				merged.push(live[l]);
				l++;
				continue;
			}
			if (taken.has(atLeft)) l++;
		}
		if (atRight !== undefined) {
			take(atRight);
			r++;
		}
	}
	return merged;
}
