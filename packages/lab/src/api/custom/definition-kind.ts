import { CREATED_AT, NAME } from "../kinds/columns.ts";
import { defineKind } from "../machinery/kind.ts";
import { timestamp } from "../machinery/resources.ts";
import { CLEANUP, type Definition, storageVersion, withCondition } from "./definition.ts";
import { validateDefinition, validateDefinitionUpdate } from "./definition-validation.ts";
import { readNestedSchemas } from "./nested-schemas.ts";
import { walk } from "./schema.ts";

export const customresourcedefinitions = defineKind<Definition>({
	group: "apiextensions.k8s.io",
	version: "v1",
	kind: "CustomResourceDefinition",
	plural: "customresourcedefinitions",
	singular: "customresourcedefinition",
	shortNames: ["crd", "crds"],
	categories: ["api-extensions"],
	namespaced: false,
	schema: "V1CustomResourceDefinition",
	status: true,
	generation: true,
	columns: [NAME, CREATED_AT],
	setDefaults({ spec }) {
		for (const { schema } of spec?.versions ?? [])
			if (schema?.openAPIV3Schema) readNestedSchemas(schema.openAPIV3Schema);
		if (!spec?.names) return;
		const { names } = spec;
		if (!names.singular && names.kind) names.singular = names.kind.toLowerCase();
		if (!names.listKind && names.kind) names.listKind = `${names.kind}List`;
		spec.conversion ??= { strategy: "None" };
	},
	prepareCreate(definition) {
		const stored = definition.spec && storageVersion(definition);
		definition.status = {
			conditions: [],
			acceptedNames: { kind: "", plural: "" },
			...(stored ? { storedVersions: [stored] } : {}),
		};
	},
	prepareUpdate(definition) {
		const stored = definition.spec && storageVersion(definition);
		const versions = definition.status?.storedVersions ?? [];
		if (stored && !versions.includes(stored))
			definition.status = { ...definition.status, storedVersions: [...versions, stored] };
	},
	warnings: (definition) => {
		const warnings: string[] = [];
		for (const [index, { schema }] of (definition.spec?.versions ?? []).entries()) {
			let rules = 0;
			if (schema?.openAPIV3Schema)
				walk(schema.openAPIV3Schema, (part) => {
					rules += part["x-kubernetes-validations"]?.length ?? 0;
				});
			if (rules > 0)
				warnings.push(
					`spec.versions[${index}]: the lab does not evaluate x-kubernetes-validations: ${rules} ${rules === 1 ? "rule" : "rules"} will not be enforced`,
				);
		}
		return warnings;
	},
	validate: validateDefinition,
	validateUpdate: validateDefinitionUpdate,
	// The first delete only marks: its objects go before it.
	held: ({ metadata }) => !metadata.deletionTimestamp,
	deleting(definition) {
		const { metadata, status } = definition;
		metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), CLEANUP])];
		const message = "CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon";
		const pending = { type: "Terminating", status: "True", reason: "InstanceDeletionPending", message } as const;
		definition.status = { ...status, conditions: withCondition(status?.conditions ?? [], pending, timestamp()) };
	},
});
