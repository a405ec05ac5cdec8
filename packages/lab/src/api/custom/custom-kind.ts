import { ApiError } from "../api-error.ts";
import { at, isObject, type JsonObject, numberAt, put, stringAt } from "../json.ts";
import type { ResourceKind, ScaleAccess, Verb } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import type { KubernetesObject } from "../object.ts";
import { terminating } from "./accept.ts";
import { customColumns } from "./columns.ts";
import { converter } from "./convert.ts";
import { setSchemaDefaults } from "./defaults.ts";
import type { Definition, DefinitionNames, DefinitionVersion } from "./definition.ts";
import { compilePath } from "./json-path.ts";
import { validateListTypes } from "./list-types.ts";
import type { Schema } from "./schema.ts";
import { shapeOfSchema } from "./shape.ts";
import { place, validateValue } from "./validate.ts";

/** In the order in which the API server names them. */
const VERBS: readonly Verb[] = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"];

/** A row for each version of a custom resource that is served. */
export const customKinds = (definition: Definition, names: DefinitionNames): ResourceKind[] =>
	definition.spec.versions.filter(({ served }) => served).map((version) => customKind(definition, names, version));

function customKind({ spec, metadata }: Definition, names: DefinitionNames, version: DefinitionVersion): ResourceKind {
	const { group } = spec;
	const schema: Schema = version.schema?.openAPIV3Schema ?? { type: "object" };
	const status = version.subresources?.status !== undefined;
	const scale = version.subresources?.scale;
	const type = { group, version: version.name, kind: names.kind };
	const about = `${group}/${version.name} ${names.kind}`;
	const kind: ResourceKind = {
		...type,
		plural: names.plural,
		singular: names.singular ?? names.kind.toLowerCase(),
		...(names.shortNames ? { shortNames: names.shortNames } : {}),
		...(names.categories ? { categories: names.categories } : {}),
		namespaced: spec.scope === "Namespaced",
		verbs: VERBS,
		columns: customColumns(version.additionalPrinterColumns),
		status,
		generation: true,
		needsResourceVersion: true,
		...(version.deprecated ? { deprecation: version.deprecationWarning ?? `${about} is deprecated` } : {}),
		...(scale ? { scale: scaleAccess(scale) } : {}),
		fields: selectable(version),
		custom: { schema, shape: shapeOfSchema(schema, { status }), show: converter(type, schema) },
		setDefaults: (object) => setSchemaDefaults(object, schema),
		admit(object, around) {
			const definition = around.find("apiextensions.k8s.io", "customresourcedefinitions", undefined, metadata.name);
			if (definition?.metadata.deletionTimestamp) throw terminating(kind, object.metadata.name);
		},
		validate(object, errors, _around, old) {
			validateValue(object, schema, place(""), errors, old);
			validateListTypes(object, schema, "", errors);
			if (scale) validateReplicas(object, scale.specReplicasPath, errors);
		},
		validateStatus(object, errors, old) {
			const its = schema.properties?.status;
			if (!its || object.status === undefined) return;
			validateValue(object.status, its, place("status", ""), errors, old.status);
			validateListTypes(object.status, its, "status", errors);
		},
	};
	return kind;
}

type ScalePaths = NonNullable<NonNullable<DefinitionVersion["subresources"]>["scale"]>;

const steps = (path: string) => path.split(".").slice(1);

function scaleAccess(paths: ScalePaths): ScaleAccess {
	const { specReplicasPath, statusReplicasPath, labelSelectorPath } = paths;
	return {
		replicas(object) {
			const replicas = numberAt(object, ...steps(specReplicasPath));
			if (replicas !== undefined) return replicas;
			const why = `the spec replicas field ${JSON.stringify(specReplicasPath)} does not exist`;
			throw new ApiError(500, "InternalError", `Internal error occurred: ${why}`, {
				causes: [{ reason: "", message: why }],
			});
		},
		setReplicas: (object, replicas) => set(object, steps(specReplicasPath), replicas),
		statusReplicas: (object) => numberAt(object, ...steps(statusReplicasPath)) ?? 0,
		selector: (object) => (labelSelectorPath ? stringAt(object, ...steps(labelSelectorPath)) : ""),
	};
}

function set(object: JsonObject, [name = "", ...rest]: string[], value: unknown): void {
	if (rest.length === 0) put(object, name, value);
	else {
		if (!isObject(object[name])) put(object, name, {});
		set(object[name] as JsonObject, rest, value);
	}
}

function validateReplicas(object: KubernetesObject, path: string, errors: Violations): void {
	const replicas = at(object, ...steps(path));
	if (typeof replicas === "number" && replicas < 0) errors.invalid(path, replicas, "should be a non-negative integer");
}

/** Fields that the definition lets field selectors name. */
function selectable({ selectableFields = [] }: DefinitionVersion): NonNullable<ResourceKind["fields"]> {
	return Object.fromEntries(
		selectableFields.map(({ jsonPath }) => {
			const path = compilePath(jsonPath);
			return [jsonPath.replace(/^\./, ""), (object: KubernetesObject) => String(path?.(object)[0] ?? "")];
		}),
	);
}
