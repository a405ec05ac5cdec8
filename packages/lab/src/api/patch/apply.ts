import { ApiError } from "../api-error.ts";
import { copy, equal } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { conflictError, type ManagerConflict } from "./apply-conflict.ts";
import { difference, emptySet, type FieldSet, intersection, isEmpty, union, withoutTrees } from "./field-set.ts";
import { fieldsOf, problemsOf } from "./fields-of.ts";
import { allowedByLastApplied, syncLastApplied } from "./last-applied.ts";
import { shapeOf } from "./list-keys.ts";
import { decodeManagers, entriesOf, type Manager, type Managers, managerId, withManagers } from "./managed-fields.ts";
import { mergeValues } from "./merge-values.ts";
import {
	apiVersionOf,
	bare,
	changedBy,
	compareObjects,
	content,
	type Kind,
	keep,
	outOfReach,
	ownable,
	release,
	withoutNulls,
} from "./ownership.ts";
import { removeFields, withNamedFields } from "./remove-fields.ts";
import type { Shape } from "./shape.ts";
import { trackManagedFields } from "./track.ts";

export { trackManagedFields } from "./track.ts";

export interface ApplyOptions {
	fieldManager: string;
	/** Takes fields that others own instead of failing. */
	force: boolean;
	gvk: Kind;
	/** The door by which it came: "status", "scale". */
	subresource?: string;
	/** RFC 3339, to the second. */
	time: string;
	/** @default that of the built-in kind; of any other, maps and atomic lists */
	shape?: Shape;
}

/**
 * Server-side apply: `applied` laid over `current`, without the fields that the manager alone owned and applies no longer,
 * and with metadata.managedFields that say so. The result is a new object, not yet defaulted nor validated, and nothing of it
 * is shared with `current`. Parts that the door cannot write (the status, but by its subresource) are for the caller to leave out.
 * @throws ApiError 409 where another manager owns what would change (and not `force`), 400 where the body is of another kind
 * or carries managedFields, 500 where list items lack their keys or share one (as the API server answers)
 */
export function applyServerSide(
	current: KubernetesObject | undefined,
	applied: KubernetesObject,
	options: ApplyOptions,
): KubernetesObject {
	const shape = options.shape ?? shapeOf(options.gvk);
	checkApplied(applied, options.gvk, shape);
	const tracked = current && withFirstManager(current, options);
	const managers: Managers = (tracked && decodeManagers(entriesOf(tracked))) ?? new Map();
	const live = tracked ? bare(tracked) : {};
	const except = outOfReach(options.gvk, options.subresource, shape);

	const self: Manager = {
		manager: options.fieldManager || "unknown",
		operation: "Apply",
		apiVersion: apiVersionOf(options.gvk),
		subresource: options.subresource ?? "",
		time: undefined,
		set: withoutTrees(fieldsOf(applied, shape), except),
	};
	const id = managerId(self);
	const last = managers.get(id);
	self.time = last?.time;
	managers.set(id, self);

	const merged = tracked ? mergeValues(live, applied, shape) : applied;
	const result = prune(merged, managers, last?.set ?? emptySet, shape) as KubernetesObject;
	const comparison = compareObjects(live, result, options.gvk, shape, except);
	const changed = changedBy(comparison);
	if (!options.force) {
		const conflicts = conflictsOf(managers, id, changed);
		const open = options.fieldManager === "kubectl" ? unsettled(conflicts, tracked, shape) : conflicts;
		if (open.length > 0) throw conflictError(open);
	}
	release(managers, changed, id);
	release(managers, comparison.removed, id);

	const differs = tracked === undefined || !equal(content(result), content(live));
	keep(managers, id, { ...self, set: ownable(self.set), time: differs ? options.time : self.time });
	const written = withManagers(differs ? withoutNulls(result) : (copy(live) as KubernetesObject), managers);
	return options.fieldManager === "kubectl" ? syncLastApplied(written, applied) : written;
}

function checkApplied(applied: KubernetesObject, gvk: Kind, shape: Shape): void {
	const slash = applied.apiVersion.indexOf("/");
	const group = applied.apiVersion.slice(0, Math.max(slash, 0));
	const named = `${applied.apiVersion}, Kind=${applied.kind}`;
	if (applied.apiVersion !== apiVersionOf(gvk) || applied.kind !== gvk.kind) {
		throw new ApiError(400, "BadRequest", `invalid object type: ${group === "" ? `/${named}` : named}`);
	}
	if (applied.metadata.managedFields !== undefined && applied.metadata.managedFields !== null) {
		throw new ApiError(400, "BadRequest", "metadata.managedFields must be nil");
	}
	const problems = problemsOf(applied, shape);
	if (problems.length === 0) return;
	const what = `${applied.metadata.namespace ?? ""}/${applied.metadata.name}; ${group === "" ? `/${named}` : named}`;
	const why = problems.length === 1 ? problems[0] : ["errors:", ...problems.map((line) => `  ${line}`)].join("\n");
	throw new ApiError(500, "", `failed to create typed patch object (${what}): ${why}`);
}

/** What an object without managers holds belongs to one that came before the first apply. */
function withFirstManager(current: KubernetesObject, options: ApplyOptions): KubernetesObject {
	if (entriesOf(current).length > 0) return current;
	return trackManagedFields(undefined, current, {
		...options,
		manager: "before-first-apply",
		operation: "Update",
	});
}

/** Without what the manager applied before and no longer does, save what others own too, or what others have put in it. */
function prune(merged: unknown, managers: Managers, last: FieldSet, shape: Shape): unknown {
	if (isEmpty(last)) return merged;
	const fields = (value: unknown) => withNamedFields(fieldsOf(value, shape), shape);
	const lastNamed = withNamedFields(last, shape);
	const all = fields(merged);
	const owned = [...managers.values()].reduce((set, manager) => union(set, manager.set), emptySet);
	const kept = union(fields(removeFields(merged, lastNamed, shape)), withNamedFields(owned, shape));
	const pruned = removeFields(merged, difference(all, kept), shape);
	return removeFields(merged, intersection(difference(all, fields(pruned)), lastNamed), shape);
}

function conflictsOf(managers: Managers, self: string, changed: FieldSet): ManagerConflict[] {
	return [...managers]
		.filter(([id]) => id !== self)
		.map(([, manager]) => ({ manager, set: intersection(manager.set, changed) }))
		.filter(({ set }) => !isEmpty(set));
}

/** Of the conflicts, those that client-side apply's own annotation does not settle. */
function unsettled(conflicts: ManagerConflict[], live: KubernetesObject | undefined, shape: Shape): ManagerConflict[] {
	const allowed = allowedByLastApplied(live, shape);
	return conflicts
		.map(({ manager, set }) => ({ manager, set: difference(set, allowed) }))
		.filter(({ set }) => !isEmpty(set));
}
