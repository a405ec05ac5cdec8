export type JsonObject = Record<string, unknown>;

/** Fields that only the API server writes are read-only in Kubernetes' types; here is who writes them. */
export type Open<T> = { -readonly [K in keyof T]: T[K] };

export const isObject = (value: unknown): value is JsonObject =>
	typeof value === "object" && value !== null && !Array.isArray(value);

/** Follows field names from `value`; undefined as soon as one is not there. */
export function at(value: unknown, ...path: string[]): unknown {
	let here = value;
	for (const name of path) {
		if (!isObject(here) || !Object.hasOwn(here, name)) return undefined;
		here = here[name];
	}
	return here;
}

export function stringAt(value: unknown, ...path: string[]): string {
	const found = at(value, ...path);
	return typeof found === "string" ? found : "";
}

export function numberAt(value: unknown, ...path: string[]): number | undefined {
	const found = at(value, ...path);
	return typeof found === "number" ? found : undefined;
}

export function listAt(value: unknown, ...path: string[]): unknown[] {
	const found = at(value, ...path);
	return Array.isArray(found) ? found : [];
}

/** A copy of JSON data, without fields that are undefined, and free to be changed. */
export function copy<T>(value: T): T {
	if (Array.isArray(value)) return value.map((item) => copy(item === undefined ? null : item)) as T;
	if (value instanceof Date) return value.toISOString() as T;
	if (!isObject(value)) return value;
	const result: JsonObject = {};
	for (const name of Object.keys(value)) if (value[name] !== undefined) put(result, name, copy(value[name]));
	return result as T;
}

/** Sets a field whatever its name: `__proto__` in a body is a field like any other. */
export function put(object: JsonObject, name: string, value: unknown): void {
	if (name === "__proto__")
		Object.defineProperty(object, name, { value, writable: true, enumerable: true, configurable: true });
	else object[name] = value;
}

export function deepFreeze<T>(value: T): T {
	if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
	for (const item of Object.values(value)) deepFreeze(item);
	return Object.freeze(value);
}

/** Equality of JSON data; a field that is undefined counts as absent, and the order of fields does not matter. */
export function equal(a: unknown, b: unknown): boolean {
	if (a === b) return true;
	if (Array.isArray(a) || Array.isArray(b)) {
		if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return false;
		return a.every((item, index) => equal(item, b[index]));
	}
	if (!isObject(a) || !isObject(b)) return false;
	let fields = 0;
	for (const name of Object.keys(a)) {
		if (a[name] === undefined) continue;
		if (!Object.hasOwn(b, name) || !equal(a[name], b[name])) return false;
		fields++;
	}
	return fields === Object.keys(b).filter((name) => b[name] !== undefined).length;
}
