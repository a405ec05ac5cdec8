import { copy, deepFreeze, equal } from "../json.ts";
import { apiVersionOf } from "../machinery/kind.ts";
import type { KubernetesObject } from "../object.ts";
import { setSchemaDefaults } from "./defaults.ts";
import { pruneObject } from "./prune.ts";
import type { Schema } from "./schema.ts";

/**
 * Shows stored objects in one version, as conversion strategy None does: another apiVersion, without the fields that the
 * version does not have, and with its defaults.
 */
export function converter(
	type: { group: string; version: string; kind: string },
	schema: Schema,
): (object: KubernetesObject) => KubernetesObject {
	const known = new WeakMap<KubernetesObject, KubernetesObject>();
	return (object) => {
		const before = known.get(object);
		if (before) return before;
		const shown = copy(object);
		shown.apiVersion = apiVersionOf(type.group, type.version);
		shown.kind = type.kind;
		pruneObject(shown, schema);
		setSchemaDefaults(shown, schema);
		const result = equal(shown, object) ? object : deepFreeze(shown);
		known.set(object, result);
		return result;
	};
}
