import type { KubernetesObject } from "../object.ts";
import { badRequest } from "./errors.ts";
import type { ResourceKind } from "./kind.ts";
import { labelValueErrors, qualifiedNameErrors } from "./names.ts";

export type Matcher = (object: KubernetesObject) => boolean;

type Labels = Record<string, string>;

/** Reads `a=b,c!=d,e in (f,g),!h,i>3`. @throws {ApiError} 400 */
export function parseLabelSelector(text: string): (labels: Labels) => boolean {
	const requirements = splitOutsideParentheses(text).map(parseRequirement);
	return (labels) => requirements.every((holds) => holds(labels));
}

function splitOutsideParentheses(text: string): string[] {
	if (text.trim() === "") return [];
	const parts: string[] = [];
	let depth = 0;
	let part = "";
	for (const letter of text) {
		if (letter === "(") depth++;
		if (letter === ")") depth--;
		if (letter === "," && depth === 0) {
			parts.push(part);
			part = "";
		} else part += letter;
	}
	return [...parts, part].map((entry) => entry.trim());
}

const SET = /^(\S+)\s+(in|notin)\s*\((.*)\)$/;
const COMPARE = /^([^=!<>\s]+)\s*(==|=|!=|<|>)\s*(\S*)$/;

function parseRequirement(text: string): (labels: Labels) => boolean {
	const set = SET.exec(text);
	if (set) {
		const [, key = "", operator, list = ""] = set;
		const values = list.split(",").map((value) => value.trim());
		check(text, key, values);
		if (operator === "in") return (labels) => Object.hasOwn(labels, key) && values.includes(labels[key] ?? "");
		return (labels) => !Object.hasOwn(labels, key) || !values.includes(labels[key] ?? "");
	}
	const compare = COMPARE.exec(text);
	if (compare) {
		const [, key = "", operator, value = ""] = compare;
		check(text, key, [value]);
		if (operator === "!=") return (labels) => !Object.hasOwn(labels, key) || labels[key] !== value;
		if (operator === "=" || operator === "==") return (labels) => Object.hasOwn(labels, key) && labels[key] === value;
		const limit = Number(value);
		if (!/^-?\d+$/.test(value)) throw unparsable(text, `for 'Gt', 'Lt' operators, the value must be an integer`);
		return (labels) => {
			if (!Object.hasOwn(labels, key) || !/^-?\d+$/.test(labels[key] ?? "")) return false;
			return operator === ">" ? Number(labels[key]) > limit : Number(labels[key]) < limit;
		};
	}
	const [, open] = /^\S+\s+(?:in|notin)\s+([^(\s]\S*)/.exec(text) ?? [];
	if (open !== undefined) throw badRequest(`unable to parse requirement: found '${open}' expected: '('`);
	const negated = text.startsWith("!");
	const key = negated ? text.slice(1).trim() : text;
	check(text, key, []);
	return (labels) => Object.hasOwn(labels, key) !== negated;
}

function check(text: string, key: string, values: string[]): void {
	const [wrongKey] = qualifiedNameErrors(key);
	if (wrongKey) throw unparsable(text, `key: Invalid value: ${JSON.stringify(key)}: ${wrongKey}`);
	for (const value of values) {
		const [wrong] = labelValueErrors(value);
		if (wrong) throw unparsable(text, `values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${wrong}`);
	}
}

const unparsable = (text: string, why: string) =>
	badRequest(`unable to parse requirement ${JSON.stringify(text)}: ${why}`);

interface FieldTerm {
	field: string;
	value: string;
	negated: boolean;
}

/** Reads `spec.nodeName=x,metadata.name!=y`; `\` escapes a comma, an equals sign or itself. @throws {ApiError} 400 */
export function parseFieldSelector(text: string): FieldTerm[] {
	const terms: FieldTerm[] = [];
	for (const part of text.match(/(?:\\.|[^,\\])+/g) ?? []) {
		const match = /^([^=!]*?)(==|!=|=)((?:.|\n)*)$/.exec(part);
		if (!match) throw badRequest(`invalid selector: '${text}'; can't understand '${part}'`);
		const [, field = "", operator, raw = ""] = match;
		terms.push({ field: field.trim(), value: raw.replace(/\\([\\,=])/g, "$1"), negated: operator === "!=" });
	}
	return terms;
}

/** Whether an object of `kind` is among those that the two selectors mean. @throws {ApiError} 400 */
export function matcher(
	kind: ResourceKind,
	selectors: { labelSelector?: string | undefined; fieldSelector?: string | undefined },
): Matcher | undefined {
	const matchers: Matcher[] = [];
	if (selectors.labelSelector) {
		const matches = parseLabelSelector(selectors.labelSelector);
		matchers.push((object) => matches(object.metadata.labels ?? {}));
	}
	for (const { field, value, negated } of selectors.fieldSelector ? parseFieldSelector(selectors.fieldSelector) : []) {
		const read = fieldReader(kind, field);
		matchers.push((object) => (read(object) === value) !== negated);
	}
	if (matchers.length === 0) return undefined;
	return (object) => matchers.every((matches) => matches(object));
}

function fieldReader(kind: ResourceKind, field: string): (object: KubernetesObject) => string {
	if (field === "metadata.name") return (object) => object.metadata.name;
	if (field === "metadata.namespace" && kind.namespaced) return (object) => object.metadata.namespace ?? "";
	const read = kind.fields && Object.hasOwn(kind.fields, field) ? kind.fields[field] : undefined;
	if (read) return read;
	if (kind.fields) throw badRequest(`field label not supported: ${field}`);
	const known = kind.namespaced ? `"metadata.name", "metadata.namespace"` : `"metadata.name"`;
	throw badRequest(`${JSON.stringify(field)} is not a known field selector: only ${known}`);
}
