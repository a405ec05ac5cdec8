import { acceptCustom } from "../custom/accept.ts";
import { copy, isObject, type JsonObject } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { DecodeError, decode } from "../schema/decode.ts";
import { badRequest, undecodable, unrecognized } from "./errors.ts";
import { apiVersionOf } from "./kind.ts";
import { type Served, servedKind, servedSchema } from "./registry.ts";

/** What to do with fields that a type does not have. */
export type FieldValidation = "Strict" | "Warn" | "Ignore";

export interface Accepted {
	/** in the version in which objects are stored; a copy, free to be changed */
	object: KubernetesObject;
	warnings: string[];
}

/** A body as an object of the kind: typed, without unknown fields. @throws {ApiError} 400 */
export function accept(served: Served, body: unknown, validation: FieldValidation): Accepted {
	const named = { version: served.version, kind: servedKind(served) };
	const expected = apiVersionOf(served.group, served.version);
	if (!isObject(body)) {
		const json = `struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`;
		const why =
			body === undefined
				? "unexpected end of JSON input"
				: `json: cannot unmarshal ${jsonKind(body)} into Go value of type ${json}`;
		throw unrecognized(named.kind, why, body === undefined ? "" : JSON.stringify(body));
	}
	const { custom } = served.kind;
	if (custom) return acceptCustom(served.kind, custom.schema, body, validation);
	const { apiVersion = expected, kind = named.kind } = body;
	if (typeof kind !== "string" || typeof apiVersion !== "string") {
		throw badRequest(
			"couldn't get version/kind; json parse error: json: cannot unmarshal into Go struct field of type string",
		);
	}
	if (kind !== named.kind || apiVersion !== expected) {
		const [version = ""] = apiVersion.split("/").slice(-1);
		const given = { version, kind };
		const conversion = `converting (${version}.${kind}) to (${packageOf(served.group)}.${named.kind}): unknown conversion`;
		const scheme = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} in scheme "pkg/runtime/scheme.go:110"`;
		throw undecodable({ ...given, as: named.kind }, apiVersion === expected ? conversion : scheme);
	}
	const { object, unknown } = read(served, body);
	const warnings = unknown.map((path) => `unknown field ${JSON.stringify(path)}`);
	if (validation === "Strict" && warnings.length > 0)
		throw undecodable(named, `strict decoding error: ${warnings.join(", ")}`);
	const metadata = isObject(object.metadata) ? object.metadata : {};
	const whole = { ...object, apiVersion, kind, metadata } as unknown as KubernetesObject;
	return {
		object: served.view ? served.view.fromView(whole) : whole,
		warnings: [...(validation === "Warn" ? warnings : []), ...(served.kind.warnings?.(whole) ?? [])],
	};
}

/** The name of the package in which Kubernetes has a group's own types. */
const packageOf = (group: string) => (group === "" ? "core" : (group.split(".")[0] ?? ""));

/** Reads a body of another type than the resource's own: a Scale, an Eviction. @throws {ApiError} 400 */
export function acceptAs<T>(schema: string, named: { version: string; kind: string }, body: unknown): T {
	try {
		return decode(schema, body).object as T;
	} catch (error) {
		if (error instanceof DecodeError) throw undecodable(named, error.message);
		throw error;
	}
}

function read(served: Served, body: JsonObject): { object: JsonObject; unknown: string[] } {
	const schema = servedSchema(served);
	if (schema === undefined) return { object: copy(body), unknown: [] };
	try {
		return decode(schema, body);
	} catch (error) {
		if (!(error instanceof DecodeError)) throw error;
		throw undecodable({ version: served.version, kind: servedKind(served) }, error.message);
	}
}

function jsonKind(value: unknown): string {
	if (value === null || value === undefined) return "null";
	return Array.isArray(value) ? "array" : typeof value;
}
