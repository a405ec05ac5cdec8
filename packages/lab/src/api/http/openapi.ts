import { descriptions } from "../../../generated/descriptions.ts";
import { publishedSchema } from "../custom/published-schema.ts";
import type { Schema } from "../custom/schema.ts";
import type { JsonObject } from "../json.ts";
import { ALL_VERBS, apiVersionOf, type ResourceKind } from "../machinery/kind.ts";
import { type Registry, type Served, servedKind, servedSchema } from "../machinery/registry.ts";
import { builtInShape } from "../patch/list-keys.ts";
import { childOf, plain, type Shape } from "../patch/shape.ts";
import { goName, goPackage, SCHEMAS } from "../schema/schemas.ts";
import { subresourcesOf } from "./discovery.ts";

const TEXTS: Record<string, Record<string, string>> = JSON.parse(descriptions);

type Documents = Map<string, { kinds: ResourceKind[]; document: unknown }>;

const documents = new WeakMap<Registry, Documents>();

const pathOf = (group: string, version: string) => (group === "" ? `api/${version}` : `apis/${group}/${version}`);

/** `/openapi/v3`: where the document of each group and version is. */
export function openApiIndex(registry: Registry): unknown {
	const paths: JsonObject = {};
	for (const [group, versions] of registry.groups()) {
		for (const version of versions) {
			const path = pathOf(group, version);
			paths[path] = { serverRelativeURL: `/openapi/v3/${path}` };
		}
	}
	return { paths };
}

/** The document of `apis/apps/v1`; undefined where there is none. */
export function openApiDocument(registry: Registry, path: string): unknown {
	const [group, version] = path.startsWith("api/")
		? ["", path.slice("api/".length)]
		: path.slice("apis/".length).split("/");
	const served = registry.in(group ?? "", version ?? "");
	if (served.length === 0 || pathOf(group ?? "", version ?? "") !== path) return undefined;
	const known: Documents = documents.get(registry) ?? new Map();
	documents.set(registry, known);
	const last = known.get(path);
	const kinds = served.map(({ kind }) => kind);
	if (last?.kinds.length === kinds.length && last.kinds.every((kind, index) => kind === kinds[index]))
		return last.document;
	const document = build(served, apiVersionOf(group ?? "", version ?? ""));
	known.set(path, { kinds, document });
	return document;
}

function build(all: Served[], title: string): unknown {
	const types = new Types();
	const paths: JsonObject = {};
	for (const served of all) Object.assign(paths, operations(served, types));
	return {
		openapi: "3.0.0",
		info: { title: `Kubernetes ${title}`, version: "v1.34.0" },
		paths,
		components: { schemas: types.schemas },
	};
}

const parameter = (name: string, type: string) => ({ name, in: "query", schema: { type, uniqueItems: true } });
const WRITE_PARAMETERS = [
	parameter("dryRun", "string"),
	parameter("fieldManager", "string"),
	parameter("fieldValidation", "string"),
];
const ALL_PATCHES = ["json-patch+json", "merge-patch+json", "strategic-merge-patch+json", "apply-patch+yaml"];

const ACTIONS: Record<string, [method: string, action: string]> = {
	create: ["post", "post"],
	delete: ["delete", "delete"],
	deletecollection: ["delete", "deletecollection"],
	get: ["get", "get"],
	list: ["get", "list"],
	patch: ["patch", "patch"],
	update: ["put", "put"],
};

function operations(served: Served, types: Types): JsonObject {
	const { kind, group, version } = served;
	const base = `/${pathOf(group, version)}/${kind.namespaced ? "namespaces/{namespace}/" : ""}${kind.plural}`;
	const gvk = { group, version, kind: servedKind(served) };
	const schema = servedSchema(served);
	const whole = schema ? types.root(schema, gvk) : types.custom(gvk, kind.custom?.schema);
	const patches = kind.custom ? ALL_PATCHES.filter((name) => !name.startsWith("strategic")) : ALL_PATCHES;
	const operation = (
		verb: string,
		type: { group: string; version: string; kind: string },
		body: unknown,
	): JsonObject => {
		const [, action] = ACTIONS[verb] ?? ["", verb];
		const writes = ["create", "patch", "update"].includes(verb);
		const contents = verb === "patch" ? patches.map((name) => `application/${name}`) : ["*/*"];
		const patch = {
			type: "object",
			description: "Patch is provided to give a concrete name and type to the Kubernetes PATCH request body.",
		};
		const given = verb === "patch" ? patch : body;
		return {
			operationId: `${verb}${type.kind}`,
			"x-kubernetes-action": action,
			"x-kubernetes-group-version-kind": type,
			...(writes
				? { parameters: [...WRITE_PARAMETERS, ...(verb === "patch" ? [parameter("force", "boolean")] : [])] }
				: {}),
			...(writes
				? { requestBody: { content: Object.fromEntries(contents.map((name) => [name, { schema: given }])) } }
				: {}),
			responses: { 200: { description: "OK", content: { "application/json": { schema: body } } } },
		};
	};
	const verbs = kind.verbs ?? ALL_VERBS;
	const paths: Record<string, JsonObject> = { [base]: {} };
	for (const verb of verbs) {
		const [method] = ACTIONS[verb] ?? [];
		if (!method) continue;
		const path = ["create", "list", "deletecollection"].includes(verb) ? base : `${base}/{name}`;
		paths[path] = { ...paths[path], [method]: operation(verb, gvk, whole) };
	}
	for (const sub of subresourcesOf(served)) {
		const path = `${base}/{name}/${sub.name}`;
		const type = { group: sub.group, version: sub.version, kind: sub.kind };
		for (const verb of sub.verbs) {
			const [method] = ACTIONS[verb] ?? [];
			if (method) paths[path] = { ...paths[path], [method]: operation(verb, type, { type: "object" }) };
		}
	}
	return paths;
}

