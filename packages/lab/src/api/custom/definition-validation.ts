import { equal } from "../json.ts";
import { nameErrors } from "../machinery/names.ts";
import type { Violations } from "../machinery/violations.ts";
import type { Definition, DefinitionNames, DefinitionVersion } from "./definition.ts";
import { compilePath } from "./json-path.ts";
import { validateSchema } from "./schema-validation.ts";

const COLUMN_TYPES = ["boolean", "date", "integer", "number", "string"];
const APPROVED = "api-approved.kubernetes.io";

/** What a definition must be, in the words of the API server. */
export function validateDefinition(
	definition: Definition,
	errors: Violations,
	_around: unknown,
	old?: Definition,
): void {
	const { spec, metadata } = definition;
	if (!spec) {
		errors.required("spec");
		return;
	}
	const { names = { kind: "", plural: "" }, group = "", scope, versions = [], conversion } = spec;
	if (!old && metadata.name !== `${names.plural}.${group}`)
		errors.invalid("metadata.name", metadata.name, 'must be spec.names.plural+"."+spec.group');
	if (!group) errors.required("spec.group");
	else {
		for (const error of nameErrors("subdomain", group)) errors.invalid("spec.group", group, error);
		if (!group.includes(".")) errors.invalid("spec.group", group, "should be a domain with at least one dot");
	}
	if (!scope) errors.required("spec.scope");
	else if (scope !== "Cluster" && scope !== "Namespaced")
		errors.notSupported("spec.scope", scope, ["Cluster", "Namespaced"]);
	validateNames(names, errors);
	validateVersions(versions, definition.status?.storedVersions ?? [], errors);
	if (conversion?.strategy === "Webhook") {
		errors.forbidden("spec.conversion.strategy", "the lab converts between versions by strategy None only");
	} else if (conversion && conversion.strategy !== "None")
		errors.notSupported("spec.conversion.strategy", conversion.strategy, ["None", "Webhook"]);
	if (spec.preserveUnknownFields)
		errors.invalid(
			"spec.preserveUnknownFields",
			true,
			"cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead",
		);
	for (const [index, version] of versions.entries()) {
		const at = versions.length === 1 ? "spec" : `spec.versions[${index}]`;
		validateVersion(version, { index, at, whole: versions.length === 1 }, errors);
	}
	if (/(^|\.)(k8s|kubernetes)\.io$/.test(group) && !metadata.annotations?.[APPROVED]) {
		errors.required(
			`metadata.annotations[${APPROVED}]`,
			`protected groups must have approval annotation "${APPROVED}", see https://github.com/kubernetes/enhancements/pull/1111`,
		);
	}
}

function validateNames(names: DefinitionNames, errors: Violations): void {
	const label = (field: string, value: string | undefined) => {
		if (!value) return errors.required(`spec.names.${field}`);
		// kinds are written in capitals, and are no less labels for that
		const name = field === "kind" || field === "listKind" ? value.toLowerCase() : value;
		for (const error of nameErrors("label-1035", name)) errors.invalid(`spec.names.${field}`, value, error);
	};
	label("plural", names.plural);
	label("singular", names.singular);
	label("kind", names.kind);
	label("listKind", names.listKind);
	for (const [index, name] of (names.shortNames ?? []).entries()) label(`shortNames[${index}]`, name);
	for (const [index, name] of (names.categories ?? []).entries()) label(`categories[${index}]`, name);
	if (names.kind && names.kind === names.listKind)
		errors.invalid("spec.names.listKind", names.listKind, "kind and listKind may not be the same");
}

/** Go's print of the versions, as the API server shows them. */
const shown = (versions: DefinitionVersion[]) =>
	versions.map(({ name, served, storage, deprecated }) => ({
		Name: name,
		Served: served,
		Storage: storage,
		Deprecated: deprecated ?? false,
		DeprecationWarning: null,
		Schema: null,
		Subresources: null,
		AdditionalPrinterColumns: null,
		SelectableFields: null,
	}));

