import type { PodTemplateSpec } from "kubernetes-types/core/v1";

/** More of them tell a reader no more. */
const MOST = 3;

/**
 * Fields that differ between two pod templates: `containers.etcd.image: etcd:3.5.9 → etcd:3.5.35`, `containers.etcd.env.KEY`. Items of a list
 * are named by their name, where they have one. Of other values than images only the place is told: some are passwords.
 */
export function changedFields(before: PodTemplateSpec, after: PodTemplateSpec): string[] {
	const all = [
		...differences("metadata", before.metadata ?? {}, after.metadata ?? {}),
		...differences("", before.spec ?? {}, after.spec ?? {}),
	];
	return all.length > MOST ? [...all.slice(0, MOST), `and ${all.length - MOST} more`] : all;
}

function differences(path: string, before: unknown, after: unknown): string[] {
	if (before === after) return [];
	const [was, is] = [fieldsOf(before), fieldsOf(after)];
	if ((!was || !is) && JSON.stringify(before) === JSON.stringify(after)) return [];
	if (!was || !is) return [/\.image$/.test(path) ? `${path}: ${before ?? "none"} → ${after ?? "none"}` : path];
	const keys = [...new Set([...Object.keys(was), ...Object.keys(is)])];
	return keys.flatMap((key) => differences(path === "" ? key : `${path}.${key}`, was[key], is[key]));
}

/** Undefined: a value that has no fields. */
function fieldsOf(value: unknown): Record<string, unknown> | undefined {
	if (typeof value !== "object" || value === null) return undefined;
	if (!Array.isArray(value)) return value as Record<string, unknown>;
	const names = value.map((item: { name?: unknown } | null) => item?.name);
	const named = names.every((name) => typeof name === "string") && new Set(names).size === names.length;
	return named ? Object.fromEntries(value.map((item, index) => [names[index], item])) : undefined;
}
