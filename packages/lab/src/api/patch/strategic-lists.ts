import { isObject, type JsonObject } from "../json.ts";
import { goType } from "./go-print.ts";
import type { ListShape, Shape } from "./shape.ts";
import {
	badDirective,
	badType,
	emptyLists,
	mergeDirectiveInList,
	mixedTypes,
	noMergeKey,
	orderMismatch,
	unprocessable,
} from "./strategic-errors.ts";

export const DIRECTIVE = "$patch";

type MergeItem = (there: JsonObject, change: JsonObject, shape: Shape) => JsonObject;

/** A list with its patch merged in, in the patch's order where the two share items. */
export function mergeList(original: unknown[], patch: unknown[], list: ListShape, mergeItem: MergeItem): unknown[] {
	if (original.length === 0 && patch.length === 0) return original;
	const mergeKey = list.mergeKey ?? "";
	if (elementType([original, patch]) !== "map[string]interface {}") {
		const merged = [...new Set([...original, ...patch])];
		return arrange(merged, patch, original, "");
	}
	if (mergeKey === "") throw noMergeKey({}, "");
	const { kept, changes } = followDirectives(original as JsonObject[], patch as JsonObject[], mergeKey);
	const merged = [...kept];
	for (const change of changes) {
		const key = change[mergeKey];
		if (key === undefined) throw noMergeKey(change, mergeKey);
		const index = merged.findIndex((item) => item[mergeKey] === key);
		const there = merged[index];
		if (there === undefined) merged.push(change);
		else merged[index] = mergeItem(there, change, list.element);
	}
	return arrange(merged, changes, kept, mergeKey);
}

/** Items of the patch that are directives done and taken out of it. */
function followDirectives(original: JsonObject[], patch: JsonObject[], mergeKey: string) {
	let kept = original;
	let replace = false;
	const changes: JsonObject[] = [];
	for (const item of patch) {
		const directive = item[DIRECTIVE];
		if (!Object.hasOwn(item, DIRECTIVE)) changes.push(item);
		else if (directive === "replace") replace = true;
		else if (directive === "merge") throw mergeDirectiveInList();
		else if (directive !== "delete") throw badDirective(directive, item);
		else if (item[mergeKey] === undefined) throw noMergeKey(item, mergeKey);
		else kept = kept.filter((other) => other[mergeKey] !== item[mergeKey]);
	}
	return replace ? { kept: changes, changes: [] } : { kept, changes };
}

/** `$deleteFromPrimitiveList`. */
export function removeFromSet(list: unknown, gone: unknown): unknown {
	if (!Array.isArray(list)) return list;
	if (!Array.isArray(gone)) throw badType([], gone);
	if (list.length === 0 && gone.length === 0) return list;
	if (elementType([list, gone]) === "map[string]interface {}") throw noMergeKey({}, "");
	return list.filter((item) => !gone.includes(item));
}

/** The items that the patch names must stand in `$setElementOrder`, in the same order. */
export function checkOrder(patch: unknown[], order: unknown[], mergeKey: string): void {
	if (patch.length === 0 || order.length === 0) return;
	const isDirective = (item: unknown) => mergeKey !== "" && isObject(item) && Object.hasOwn(item, DIRECTIVE);
	const named = patch.filter((item) => !(isDirective(item) && (item as JsonObject)[DIRECTIVE] === "delete"));
	let next = 0;
	for (const place of order) {
		while (isDirective(named[next])) next++;
		if (next < named.length && keyOf(named[next], mergeKey) === keyOf(place, mergeKey)) next++;
	}
	// A directive other than a deletion that stands last is refused too: so does the API server.
	if (next < named.length) throw orderMismatch(patch, order);
}

/** `merged` in the order given; items that it does not name keep their place among the live ones. */
export function inOrderOf(
	merged: unknown[],
	order: unknown[],
	live: unknown[],
	mergeKey: string,
	lists: [unknown[], unknown[]],
): unknown[] {
	elementType(lists);
	return arrange(merged, order, live, mergeKey);
}

function arrange(merged: unknown[], order: unknown[], live: unknown[], mergeKey: string): unknown[] {
	const place = (among: unknown[]) => {
		const keys = among.map((item) => keyOf(item, mergeKey));
		return (item: unknown) => keys.indexOf(keyOf(item, mergeKey));
	};
	const inOrder = place(order);
	const inLive = place(live);
	const by = (rank: (item: unknown) => number) => (a: unknown, b: unknown) => rank(a) - rank(b);
	const ours = merged.filter((item) => inOrder(item) >= 0).sort(by(inOrder));
	const theirs = merged.filter((item) => inOrder(item) < 0).sort(by(inLive));
	const result: unknown[] = [];
	while (ours.length > 0 && theirs.length > 0) {
		const [a, b] = [inLive(theirs[0]), inLive(ours[0])];
		result.push(a >= 0 && b >= 0 && a < b ? theirs.shift() : ours.shift());
	}
	return [...result, ...ours, ...theirs];
}

function keyOf(item: unknown, mergeKey: string): unknown {
	if (mergeKey === "") return item;
	if (!isObject(item)) throw badType({}, item);
	const key = item[mergeKey];
	if (key === undefined) throw noMergeKey(item, mergeKey);
	return key;
}

/** The one type of all items. */
function elementType(lists: [unknown[], unknown[]]): string {
	const [first, ...others] = lists.flat().map(goType);
	if (first === undefined) throw emptyLists();
	if (first === "[]interface {}") throw unprocessable();
	if (others.some((type) => type !== first)) throw mixedTypes(lists);
	return first;
}
