import type { ConfigMap, Secret, ServiceAccount } from "kubernetes-types/core/v1";
import { equal } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import { AGE, column, NAME } from "./columns.ts";

/** What secrets of some types must hold. */
const NEEDED: Record<string, string[]> = {
	"kubernetes.io/tls": ["tls.crt", "tls.key"],
	"kubernetes.io/ssh-auth": ["ssh-privatekey"],
	"kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
};

const MAX_DATA = 1024 * 1024;

const count = (...maps: (object | undefined)[]) => maps.reduce((sum, map) => sum + Object.keys(map ?? {}).length, 0);

const size = (map: Record<string, string> | undefined, encoding?: "base64") =>
	Object.values(map ?? {}).reduce((sum, value) => sum + Buffer.byteLength(value, encoding), 0);

function validateKeys(map: Record<string, string> | undefined, field: string, errors: Violations): void {
	for (const key of Object.keys(map ?? {})) {
		if (/^[-._a-zA-Z0-9]+$/.test(key) && key !== "." && !key.startsWith("..")) continue;
		errors.invalid(
			`${field}[${key}]`,
			key,
			"a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')",
		);
	}
}

export const configmaps = defineKind<ConfigMap>({
	group: "",
	version: "v1",
	kind: "ConfigMap",
	plural: "configmaps",
	singular: "configmap",
	shortNames: ["cm"],
	namespaced: true,
	schema: "V1ConfigMap",
	columns: [NAME, { name: "Data", type: "string", cell: (map) => count(map.data, map.binaryData) }, AGE],
	validate(map, errors) {
		validateKeys(map.data, "data", errors);
		validateKeys(map.binaryData, "binaryData", errors);
		if (size(map.data) + size(map.binaryData, "base64") > MAX_DATA) errors.tooLong("", MAX_DATA);
	},
	validateUpdate(map, old, errors) {
		if (!old.immutable) return;
		if (!map.immutable) errors.forbidden("immutable", "field is immutable when `immutable` is set");
		if (!equal(map.data ?? {}, old.data ?? {})) errors.forbidden("data", "field is immutable when `immutable` is set");
	},
});

export const secrets = defineKind<Secret>({
	group: "",
	version: "v1",
	kind: "Secret",
	plural: "secrets",
	singular: "secret",
	namespaced: true,
	schema: "V1Secret",
	columns: [
		NAME,
		column("Type", (secret) => secret.type ?? ""),
		{ name: "Data", type: "string", cell: (secret) => count(secret.data) },
		AGE,
	],
	fields: { type: (secret) => secret.type ?? "" },
	setDefaults(secret) {
		secret.type ??= "Opaque";
		for (const [key, value] of Object.entries(secret.stringData ?? {})) {
			secret.data = { ...secret.data, [key]: Buffer.from(value).toString("base64") };
		}
		delete secret.stringData;
	},
	validate(secret, errors) {
		validateKeys(secret.data, "data", errors);
		for (const key of NEEDED[secret.type ?? ""] ?? [])
			if (secret.data?.[key] === undefined) errors.required(`data[${key}]`);
		if (size(secret.data, "base64") > MAX_DATA) errors.tooLong("data", MAX_DATA);
	},
	validateUpdate(secret, old, errors) {
		if (secret.type !== old.type) errors.invalid("type", secret.type, "field is immutable");
		if (!old.immutable) return;
		if (!secret.immutable) errors.forbidden("immutable", "field is immutable when `immutable` is set");
		if (!equal(secret.data ?? {}, old.data ?? {}))
			errors.forbidden("data", "field is immutable when `immutable` is set");
	},
});

export const serviceaccounts = defineKind<ServiceAccount>({
	group: "",
	version: "v1",
	kind: "ServiceAccount",
	plural: "serviceaccounts",
	singular: "serviceaccount",
	shortNames: ["sa"],
	namespaced: true,
	schema: "V1ServiceAccount",
	returnsDeleted: true,
	subresources: {
		token: {
			kind: "TokenRequest",
			group: "authentication.k8s.io",
			version: "v1",
			schema: "AuthenticationV1TokenRequest",
			verbs: ["create"],
		},
	},
	columns: [NAME, { name: "Secrets", type: "string", cell: (account) => count(account.secrets) }, AGE],
});
