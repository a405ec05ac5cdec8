import { ApiError, type StatusCause } from "../api-error.ts";
import { kindName } from "./kind.ts";

/** Everything that is wrong with an object, as Kubernetes words it. */
export class Violations {
	readonly causes: StatusCause[] = [];

	required(field: string, detail = ""): void {
		this.#add("FieldValueRequired", field, detail === "" ? "Required value" : `Required value: ${detail}`);
	}

	invalid(field: string, value: unknown, detail: string): void {
		this.#add("FieldValueInvalid", field, `Invalid value: ${shown(value)}${detail === "" ? "" : `: ${detail}`}`);
	}

	notSupported(field: string, value: unknown, supported: readonly unknown[]): void {
		const values = supported.map((entry) => JSON.stringify(typeof entry === "string" ? entry : String(entry)));
		this.#add(
			"FieldValueNotSupported",
			field,
			`Unsupported value: ${shown(value)}: supported values: ${values.join(", ")}`,
		);
	}

	forbidden(field: string, detail: string): void {
		this.#add("FieldValueForbidden", field, `Forbidden: ${detail}`);
	}

	duplicate(field: string, value: unknown): void {
		this.#add("FieldValueDuplicate", field, `Duplicate value: ${shown(value)}`);
	}

	notFound(field: string, value: unknown): void {
		this.#add("FieldValueNotFound", field, `Not found: ${shown(value)}`);
	}

	tooLong(field: string, maximum: number): void {
		this.#add("FieldValueTooLong", field, `Too long: may not be more than ${maximum} bytes`);
	}

	tooMany(field: string, actual: number, maximum: number): void {
		this.#add("FieldValueTooMany", field, `Too many: ${actual}: must have at most ${maximum} items`);
	}

	/** An empty one, to try something out. */
	fresh(): Violations {
		return new Violations();
	}

	/** Adds what was found by another. */
	take(other: Violations | undefined): void {
		for (const { reason, field = "", message } of other?.causes ?? []) this.#add(reason, field, message);
	}

	/** Throws a 422 when there is anything to say. */
	throwIfAny(kind: { group: string; kind: string }, name: string): void {
		if (this.causes.length === 0) return;
		const texts = this.causes.map((cause) => `${cause.field}: ${cause.message}`);
		const summary = texts.length === 1 ? texts[0] : `[${texts.join(", ")}]`;
		throw new ApiError(422, "Invalid", `${kindName(kind)} ${JSON.stringify(name)} is invalid: ${summary}`, {
			...(name ? { name } : {}),
			...(kind.group ? { group: kind.group } : {}),
			kind: kind.kind,
			causes: this.causes,
		});
	}

	#add(reason: string, field: string, message: string): void {
		if (this.causes.length < 100) this.causes.push({ reason, message, field });
	}
}

function shown(value: unknown): string {
	if (value === undefined || value === null) return "null";
	return JSON.stringify(value);
}