interface GroupVersionKind {
	group: string;
	version: string;
	kind: string;
}

/** Collects the schemas that a document needs, with the facts that patches go by. */
class Types {
	readonly schemas: Record<string, JsonObject> = {};

	root(type: string, gvk: GroupVersionKind): JsonObject {
		const reference = this.#reference(type, builtInShape(gvk) ?? plain);
		const schema = this.schemas[nameOf(type)];
		if (schema) schema["x-kubernetes-group-version-kind"] = [gvk];
		return reference;
	}

	custom(gvk: GroupVersionKind, schema: Schema | undefined): JsonObject {
		const name = [...gvk.group.split(".").reverse(), gvk.version, gvk.kind].filter((part) => part !== "").join(".");
		const metadata = this.#reference("V1ObjectMeta", plain);
		this.schemas[name] = {
			...publishedSchema(schema ?? { type: "object", "x-kubernetes-preserve-unknown-fields": true }, metadata),
			"x-kubernetes-group-version-kind": [gvk],
		};
		return { $ref: `#/components/schemas/${name}` };
	}

	#reference(type: string, shape: Shape): JsonObject {
		const name = nameOf(type);
		if (!this.schemas[name]) {
			const schema: JsonObject = {};
			this.schemas[name] = schema;
			Object.assign(schema, this.#struct(type, shape));
		}
		return { $ref: `#/components/schemas/${name}` };
	}

	#struct(type: string, shape: Shape): JsonObject {
		const properties: JsonObject = {};
		const required: string[] = [];
		const texts = TEXTS[type] ?? {};
		for (const [field, code] of Object.entries(SCHEMAS[type] ?? {})) {
			if (code.startsWith("!")) required.push(field);
			const schema = this.#value(code.replace("!", ""), childOf(shape, field));
			const description = texts[field];
			// A reference allows no neighbours.
			const own = "$ref" in schema ? { allOf: [schema], default: {} } : schema;
			properties[field] = description ? { description, ...own } : own;
		}
		return {
			...(texts[""] ? { description: texts[""] } : {}),
			type: "object",
			...(Object.keys(properties).length > 0 ? { properties } : {}),
			...(required.length > 0 ? { required } : {}),
		};
	}

	#value(code: string, shape: Shape): JsonObject {
		if (code.startsWith("[")) {
			return { type: "array", items: this.#item(code.slice(1), shape.list?.element ?? plain), ...listFacts(shape) };
		}
		if (code.startsWith("{")) {
			return {
				type: "object",
				additionalProperties: this.#item(code.slice(1), plain),
				...(shape.atomic ? { "x-kubernetes-map-type": "atomic" } : {}),
			};
		}
		const scalar = SCALARS[code];
		if (scalar) return { ...scalar };
		const reference = this.#reference(code, shape);
		return shape.strategy === "retainKeys" ? { ...reference, "x-kubernetes-patch-strategy": "retainKeys" } : reference;
	}

	#item(code: string, shape: Shape): JsonObject {
		const schema = this.#value(code, shape);
		return "$ref" in schema ? { allOf: [{ $ref: schema.$ref }], default: {} } : schema;
	}
}

const SCALARS: Record<string, JsonObject> = {
	s: { type: "string" },
	b: { type: "boolean" },
	i: { type: "integer", format: "int32" },
	l: { type: "integer", format: "int64" },
	d: { type: "number", format: "double" },
	y: { type: "string", format: "byte" },
	t: { type: "string", format: "date-time" },
	m: { type: "string", format: "date-time" },
	x: { oneOf: [{ type: "integer" }, { type: "string" }], format: "int-or-string" },
	q: { oneOf: [{ type: "string" }, { type: "number" }] },
	"*": { type: "object" },
};

/** `V1StatefulSetSpec` → `io.k8s.api.v1.StatefulSetSpec`; explain shows the last part. */
const nameOf = (type: string) => {
	const group = /^([A-Z][a-z]+)V\d/.exec(type)?.[1]?.toLowerCase();
	return ["io.k8s.api", ...(group ? [group] : []), goPackage(type), goName(type)].join(".");
};

function listFacts({ atomic, list }: Shape): JsonObject {
	const facts: JsonObject = {};
	if (atomic || !list?.keys) facts["x-kubernetes-list-type"] = "atomic";
	else if (list.keys.length === 0) facts["x-kubernetes-list-type"] = "set";
	else {
		facts["x-kubernetes-list-type"] = "map";
		facts["x-kubernetes-list-map-keys"] = list.keys;
	}
	if (list?.mergeKey === undefined) return facts;
	const strategy = list.element.strategy === "retainKeys" ? "merge,retainKeys" : "merge";
	facts["x-kubernetes-patch-strategy"] = strategy;
	if (list.mergeKey !== "") facts["x-kubernetes-patch-merge-key"] = list.mergeKey;
	return facts;
}