function validateVersions(versions: DefinitionVersion[], stored: readonly string[], errors: Violations): void {
	for (const [index, { name }] of versions.entries())
		for (const error of nameErrors("label-1035", name ?? ""))
			errors.invalid(`spec.versions[${index}].name`, name, error);
	const names = versions.map(({ name }) => name);
	if (new Set(names).size < names.length)
		errors.invalid("spec.versions", shown(versions), "must contain unique version names");
	const storage = versions.filter((version) => version.storage);
	if (storage.length !== 1)
		errors.invalid("spec.versions", shown(versions), "must have exactly one version marked as storage version");
	if (stored.length === 0) errors.invalid("status.storedVersions", null, "must have at least one stored version");
	else if (storage.length > 1)
		errors.invalid("status.storedVersions", stored, `must have the storage version ${storage.at(-1)?.name}`);
	for (const [index, name] of stored.entries())
		if (!names.includes(name))
			errors.invalid(
				`status.storedVersions[${index}]`,
				name,
				"missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions".replaceAll(
					"v1",
					name,
				),
			);
}

interface At {
	index: number;
	at: string;
	/** the only version: the server speaks of it as of the whole */
	whole: boolean;
}

function validateVersion(version: DefinitionVersion, { index, at, whole }: At, errors: Violations): void {
	const schema = version.schema?.openAPIV3Schema;
	if (!schema) errors.required(`spec.versions[${index}].schema.openAPIV3Schema`);
	else
		validateSchema(schema, `${whole ? "spec.validation" : `${at}.schema`}.openAPIV3Schema`, errors, {
			status: version.subresources?.status !== undefined,
		});
	for (const [place, column] of (version.additionalPrinterColumns ?? []).entries()) {
		const field = `${at}.additionalPrinterColumns[${place}]`;
		if (!column.name) errors.required(`${field}.name`);
		if (!column.type) errors.required(`${field}.type`);
		else if (!COLUMN_TYPES.includes(column.type))
			errors.invalid(`${field}.type`, column.type, `must be one of ${COLUMN_TYPES.join(",")}`);
		validatePath(`${field}.JSONPath`, column.jsonPath, errors);
	}
	const scale = version.subresources?.scale;
	if (!scale) return;
	const field = `${at}.subresources.scale`;
	validatePath(`${field}.specReplicasPath`, scale.specReplicasPath, errors, ".spec");
	validatePath(`${field}.statusReplicasPath`, scale.statusReplicasPath, errors, ".status");
	if (scale.labelSelectorPath && !/^\.(spec|status)\./.test(scale.labelSelectorPath))
		errors.invalid(
			`${field}.labelSelectorPath`,
			scale.labelSelectorPath,
			"should be a json path under either .spec or .status",
		);
}

function validatePath(field: string, path: string | undefined, errors: Violations, under?: string): void {
	if (!path) errors.required(field);
	else if (!path.startsWith(".") || !compilePath(path) || (under && path.includes("[")))
		errors.invalid(field, path, "must be a simple json path starting with .");
	else if (under && !path.startsWith(`${under}.`)) errors.invalid(field, path, `should be a json path under ${under}`);
}

/** What stays as it is once the resource is served. */
export function validateDefinitionUpdate(definition: Definition, old: Definition, errors: Violations): void {
	if (!definition.spec || !old.spec) return;
	const fixed = (field: string, value: unknown, before: unknown) => {
		if (!equal(value, before)) errors.invalid(field, value, "field is immutable");
	};
	const established = old.status?.conditions?.some(({ type, status }) => type === "Established" && status === "True");
	if (established) {
		fixed("spec.scope", definition.spec.scope, old.spec.scope);
		fixed("spec.names.kind", definition.spec.names?.kind, old.spec.names?.kind);
	}
	fixed("spec.group", definition.spec.group, old.spec.group);
	fixed("spec.names.plural", definition.spec.names?.plural, old.spec.names?.plural);
}
