import { isObject, type JsonObject, put } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { type Comparison, compareValues } from "./compare.ts";
import { emptyObject } from "./empty-object.ts";
import { difference, emptySet, type FieldSet, isEmpty, setOf, union, withoutTrees } from "./field-set.ts";
import { builtInShape } from "./list-keys.ts";
import type { Manager, Managers } from "./managed-fields.ts";
import type { Shape } from "./shape.ts";

export interface Kind {
	group: string;
	version: string;
	kind: string;
}

export const apiVersionOf = (kind: Kind): string => (kind.group ? `${kind.group}/${kind.version}` : kind.version);

const nobodys = setOf(
	["apiVersion"],
	["kind"],
	["metadata"],
	["metadata", "name"],
	["metadata", "namespace"],
	["metadata", "creationTimestamp"],
	["metadata", "selfLink"],
	["metadata", "uid"],
	["metadata", "clusterName"],
	["metadata", "generation"],
	["metadata", "managedFields"],
	["metadata", "resourceVersion"],
);
const spec = setOf(["spec"]);
const status = setOf(["status"]);

/** The set without what nobody owns: the identity of the object, and what the server itself writes. */
export const ownable = (set: FieldSet): FieldSet => difference(set, nobodys);

/** What a write by this door cannot change, so that it comes to own nothing of it. */
export function outOfReach(kind: Kind, subresource: string | undefined, { statusApart }: Shape): FieldSet {
	if (subresource === "status") return spec;
	const apart = statusApart ?? builtInShape(kind)?.fields?.status !== undefined;
	return subresource === undefined && apart ? status : emptySet;
}

/** Without metadata.managedFields, which do not manage themselves. */
export function bare(object: KubernetesObject): JsonObject {
	if (object.metadata.managedFields === undefined) return object;
	const { managedFields: _, ...metadata } = object.metadata;
	return { ...object, metadata };
}

/** Fields that are there in any object of the kind count as there on both sides. */
export function compareObjects(
	before: JsonObject,
	after: JsonObject,
	kind: Kind,
	shape: Shape,
	except: FieldSet,
): Comparison {
	const implied = emptyObject(kind);
	const { added, modified, removed } = compareValues(withImplied(before, implied), withImplied(after, implied), shape);
	const reachable = (set: FieldSet) => withoutTrees(ownable(set), except);
	return { added: reachable(added), modified: reachable(modified), removed: reachable(removed) };
}

function withImplied(object: JsonObject, implied: JsonObject): JsonObject {
	const result = { ...object };
	for (const [name, value] of Object.entries(implied)) {
		const there = result[name];
		if (there === undefined) result[name] = value;
		else if (isObject(there) && isObject(value)) result[name] = withImplied(there, value);
	}
	return result;
}

/** Takes the fields from all managers but one; who is left with none is no manager any more. */
export function release(managers: Managers, fields: FieldSet, except?: string): void {
	if (isEmpty(fields)) return;
	for (const [id, manager] of managers) {
		if (id !== except) keep(managers, id, { ...manager, set: difference(manager.set, fields) });
	}
}

/** Notes the manager under the id, or forgets it where it owns nothing. */
export function keep(managers: Managers, id: string, manager: Manager): void {
	if (isEmpty(manager.set)) managers.delete(id);
	else managers.set(id, manager);
}

export const changedBy = ({ added, modified }: Comparison): FieldSet => union(modified, added);

/** A copy free to be changed, without the fields that are null: in a built-in type they are the same as absent. */
export const withoutNulls = <T>(value: T): T => without(value, (child) => child === null) as T;

/** What it says: a list without items says no more than one that is absent. */
export const content = (value: unknown): unknown =>
	without(value, (child) => child === null || (Array.isArray(child) && child.length === 0));

function without(value: unknown, omit: (child: unknown) => boolean): unknown {
	if (Array.isArray(value)) return value.map((item) => without(item, omit));
	if (!isObject(value)) return value;
	const kept: JsonObject = {};
	for (const [name, child] of Object.entries(value)) {
		if (child !== undefined && !omit(child)) put(kept, name, without(child, omit));
	}
	return kept;
}
