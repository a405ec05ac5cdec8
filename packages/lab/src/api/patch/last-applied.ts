import { isObject } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { compareValues } from "./compare.ts";
import { difference, emptySet, type FieldSet } from "./field-set.ts";
import { fieldsOf } from "./fields-of.ts";
import type { Shape } from "./shape.ts";

/** Where `kubectl apply` without --server-side keeps what it applied last. */
const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

const lastApplied = (object: KubernetesObject | undefined): string | undefined =>
	object?.metadata.annotations?.[LAST_APPLIED] || undefined;

/**
 * Fields that kubectl's client-side apply set and that still are as it set them: kubectl may take them over server-side
 * without a conflict.
 */
export function allowedByLastApplied(live: KubernetesObject | undefined, shape: Shape): FieldSet {
	const text = lastApplied(live);
	if (live === undefined || text === undefined) return emptySet;
	const applied = parse(text);
	if (applied?.apiVersion !== live.apiVersion) return emptySet;
	const { added, modified, removed } = compareValues(applied, live, shape);
	return [modified, added, removed].reduce(difference, fieldsOf(applied, shape));
}

function parse(text: string): Record<string, unknown> | undefined {
	try {
		const value: unknown = JSON.parse(text);
		return isObject(value) ? value : undefined;
	} catch {
		return undefined;
	}
}

/** Keeps the annotation in step where kubectl applies server-side to an object that has it, so that it can go back. */
export function syncLastApplied(object: KubernetesObject, applied: KubernetesObject): KubernetesObject {
	if (lastApplied(object) === undefined) return object;
	const { annotations, ...metadata } = applied.metadata;
	const { [LAST_APPLIED]: _, ...others } = annotations ?? {};
	const config = { ...applied, metadata: { ...metadata, ...(annotations ? { annotations: others } : {}) } };
	const text = `${JSON.stringify(sortKeys(config))}\n`;
	return {
		...object,
		metadata: { ...object.metadata, annotations: { ...object.metadata.annotations, [LAST_APPLIED]: text } },
	};
}

function sortKeys(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(sortKeys);
	if (!isObject(value)) return value;
	const names = Object.keys(value).sort();
	return Object.fromEntries(names.map((name) => [name, sortKeys(value[name])]));
}
