/**
 * Reads a value that came from outside, and gives it back: what it is made of is as its readers take it for.
 *
 * @param path where it stands, for the message
 * @throws {SchemaError}
 */
export type Schema = (value: unknown, path: string) => unknown;

/** Something stands where it cannot. */
export class SchemaError extends Error {
	override readonly name = "SchemaError";

	/** @param problem "is missing", "is 5, not a text" */
	constructor(path: string, problem: string) {
		super(`${path.replace(/^\./, "") || "it"} ${problem}`);
	}
}

const isNot = (path: string, value: unknown, wanted: string): SchemaError =>
	new SchemaError(path, `is ${describe(value)}, not ${wanted}`);

const LARGEST_INT32 = 2 ** 31 - 1;
/** DNS subdomain, RFC 1123: what names an object. */
const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Whether an object can have that name; another would stand for something else in a path. */
export const isName = (text: string): boolean => text.length <= 253 && NAME.test(text);

const only =
	(wanted: string, is: (value: unknown) => boolean): Schema =>
	(value, path) => {
		if (is(value)) return value;
		throw isNot(path, value, wanted);
	};

const isText = (value: unknown): value is string => typeof value === "string";
const isWhole = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;

export const text = only("a text", isText);
export const name = only("a name", (value) => isText(value) && isName(value));
export const flag = only("true or false", (value) => typeof value === "boolean");
/** such as seconds */
export const amount = only("a number from 0", (value) => typeof value === "number" && value >= 0);
export const integer = only("a whole number", (value) => Number.isSafeInteger(value));
/** int64, never negative */
export const long = only("a whole number from 0", isWhole);
/** int32, never negative */
export const count = only(
	`a whole number from 0 to ${LARGEST_INT32}`,
	(value) => isWhole(value) && value <= LARGEST_INT32,
);
/** Kubernetes writes it as a text, people also as a number. */
export const quantity: Schema = (value, path) => (typeof value === "number" ? String(value) : text(value, path));

export const list =
	(item: Schema): Schema =>
	(value, path) => {
		if (!Array.isArray(value)) throw isNot(path, value, "a list");
		return value.map((one, index) => item(one, `${path}[${index}]`));
	};

/** Any names, and values of one kind; those that are null count as not there. */
export const map =
	(item: Schema): Schema =>
	(value, path) => {
		if (!isRecord(value)) throw isNot(path, value, "an object");
		return Object.fromEntries(
			Object.entries(value)
				.filter(([, one]) => one !== null)
				.map(([key, one]) => [key, item(one, `${path}[${shorten(JSON.stringify(key))}]`)]),
		);
	};

/**
 * Other fields than these are kept as they are. One that is null counts as one that is not there, as it does for Kubernetes.
 *
 * @param required those of the fields that must be there
 */
export const object =
	(fields: Readonly<Record<string, Schema>>, ...required: readonly string[]): Schema =>
	(value, path) => {
		if (!isRecord(value)) throw isNot(path, value, "an object");
		const read = { ...value };
		for (const [field, schema] of Object.entries(fields)) {
			const found = value[field] ?? undefined;
			if (found !== undefined) read[field] = schema(found, `${path}.${field}`);
			else if (required.includes(field)) throw new SchemaError(`${path}.${field}`, "is missing");
			else delete read[field];
		}
		return read;
	};

function isRecord(value: unknown): value is Record<string, unknown> {
	return typeof value === "object" && value !== null && !Array.isArray(value);
}

function describe(value: unknown): string {
	if (Array.isArray(value)) return "a list";
	return isRecord(value) ? "an object" : shorten(JSON.stringify(value) ?? typeof value);
}

const shorten = (told: string): string => (told.length > 60 ? `${told.slice(0, 60)}…` : told);
