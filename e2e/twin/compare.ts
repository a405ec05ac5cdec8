import { parseAllDocuments } from "yaml";
import { differentLines } from "./different-lines.ts";
import { eventsByObject } from "./events.ts";
import { normalise, normaliseValue } from "./normalise.ts";
import { viewOf } from "./operation.ts";
import type { Outcome } from "./server.ts";

/** One thing that the lab and the real Kubernetes do not have in common. */
export interface Difference {
	chapter: string;
	/** the command */
	operation: string;
	/** `exit code`, `stdout`, `stderr`, or the path of a member of an object */
	at: string;
	/** undefined: not there */
	lab: string | undefined;
	real: string | undefined;
}

type Found = Omit<Difference, "chapter" | "operation">;

/** All that differs between what one operation did on the lab and on the real Kubernetes. */
export function compare(lab: Outcome, real: Outcome, namespace: string): Found[] {
	const view = viewOf(lab.operation);
	const found: Found[] = [];
	if (lab.came !== real.came) found.push({ at: "awaited", lab: came(lab), real: came(real) });
	if (view === "nothing") return found;
	if (lab.code !== real.code) found.push({ at: "exit code", lab: String(lab.code), real: String(real.code) });
	found.push(...compareText("stderr", lab.stderr, real.stderr, namespace));
	if (view === "code") return found;
	if (view === "text") return [...found, ...compareText("stdout", lab.stdout, real.stdout, namespace)];
	if (view === "lines") return [...found, ...compareText("stdout", lab.stdout, real.stdout, namespace, sorted)];
	const [one, other] = [lab.stdout, real.stdout].map((text) => parse(text));
	if (view === "events" || view === "event set") {
		const [said, saidThere] = [one, other].map((list) => eventsByObject(list, namespace, view === "event set"));
		return [...found, ...compareValues("", said, saidThere)];
	}
	return [...found, ...compareValues("", normaliseValue(one, namespace), normaliseValue(other, namespace))];
}

const came = (outcome: Outcome) => (outcome.came ? "came" : "did not come");
const sorted = (text: string) => text.split("\n").sort().join("\n");

function parse(text: string): unknown {
	try {
		const documents = parseAllDocuments(text).map((document) => document.toJS() as unknown);
		return documents.length > 1 ? documents : documents[0];
	} catch {
		return text;
	}
}

function compareText(
	at: string,
	lab: string,
	real: string,
	namespace: string,
	order: (text: string) => string = (text) => text,
): Found[] {
	return differentLines(order(normalise(lab, namespace)), order(normalise(real, namespace))).map((hunk) => ({
		at,
		...hunk,
	}));
}

function compareValues(path: string, lab: unknown, real: unknown): Found[] {
	if (Array.isArray(lab) && Array.isArray(real)) {
		const keyed = [lab, real].map((items) => byKey(items));
		return compareMembers(keyed[0] ?? {}, keyed[1] ?? {}, (key) => `${path}[${key}]`);
	}
	if (isRecord(lab) && isRecord(real)) return compareMembers(lab, real, (key) => (path ? `${path}.${key}` : key));
	const [one, other] = [lab, real].map((value) => (value === undefined ? undefined : JSON.stringify(value)));
	return one === other ? [] : [{ at: path, lab: one, real: other }];
}

function compareMembers(
	lab: Record<string, unknown>,
	real: Record<string, unknown>,
	pathOf: (key: string) => string,
): Found[] {
	const keys = new Set([...Object.keys(real), ...Object.keys(lab)]);
	return [...keys].flatMap((key) => compareValues(pathOf(key), lab[key], real[key]));
}

/** Items by their name, type or manager where each has one; else by their place. */
function byKey(items: unknown[]): Record<string, unknown> {
	const keys = items.map((item, index) => {
		if (!isRecord(item)) return String(index);
		const metadata = isRecord(item.metadata) ? item.metadata.name : undefined;
		if (item.fieldsType !== undefined) return `${item.manager} ${item.operation} ${item.subresource ?? ""}`.trim();
		if (isRecord(item.targetRef)) return String(item.targetRef.name);
		const key = metadata ?? item.name ?? item.type ?? index;
		return String(item.kind !== undefined && metadata !== undefined ? `${item.kind} ${key}` : key);
	});
	const distinct = new Set(keys).size === keys.length;
	return Object.fromEntries(items.map((item, index) => [distinct ? keys[index] : index, item]));
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
	typeof value === "object" && value !== null && !Array.isArray(value);
