import { randomBytes } from "node:crypto";
import type { NameRule } from "./kind.ts";

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/;
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/;

const SUBDOMAIN_MESSAGE =
	"a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";
const LABEL_MESSAGE =
	"a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";
const LABEL_1035_MESSAGE =
	"a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')";
const QUALIFIED_MESSAGE =
	"name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE_MESSAGE =
	"a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

const tooLong = (maximum: number) => `must be no more than ${maximum} bytes`;

/** Why `name` cannot be a name of that sort; empty when it can. */
export function nameErrors(rule: NameRule, name: string): string[] {
	switch (rule) {
		case "subdomain":
			if (name.length > 253) return ["must be no more than 253 characters"];
			return SUBDOMAIN.test(name) ? [] : [SUBDOMAIN_MESSAGE];
		case "label":
			if (name.length > 63) return [tooLong(63)];
			return LABEL.test(name) ? [] : [LABEL_MESSAGE];
		case "label-1035":
			if (name.length > 63) return [tooLong(63)];
			return LABEL_1035.test(name) ? [] : [LABEL_1035_MESSAGE];
		case "path-segment":
			if (name === "." || name === "..") return [`may not be '${name}'`];
			return ["/", "%"].filter((part) => name.includes(part)).map((part) => `may not contain '${part}'`);
	}
}

/** Why `key` cannot be the key of a label or an annotation. */
export function qualifiedNameErrors(key: string): string[] {
	const parts = key.split("/");
	if (parts.length > 2) {
		return [
			"a qualified name must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')",
		];
	}
	const errors: string[] = [];
	const name = parts.at(-1) ?? "";
	if (parts.length === 2) {
		const prefix = parts[0] ?? "";
		if (prefix === "") errors.push("prefix part must be non-empty");
		else errors.push(...nameErrors("subdomain", prefix).map((error) => `prefix part ${error}`));
	}
	if (name === "") errors.push("name part must be non-empty");
	else if (name.length > 63) errors.push(`name part ${tooLong(63)}`);
	if (!QUALIFIED.test(name)) errors.push(QUALIFIED_MESSAGE);
	return errors;
}

export function labelValueErrors(value: string): string[] {
	if (value.length > 63) return [tooLong(63)];
	return LABEL_VALUE.test(value) ? [] : [LABEL_VALUE_MESSAGE];
}

/** The letters of which Kubernetes makes the ends of generated names: no vowels, nothing that looks like another. */
const LETTERS = "bcdfghjklmnpqrstvwxz2456789";

export function generateName(base: string): string {
	const suffix = [...randomBytes(5)].map((byte) => LETTERS[byte % LETTERS.length]).join("");
	return base.slice(0, 58) + suffix;
}
