import { isObject } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { isSame } from "./compare.ts";
import { emptySet, isEmpty, union } from "./field-set.ts";
import { shapeOf } from "./list-keys.ts";
import {
	capUpdateManagers,
	decodeManagers,
	entriesOf,
	type Manager,
	type Managers,
	managerId,
	withManagers,
} from "./managed-fields.ts";
import { apiVersionOf, bare, changedBy, compareObjects, type Kind, keep, outOfReach, release } from "./ownership.ts";
import type { Shape } from "./shape.ts";

export interface TrackOptions {
	manager: string;
	operation: "Update" | "Apply";
	/** The door by which the write came: "status", "scale". */
	subresource?: string;
	/** RFC 3339, to the second. */
	time: string;
	gvk: Kind;
	/** @default that of the built-in kind; of any other, maps and atomic lists */
	shape?: Shape;
}

/**
 * The object as it is to be stored, with metadata.managedFields that say who set what: the fields that this write added or
 * changed are the writer's, and no other's any more. As the API server does it, `managedFields: [{}]` in `after` clears them
 * all, an object whose list has been cleared stays untracked, and of more than ten updaters the oldest are put together.
 */
export function trackManagedFields(
	before: KubernetesObject | undefined,
	after: KubernetesObject,
	options: TrackOptions,
): KubernetesObject {
	const given = before === undefined || options.subresource === undefined ? entriesGiven(after) : undefined;
	if (given === "reset") return withManagers(after, new Map());
	const entries = entriesOf(before);
	if (before !== undefined && !given && entries.length === 0) return withManagers(after, new Map());

	const shape = options.shape ?? shapeOf(options.gvk);
	const live = before === undefined ? {} : bare(before);
	const except = outOfReach(options.gvk, options.subresource, shape);
	const comparison = compareObjects(live, bare(after), options.gvk, shape, except);
	if (isSame(comparison)) {
		if (given || before === undefined) return withManagers(after, given ?? new Map());
		if (after.metadata.managedFields === entries) return after;
		return { ...after, metadata: { ...after.metadata, managedFields: entries } };
	}

	const managers: Managers = given ?? decodeManagers(entries) ?? new Map();
	if (before !== undefined && managers.size === 0) return withManagers(after, managers);
	const changed = changedBy(comparison);
	release(managers, changed);
	release(managers, comparison.removed);
	const self: Manager = {
		manager: options.manager || "unknown",
		operation: options.operation,
		apiVersion: apiVersionOf(options.gvk),
		subresource: options.subresource ?? "",
		time: options.time,
		set: changed,
	};
	if (!isEmpty(self.set)) {
		const id = managerId(self);
		keep(managers, id, { ...self, set: union(self.set, managers.get(id)?.set ?? emptySet) });
	}
	capUpdateManagers(managers);
	return withManagers(after, managers);
}

/** The managers that the write itself states; undefined where it states none, or none that can be read. */
function entriesGiven(after: KubernetesObject): Managers | "reset" | undefined {
	const entries: unknown = after.metadata.managedFields;
	if (!Array.isArray(entries)) return undefined;
	const [first] = entries;
	if (entries.length === 0 || (entries.length === 1 && isObject(first) && Object.keys(first).length === 0))
		return "reset";
	const managers = decodeManagers(entries);
	return managers && managers.size > 0 ? managers : undefined;
}
