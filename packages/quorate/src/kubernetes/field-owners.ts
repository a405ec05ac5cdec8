import type { ManagedFieldsEntry } from "kubernetes-types/meta/v1";

/** How our writes are entered in an object's `metadata.managedFields`. */
export const FIELD_MANAGER = "quorate";

/** FieldsV1: an element of a path each; an empty object, or ".", says that the path up to here is owned. */
interface Fields {
	[element: string]: Fields;
}

type Entries = readonly ManagedFieldsEntry[];

/**
 * The entries as they were before we wrote to the object: ours go, and what we took from others is theirs again. What others took or
 * gave away meanwhile stays as it is.
 *
 * @param now as they are
 * @param before as they were before our first write; undefined: that is not known, and ours only go
 */
export function withoutOurs(now: Entries, before: Entries = []): ManagedFieldsEntry[] {
	const taken = new Set(now.filter(isOurs).flatMap((entry) => [...ownedBy(entry)]));
	const result = now.filter((entry) => !isOurs(entry));
	for (const entry of before) {
		if (isOurs(entry)) continue;
		const back = [...ownedBy(entry)].filter((path) => taken.has(path));
		if (back.length === 0) continue;
		const at = result.findIndex((other) => idOf(other) === idOf(entry));
		const present = result[at];
		const owned = new Set([...(present ? ownedBy(present) : []), ...back]);
		const whole = { ...(present ?? entry), fieldsV1: fieldsOf(owned) };
		if (present) result[at] = whole;
		else result.push(whole);
	}
	return result;
}

/** Who owns a field, such as ["f:spec", "f:replicas"]; several may, and none of them is us. */
export function ownersOf(entries: Entries, path: readonly string[]): ManagedFieldsEntry[] {
	return entries.filter((entry) => !isOurs(entry) && ownedBy(entry).has(path.join(SEPARATOR)));
}

const isOurs = ({ manager }: ManagedFieldsEntry): boolean => manager === FIELD_MANAGER;

/** Who applies is one manager whatever the version; who updates is another in each version and subresource. */
const idOf = ({ manager, operation, apiVersion, subresource }: ManagedFieldsEntry): string =>
	JSON.stringify([manager, operation, operation === "Update" ? apiVersion : "", subresource ?? ""]);

const SEPARATOR = "\0";

function ownedBy(entry: ManagedFieldsEntry): Set<string> {
	const found = new Set<string>();
	collect(entry.fieldsV1, "", found);
	return found;
}

function collect(fields: unknown, path: string, found: Set<string>): void {
	if (typeof fields !== "object" || fields === null) return;
	const elements = Object.entries(fields);
	if (path !== "" && (elements.length === 0 || Object.hasOwn(fields, "."))) found.add(path);
	for (const [element, child] of elements)
		if (element !== ".") collect(child, path === "" ? element : `${path}${SEPARATOR}${element}`, found);
}

function fieldsOf(paths: ReadonlySet<string>): Fields {
	const root: Fields = {};
	const parents = new Set<string>();
	for (const path of paths) {
		const elements = path.split(SEPARATOR);
		for (let length = 1; length < elements.length; length++) parents.add(elements.slice(0, length).join(SEPARATOR));
	}
	for (const path of paths) {
		let node = root;
		for (const element of path.split(SEPARATOR)) node = node[element] ??= {};
		if (parents.has(path)) node["."] = {};
	}
	return root;
}
