import { isObject, type JsonObject, put } from "../json.ts";
import { canonicalQuantity, parseQuantity, QUANTITY_MESSAGE } from "../quantity.ts";
import { goName, goPackage, SCHEMAS } from "./schemas.ts";

/** A body that is JSON, but not of the type that it should be; the message is the one that Go's decoder gives. */
export class DecodeError extends Error {}

export interface Decoded {
	object: JsonObject;
	/** paths of the fields that the type does not have; they are not in `object` */
	unknown: string[];
}

/** Reads `body` as the generated type `type`: a fresh object with known fields only, quantities and times in their canonical form. */
export function decode(type: string, body: unknown): Decoded {
	const unknown: string[] = [];
	if (!isObject(body)) {
		throw new DecodeError(
			`json: cannot unmarshal ${jsonKind(body)} into Go value of type ${goPackage(type)}.${goName(type)}`,
		);
	}
	const object = decodeStruct(type, body, { path: [], shown: "", unknown, owner: goName(type) });
	return { object, unknown };
}

interface Place {
	/** field names from the root, as Go's decoder gives them */
	path: string[];
	/** with indexes and keys, as strict decoding gives it */
	shown: string;
	/** the struct that holds the field */
	owner: string;
	unknown: string[];
}

function decodeStruct(type: string, body: JsonObject, place: Place): JsonObject {
	const fields = SCHEMAS[type];
	if (!fields) throw new Error(`no schema for ${type}`);
	const result: JsonObject = {};
	for (const name of Object.keys(body)) {
		const shown = place.shown === "" ? name : `${place.shown}.${name}`;
		const declared = Object.hasOwn(fields, name) ? fields[name] : undefined;
		if (declared === undefined) {
			place.unknown.push(shown);
			continue;
		}
		const value = body[name];
		if (value === null || value === undefined) continue;
		const required = declared.startsWith("!");
		const code = required ? declared.slice(1) : declared;
		const decoded = decodeValue(code, value, { ...place, path: [...place.path, name], shown, owner: goName(type) });
		if (!required && isEmptyCollection(code, decoded)) continue;
		if (decoded !== undefined) result[name] = decoded;
	}
	return result;
}

/** Empty lists and maps are not kept, as Go's omitempty does. */
function isEmptyCollection(code: string, value: unknown): boolean {
	if (code.startsWith("[")) return Array.isArray(value) && value.length === 0;
	return code.startsWith("{") && isObject(value) && Object.keys(value).length === 0;
}

function decodeValue(code: string, value: unknown, place: Place): unknown {
	const mismatch = () => {
		const what =
			typeof value === "number" ? `number${code === "i" || code === "l" ? ` ${value}` : ""}` : jsonKind(value);
		const field = `${place.owner}.${place.path.join(".")}`;
		return new DecodeError(`json: cannot unmarshal ${what} into Go struct field ${field} of type ${goType(code)}`);
	};
	if (code.startsWith("[")) {
		if (!Array.isArray(value)) throw mismatch();
		const item = code.slice(1);
		return value.map((entry, index) =>
			entry === null ? zero(item) : decodeValue(item, entry, { ...place, shown: `${place.shown}[${index}]` }),
		);
	}
	if (code.startsWith("{")) {
		if (!isObject(value)) throw mismatch();
		const item = code.slice(1);
		const result: JsonObject = {};
		for (const [key, entry] of Object.entries(value)) {
			const decoded =
				entry === null ? zero(item) : decodeValue(item, entry, { ...place, shown: `${place.shown}[${key}]` });
			put(result, key, decoded);
		}
		return result;
	}
	switch (code) {
		case "s":
			if (typeof value !== "string") throw mismatch();
			return value;
		case "b":
			if (typeof value !== "boolean") throw mismatch();
			return value;
		case "i":
		case "l":
			if (typeof value !== "number" || !Number.isInteger(value) || !inRange(code, value)) throw mismatch();
			return value;
		case "d":
			if (typeof value !== "number") throw mismatch();
			return value;
		case "x":
			if (typeof value === "number" && Number.isInteger(value) && inRange("i", value)) return value;
			if (typeof value !== "string") throw mismatch();
			return value;
		case "y":
			return decodeBytes(value, mismatch);
		case "q":
			return decodeQuantity(value, mismatch);
		case "t":
		case "m":
			return decodeTime(value, code, mismatch);
		case "*":
			return value;
		default:
			if (!isObject(value)) throw mismatch();
			return decodeStruct(code, value, place);
	}
}

const inRange = (code: string, value: number) => code === "l" || (value >= -2147483648 && value <= 2147483647);

function decodeBytes(value: unknown, mismatch: () => DecodeError): string {
	if (typeof value !== "string") throw mismatch();
	const compact = value.replace(/[\r\n]/g, "");
	const bad = /[^A-Za-z0-9+/=]|=[^=]|^=/.exec(compact);
	if (bad) throw new DecodeError(`illegal base64 data at input byte ${bad.index}`);
	if (compact.length % 4 !== 0 || /={3,}$/.test(compact)) {
		throw new DecodeError(
			`illegal base64 data at input byte ${Math.max(0, compact.length - (compact.length % 4 || 4))}`,
		);
	}
	return compact;
}

function decodeQuantity(value: unknown, mismatch: () => DecodeError): string {
	if (typeof value !== "string" && typeof value !== "number") throw mismatch();
	const quantity = parseQuantity(value);
	if (!quantity) throw new DecodeError(QUANTITY_MESSAGE);
	return canonicalQuantity(quantity);
}

const TIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d+))?(Z|[+-]\d{2}:\d{2})$/;

function decodeTime(value: unknown, code: string, mismatch: () => DecodeError): string {
	if (typeof value !== "string") throw mismatch();
	const match = TIME.exec(value);
	const milliseconds = match ? Date.parse(`${match[1]}${match[3]}`) : Number.NaN;
	if (Number.isNaN(milliseconds)) {
		const layout = code === "m" ? "2006-01-02T15:04:05.000000Z07:00" : "2006-01-02T15:04:05Z07:00";
		throw new DecodeError(
			`parsing time ${JSON.stringify(value)} as "${layout}": cannot parse ${JSON.stringify(value)} as "2006"`,
		);
	}
	const seconds = new Date(milliseconds).toISOString().slice(0, 19);
	return code === "m" ? `${seconds}.${(match?.[2] ?? "").slice(0, 6).padEnd(6, "0")}Z` : `${seconds}Z`;
}

function zero(code: string): unknown {
	if (code === "s" || code === "q" || code === "y") return "";
	if (code === "b") return false;
	if (code === "i" || code === "l" || code === "d" || code === "x") return 0;
	if (code.startsWith("[") || code === "*" || code === "t" || code === "m") return null;
	return {};
}

function jsonKind(value: unknown): string {
	if (value === null) return "null";
	if (Array.isArray(value)) return "array";
	return typeof value === "boolean" ? "bool" : typeof value;
}

const GO_TYPES: Record<string, string> = {
	...{ s: "string", b: "bool", i: "int32", l: "int64", d: "float64", y: "[]uint8", "*": "interface {}" },
	...{ x: "intstr.IntOrString", q: "resource.Quantity", t: "v1.Time", m: "v1.MicroTime" },
};

function goType(code: string): string {
	if (code.startsWith("[")) return `[]${goType(code.slice(1))}`;
	if (code.startsWith("{")) return `map[string]${goType(code.slice(1))}`;
	return GO_TYPES[code] ?? `${goPackage(code)}.${goName(code)}`;
}
