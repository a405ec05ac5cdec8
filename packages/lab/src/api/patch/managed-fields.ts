import type { ManagedFieldsEntry } from "kubernetes-types/meta/v1";
import { isObject } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { emptySet, type FieldSet, sorted, union } from "./field-set.ts";

/** One entry of metadata.managedFields: who set which fields, by which operation, through which version and subresource. */
export interface Manager {
	manager: string;
	operation: "Apply" | "Update";
	apiVersion: string;
	subresource: string;
	/** RFC 3339, of its last change; absent where it never made one. */
	time: string | undefined;
	set: FieldSet;
}

/** By {@link managerId}. */
export type Managers = Map<string, Manager>;

const MAX_UPDATE_MANAGERS = 10;
const ANCIENT = "ancient-changes";

/** Who applies is one manager whatever the version; who updates is another in each version. */
export const managerId = (manager: Omit<Manager, "set" | "time">): string =>
	JSON.stringify({
		manager: manager.manager,
		operation: manager.operation,
		...(manager.operation === "Update" ? { apiVersion: manager.apiVersion } : {}),
		...(manager.subresource ? { subresource: manager.subresource } : {}),
	});

export const entriesOf = (object: KubernetesObject | undefined): ManagedFieldsEntry[] => {
	const entries: unknown = object?.metadata?.managedFields;
	return Array.isArray(entries) ? entries : [];
};

/** undefined where an entry is not a valid one. */
export function decodeManagers(entries: ManagedFieldsEntry[]): Managers | undefined {
	const managers: Managers = new Map();
	for (const entry of entries) {
		if (
			entry === null ||
			typeof entry !== "object" ||
			entry.fieldsType !== "FieldsV1" ||
			typeof entry.apiVersion !== "string"
		)
			return undefined;
		if (entry.operation !== "Apply" && entry.operation !== "Update") return undefined;
		if (entry.apiVersion === "" || (entry.fieldsV1 !== undefined && !isKnown(entry.fieldsV1))) return undefined;
		const manager: Manager = {
			manager: entry.manager ?? "",
			operation: entry.operation,
			apiVersion: entry.apiVersion,
			subresource: entry.subresource ?? "",
			time: entry.time,
			set: (entry.fieldsV1 as FieldSet | undefined) ?? emptySet,
		};
		managers.set(managerId(manager), manager);
	}
	return managers;
}

/** Sets that were put in order here: they need neither a check nor sorting when they come back. */
const inOrder = new WeakSet<object>();

const isKnown = (value: object): boolean => inOrder.has(value) || isFieldSet(value);

function ordered(set: FieldSet): FieldSet {
	if (inOrder.has(set)) return set;
	const result = sorted(set);
	inOrder.add(result);
	return result;
}

const isFieldSet = (value: unknown): value is FieldSet =>
	isObject(value) &&
	Object.entries(value).every(([element, node]) => (element === "." || isElement(element)) && isFieldSet(node));

function isElement(element: string): boolean {
	const content = element.slice(2);
	switch (element.slice(0, 2)) {
		case "f:":
			return true;
		case "i:":
			return /^-?\d+$/.test(content);
		case "k:":
		case "v:":
			try {
				const value: unknown = JSON.parse(content);
				return element.startsWith("v:") || isObject(value);
			} catch {
				return false;
			}
		default:
			return false;
	}
}

const seconds = (time: string | undefined): number =>
	time === undefined ? 0 : Math.floor(Date.parse(time) / 1000) || 0;
const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function encodeManagers(managers: Managers): ManagedFieldsEntry[] {
	const list = [...managers.values()].sort(
		(a, b) =>
			order(a.operation, b.operation) ||
			seconds(a.time) - seconds(b.time) ||
			order(a.manager, b.manager) ||
			order(a.apiVersion, b.apiVersion) ||
			order(a.subresource, b.subresource),
	);
	return list.map((manager) => ({
		manager: manager.manager,
		operation: manager.operation,
		apiVersion: manager.apiVersion,
		...(manager.time === undefined ? {} : { time: manager.time }),
		fieldsType: "FieldsV1",
		fieldsV1: ordered(manager.set),
		...(manager.subresource ? { subresource: manager.subresource } : {}),
	}));
}

/** Keeps the entries of updates at ten: the oldest of a version become one, named `ancient-changes`. */
export function capUpdateManagers(managers: Managers): void {
	const updates = [...managers].filter(([, { operation }]) => operation === "Update");
	let excess = updates.length - MAX_UPDATE_MANAGERS;
	if (excess <= 0) return;
	updates.sort(([idA, a], [idB, b]) => seconds(a.time) - seconds(b.time) || order(idA, idB));
	const firstOf = new Map<string, string>();
	for (const [id, manager] of updates) {
		if (excess <= 0) return;
		const { apiVersion } = manager;
		const first = firstOf.get(apiVersion);
		if (first === undefined) {
			firstOf.set(apiVersion, id);
			continue;
		}
		const bucket: Manager = { ...manager, manager: ANCIENT, subresource: "" };
		const bucketId = managerId(bucket);
		const held = managers.get(bucketId) ?? managers.get(first);
		if (!managers.has(bucketId)) managers.delete(first);
		managers.delete(id);
		managers.set(bucketId, { ...bucket, set: union(manager.set, held?.set ?? emptySet) });
		excess--;
	}
}

/** The object with these managers in place of its own. */
export function withManagers(object: KubernetesObject, managers: Managers): KubernetesObject {
	const { managedFields: _, ...metadata } = object.metadata;
	if (managers.size === 0) return { ...object, metadata };
	return { ...object, metadata: { ...metadata, managedFields: encodeManagers(managers) } };
}
