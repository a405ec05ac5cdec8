// Build-time generation: the shapes of Kubernetes' own types, taken from the models of @kubernetes/client-node, in a
// compact form that the API server decodes, prunes and documents with. Writes generated/schemas.ts and generated/descriptions.ts.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

/** The types to start from; whatever they refer to comes along. */
const ROOTS = [
	...["V1Namespace", "V1Node", "V1Pod", "V1Service", "V1Endpoints", "V1EndpointSlice", "CoreV1Event", "EventsV1Event"],
	...["V1ConfigMap", "V1Secret", "V1ServiceAccount", "V1PersistentVolume", "V1PersistentVolumeClaim", "V1StorageClass"],
	...[
		"V1StatefulSet",
		"V1ControllerRevision",
		"V1Lease",
		"V1PodDisruptionBudget",
		"V1Job",
		"V1Deployment",
		"V1ReplicaSet",
	],
	...["V1Role", "V1ClusterRole", "V1RoleBinding", "V1ClusterRoleBinding", "V1CustomResourceDefinition"],
	...["V1SelfSubjectAccessReview", "V1SelfSubjectRulesReview", "V1SubjectAccessReview", "V1LocalSubjectAccessReview"],
	...["V1SelfSubjectReview", "V1TokenReview", "AuthenticationV1TokenRequest", "V1Eviction", "V1Binding", "V1Scale"],
	...["V1Status", "V1DeleteOptions", "V1ListMeta"],
];

/** Fields that hold quantities: the models call them strings. */
const QUANTITIES = {
	V1ResourceRequirements: ["limits", "requests"],
	V1VolumeResourceRequirements: ["limits", "requests"],
	V1ContainerStatus: ["allocatedResources"],
	V1NodeStatus: ["allocatable", "capacity"],
	V1PersistentVolumeSpec: ["capacity"],
	V1PersistentVolumeClaimStatus: ["allocatedResources", "capacity"],
	V1PodSpec: ["overhead"],
	V1EmptyDirVolumeSource: ["sizeLimit"],
	V1ResourceFieldSelector: ["divisor"],
};

const SCALARS = { string: "s", boolean: "b", any: "*", Date: "t", V1MicroTime: "m", IntOrString: "x" };

function code(type, format, quantity) {
	const array = /^Array<(.+)>$/.exec(type);
	if (array) return `[${code(array[1], format, quantity)}`;
	const map = /^\{ \[key: string\]: (.+); \}$/.exec(type);
	if (map) return `{${code(map[1], format, quantity)}`;
	if (type === "number") return { int32: "i", int64: "l" }[format] ?? "d";
	if (type === "string" && format === "byte") return "y";
	if (type === "string" && quantity) return "q";
	return SCALARS[type] ?? type;
}

/** What the declarations alone know: which fields must be there, and the comments. */
function declarations(name, folder) {
	const text = readFileSync(join(folder, `${name}.d.ts`), "utf8");
	const start = text.indexOf("export declare class");
	const about = /\/\*\*\n((?:\* .*\n)+)\*\/\nexport declare class/.exec(text.slice(text.indexOf("*/") + 2, start + 30));
	const fields = new Map();
	for (const match of text.slice(start).matchAll(/(?:\/\*\*\n((?:\s+\*.*\n)+?)\s+\*\/\n)?\s+'([^']+)'(\??): /g)) {
		fields.set(match[2], { required: match[3] === "", text: prose(match[1] ?? "") });
	}
	return { about: prose(about?.[1] ?? ""), fields };
}

const prose = (comment) =>
	comment
		.split("\n")
		.map((line) => line.replace(/^\s*\* ?/, "").trim())
		.filter((line) => line !== "")
		.join("\n")
		.replaceAll("\\'", "'")
		.replaceAll('\\"', '"');

const folder = join(dirname(fileURLToPath(import.meta.resolve("@kubernetes/client-node"))), "gen", "models");
const models = await import(pathToFileURL(join(folder, "all.js")).href);
const schemas = {};
const descriptions = {};
const queue = [...ROOTS];
for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
	if (name in schemas) continue;
	const model = models[name];
	if (!model) throw new Error(`@kubernetes/client-node has no model ${name}`);
	const declared = declarations(name, folder);
	const type = {};
	const texts = { "": declared.about };
	for (const attribute of model.getAttributeTypeMap()) {
		const field = declared.fields.get(attribute.name);
		if (!field) throw new Error(`${name}.${attribute.name} is not declared`);
		const kind = code(attribute.type, attribute.format, QUANTITIES[name]?.includes(attribute.baseName));
		type[attribute.baseName] = (field.required ? "!" : "") + kind;
		texts[attribute.baseName] = field.text;
		const reference = kind.replace(/^[[{]+/, "");
		if (reference.length > 1) queue.push(reference);
	}
	schemas[name] = type;
	descriptions[name] = texts;
}

const target = join(dirname(fileURLToPath(import.meta.url)), "..", "generated");
mkdirSync(target, { recursive: true });
for (const [name, value] of Object.entries({ schemas, descriptions })) {
	const json = JSON.stringify(value);
	writeFileSync(join(target, `${name}.ts`), `export const ${name}: string = ${JSON.stringify(json)};\n`);
}
