import { copy, isObject, type JsonObject, put } from "../json.ts";
import { goType } from "./go-print.ts";
import { childOf, type Shape } from "./shape.ts";
import { badDirective, badElementOrder, badPrimitiveList, badRetainKeys, badType } from "./strategic-errors.ts";
import { checkOrder, DIRECTIVE, inOrderOf, mergeList, removeFromSet } from "./strategic-lists.ts";

const RETAIN_KEYS = "$retainKeys";
const ELEMENT_ORDER = "$setElementOrder";
const DELETE_FROM_LIST = "$deleteFromPrimitiveList";

/**
 * A strategic merge patch applied: a JSON merge patch whose lists merge by the kind's keys, and whose directives (`$patch`,
 * `$retainKeys`, `$setElementOrder/…`, `$deleteFromPrimitiveList/…`) say what merging cannot. Neither argument is changed.
 * @throws ApiError 400, 422 or 500, as the API server answers
 */
export const strategicMerge = (current: JsonObject, patch: JsonObject, shape: Shape): JsonObject =>
	mergeMap(copy(current), copy(patch), shape);

/** Works on both in place. */
function mergeMap(original: JsonObject, patch: JsonObject, shape: Shape): JsonObject {
	if (Object.hasOwn(patch, DIRECTIVE)) return followDirective(patch);
	retainKeys(original, patch);
	mergeOrderedLists(original, patch, shape);
	for (const [key, value] of Object.entries(patch)) {
		const fromList = key.startsWith(DELETE_FROM_LIST) ? listName(key, DELETE_FROM_LIST) : undefined;
		if (fromList === undefined) mergeField(original, key, value, childOf(shape, key));
		else if (value === null) delete original[fromList];
		else if (Object.hasOwn(original, fromList)) original[fromList] = removeFromSet(original[fromList], value);
	}
	return original;
}

function followDirective(patch: JsonObject): JsonObject {
	const { [DIRECTIVE]: directive, ...rest } = patch;
	if (directive === "replace") return rest;
	if (directive === "delete") return {};
	throw badDirective(directive, patch);
}

function mergeField(original: JsonObject, key: string, value: unknown, shape: Shape): void {
	if (value === null) {
		delete original[key];
		return;
	}
	const there = Object.hasOwn(original, key) ? original[key] : undefined;
	if (isObject(there) && isObject(value)) {
		put(original, key, shape.strategy === "replace" ? value : mergeMap(there, value, shape));
	} else if (Array.isArray(there) && Array.isArray(value)) {
		put(original, key, shape.list?.mergeKey === undefined ? value : mergeList(there, value, shape.list, mergeMap));
	} else {
		const fresh = goType(there) === goType(value) ? value : withoutNullFields(value);
		const bare = withoutDirectives(fresh);
		if (bare === undefined) delete original[key];
		else put(original, key, bare);
	}
}

/** `$retainKeys`: what is not listed goes; what the patch sets must be listed. */
function retainKeys(original: JsonObject, patch: JsonObject): void {
	if (!Object.hasOwn(patch, RETAIN_KEYS)) return;
	const keys = patch[RETAIN_KEYS];
	delete patch[RETAIN_KEYS];
	if (!Array.isArray(keys)) throw badRetainKeys();
	for (const [key, value] of Object.entries(patch)) {
		const directive = key.startsWith(DELETE_FROM_LIST) || key.startsWith(ELEMENT_ORDER);
		if (value !== null && !directive && !keys.includes(key)) throw badRetainKeys();
	}
	for (const key of Object.keys(original)) if (!keys.includes(key)) delete original[key];
}

/** `$setElementOrder/ports`: the list and its patch merged, then put in that order; what only the server has keeps its place. */
function mergeOrderedLists(original: JsonObject, patch: JsonObject, shape: Shape): void {
	for (const key of Object.keys(patch)) {
		if (!key.startsWith(ELEMENT_ORDER)) continue;
		const order = patch[key];
		delete patch[key];
		if (!Array.isArray(order)) throw badType([], order);
		const field = listName(key, ELEMENT_ORDER);
		const live = Object.hasOwn(original, field) ? original[field] : undefined;
		const change = Object.hasOwn(patch, field) ? patch[field] : undefined;
		if (live !== undefined && !Array.isArray(live)) throw badType([], live);
		if (change !== undefined && !Array.isArray(change)) throw badType([], change);
		const list = childOf(shape, field).list ?? { element: {}, defaults: {} };
		checkOrder(change ?? [], order, list.mergeKey ?? "");
		if (live === undefined && change === undefined) continue;
		let merged: unknown[];
		if (change === undefined) merged = live ?? [];
		else if (live === undefined) merged = (withoutDirectives(change) as unknown[] | undefined) ?? [];
		else merged = list.mergeKey === undefined ? change : mergeList(live, change, list, mergeMap);
		put(original, field, inOrderOf(merged, order, live ?? [], list.mergeKey ?? "", [live ?? [], change ?? []]));
		delete patch[field];
	}
}

function listName(key: string, prefix: string): string {
	if (key[prefix.length] !== "/") throw prefix === ELEMENT_ORDER ? badElementOrder() : badPrimitiveList();
	return key.slice(prefix.length + 1);
}

/** The value as it is stored where nothing was before; undefined for what is itself a directive. */
function withoutDirectives(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
	if (!isObject(value)) return value;
	if (Object.hasOwn(value, DIRECTIVE)) return undefined;
	const bare: JsonObject = {};
	for (const [key, child] of Object.entries(value)) {
		const kept = withoutDirectives(child);
		if (kept !== undefined) put(bare, key, kept);
	}
	return bare;
}

function withoutNullFields(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(withoutNullFields);
	if (!isObject(value)) return value;
	const kept: JsonObject = {};
	for (const [key, child] of Object.entries(value)) if (child !== null) put(kept, key, withoutNullFields(child));
	return kept;
}
