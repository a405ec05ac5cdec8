import { isObject, type JsonObject } from "../json.ts";
import type { ListShape } from "./shape.ts";

/** As Go's encoder writes JSON inside a field path: HTML characters escaped. */
const json = (value: unknown): string =>
	JSON.stringify(value).replace(
		/[<>&\u2028\u2029]/g,
		(character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
	);

export const fieldElement = (name: string): string => `f:${name}`;

/** The step of a FieldsV1 path that leads to a list's item: `k:{"name":"etcd"}`, or `v:"x"` in a set; else what is wrong with the item. */
export function itemElement(list: ListShape, item: unknown): string | { problem: string } {
	const keys = list.keys ?? [];
	if (keys.length === 0) {
		if (isObject(item)) return { problem: "associative list without keys has an element that's a map type" };
		if (Array.isArray(item)) return { problem: "not supported: associative list with lists as elements" };
		if (item === null || item === undefined)
			return { problem: "associative list without keys has an element that's an explicit null" };
		return `v:${json(item)}`;
	}
	if (item === null || item === undefined) return { problem: "associative list with keys may not have a null element" };
	if (!isObject(item)) return { problem: "associative list with keys may not have non-map elements" };
	const key: JsonObject = {};
	for (const name of [...keys].sort()) {
		const value = item[name] ?? list.defaults[name];
		if (value !== undefined) key[name] = value;
	}
	if (Object.keys(key).length === 0) {
		const names = keys.map((name) => JSON.stringify(name)).join(" ");
		return {
			problem: `associative list with keys has an element that omits all key fields [${names}] (and doesn't have default values for any key fields)`,
		};
	}
	return `k:${json(key)}`;
}

const scalar = (value: unknown): string => (typeof value === "string" ? JSON.stringify(value) : String(value));

/** The step as messages print it: `.image`, `[name="etcd"]`, `[="x"]`. */
export function printElement(element: string): string {
	const content = element.slice(2);
	switch (element.slice(0, 2)) {
		case "f:":
			return `.${content}`;
		case "k:": {
			const key: unknown = JSON.parse(content);
			const fields = isObject(key) ? Object.entries(key) : [];
			return `[${fields.map(([name, value]) => `${name}=${scalar(value)}`).join(",")}]`;
		}
		case "v:":
			return `[=${scalar(JSON.parse(content))}]`;
		default:
			return `[${content}]`;
	}
}

export const printPath = (path: readonly string[]): string => path.map(printElement).join("");

const rank = "fkvi";

/** FieldsV1's own order: fields, then keys, then values, each by name. */
export function compareElements(a: string, b: string): number {
	const byKind = rank.indexOf(a[0] ?? "") - rank.indexOf(b[0] ?? "");
	if (byKind !== 0) return byKind;
	return a < b ? -1 : a > b ? 1 : 0;
}
