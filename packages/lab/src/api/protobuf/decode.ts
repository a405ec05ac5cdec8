import { ApiError } from "../api-error.ts";
import { isObject, type JsonObject, put } from "../json.ts";
import { badRequest } from "../machinery/errors.ts";
import { goName, SCHEMAS } from "../schema/schemas.ts";
import { FIELD_NUMBERS, PARTLY_READ } from "./field-numbers.ts";
import { message, signed, utf8, wireFields } from "./wire.ts";

export const PROTOBUF = "application/vnd.kubernetes.protobuf";

const MAGIC = Buffer.from("k8s\0");
const MAX_DEPTH = 32;

/** A body in Kubernetes' protobuf envelope, as the same JSON that a client would have sent. @throws {ApiError} 400, 415 */
export function decodeProtobuf(bytes: Buffer): JsonObject {
	if (!bytes.subarray(0, MAGIC.length).equals(MAGIC))
		throw badRequest("error decoding body: provided data does not appear to be a protobuf message");
	let apiVersion = "";
	let kind = "";
	let raw: Uint8Array = new Uint8Array();
	for (const { number, value } of wireFields(bytes.subarray(MAGIC.length))) {
		if (number === 2) raw = message(value);
		if (number !== 1) continue;
		for (const field of wireFields(message(value))) {
			if (field.number === 1) apiVersion = utf8(field.value);
			if (field.number === 2) kind = utf8(field.value);
		}
	}
	const type = typeOf(kind);
	if (!type) throw unread(kind);
	return { apiVersion, kind, ...struct(type, raw, 0) };
}

const unread = (what: string) =>
	new ApiError(
		415,
		"UnsupportedMediaType",
		`${what} is not read in ${PROTOBUF} here - accepted media types include: application/json, application/yaml`,
	);

const typeOf = (kind: string) =>
	[...FIELD_NUMBERS.keys()].find((type) => goName(type) === kind && SCHEMAS[type]?.kind !== undefined);

function struct(type: string, bytes: Uint8Array, depth: number): JsonObject {
	if (depth > MAX_DEPTH) throw badRequest("exceeded max depth");
	const fields = FIELD_NUMBERS.get(type);
	const codes = SCHEMAS[type] ?? {};
	const result: JsonObject = {};
	for (const { number, value } of wireFields(bytes)) {
		const field = fields?.get(number);
		if (!field && PARTLY_READ.has(type)) throw unread(`field ${number} of ${goName(type)}`);
		const code = field && codes[field.name]?.replace("!", "");
		if (!field || !code) continue;
		if (code.startsWith("[")) {
			const list = result[field.name];
			const item = single(code.slice(1), value, depth);
			if (Array.isArray(list)) list.push(item);
			else result[field.name] = [item];
		} else if (code.startsWith("{")) {
			const map = result[field.name];
			const entries = isObject(map) ? map : {};
			result[field.name] = entries;
			entry(entries, code.slice(1), message(value), depth);
		} else {
			const decoded = single(code, value, depth);
			if (field.pointer || !isZero(decoded)) result[field.name] = decoded;
		}
	}
	return result;
}

const isZero = (value: unknown) => value === "" || value === 0 || value === false || value === undefined;

function entry(map: JsonObject, code: string, bytes: Uint8Array, depth: number): void {
	let key = "";
	let value: unknown = "";
	for (const field of wireFields(bytes)) {
		if (field.number === 1) key = utf8(field.value);
		// A list as a map's value is wrapped in a message of its own.
		else if (field.number === 2 && code.startsWith("[")) {
			value = [...wireFields(message(field.value))].map((item) => single(code.slice(1), item.value, depth));
		} else if (field.number === 2) value = single(code, field.value, depth);
	}
	put(map, key, value);
}

function single(code: string, value: bigint | Uint8Array, depth: number): unknown {
	switch (code) {
		case "s":
			return utf8(value);
		case "y":
			return Buffer.from(message(value)).toString("base64");
		case "b":
			return signed(value) !== 0;
		case "i":
		case "l":
			return signed(value);
		case "q":
			return utf8([...wireFields(message(value))].find((field) => field.number === 1)?.value ?? new Uint8Array());
		case "t":
		case "m":
			return time(message(value), code);
		case "x":
			return intOrString(message(value));
		case "*":
			return raw(message(value));
		default:
			return struct(code, message(value), depth + 1);
	}
}

function time(bytes: Uint8Array, code: string): string | undefined {
	const [seconds, nanos] = [1, 2].map((number) => {
		const found = [...wireFields(bytes)].find((field) => field.number === number);
		return found ? signed(found.value) : 0;
	});
	if (!seconds || seconds < -62135596800 || seconds > 253402300799) return undefined;
	const text = new Date(seconds * 1000).toISOString().slice(0, 19);
	const micros = String(Math.floor((nanos ?? 0) / 1000)).padStart(6, "0");
	return code === "m" ? `${text}.${micros}Z` : `${text}Z`;
}

function intOrString(bytes: Uint8Array): number | string {
	let isText = false;
	let number = 0;
	let text = "";
	for (const field of wireFields(bytes)) {
		if (field.number === 1) isText = signed(field.value) === 1;
		if (field.number === 2) number = signed(field.value);
		if (field.number === 3) text = utf8(field.value);
	}
	return isText ? text : number;
}

function raw(bytes: Uint8Array): unknown {
	const found = [...wireFields(bytes)].find((field) => field.number === 1);
	if (!found) return undefined;
	try {
		return JSON.parse(utf8(found.value));
	} catch {
		throw badRequest("error decoding body: a raw field is not JSON");
	}
}
