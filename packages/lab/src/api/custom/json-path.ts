import { isObject } from "../json.ts";

/** One step of a path: from each value to those that it leads to. */
type Step = (value: unknown) => unknown[];

/**
 * A path such as `.status.conditions[?(@.type=="Ready")].status`, in the dialect of kubectl: fields (with `\.` in a name, or
 * `['name']`), indexes, slices, `*`, `..name` and filters by one comparison. Undefined where the text is no path.
 */
export function compilePath(text: string): ((value: unknown) => unknown[]) | undefined {
	const steps = parse(text.replace(/^\{(.*)\}$/s, "$1"));
	return steps && ((value) => steps.reduce((values, step) => values.flatMap(step), [value]));
}

const TOKEN =
	/\.\.((?:\\.|[^.[\]\\])+)|\.((?:\\.|[^.[\]\\])+)|\['((?:\\.|[^'\\])*)'\]|\["((?:\\.|[^"\\])*)"\]|\[(-?\d+)\]|\[(-?\d*):(-?\d*)\]|\[(\*)\]|\[\?\((.*?)\)\]/sy;

function parse(text: string): Step[] | undefined {
	const steps: Step[] = [];
	for (let at = 0; at < text.length; ) {
		// a filter holds paths of its own, so the place is not left to the expression
		TOKEN.lastIndex = at;
		const match = TOKEN.exec(text);
		if (!match) return undefined;
		at = TOKEN.lastIndex;
		const [, below, name, single, double, index, from, to, every, filter] = match;
		const field = name ?? single ?? double;
		if (below !== undefined) steps.push(everywhere(plainName(below)));
		else if (field === "*" || every) steps.push(children);
		else if (field !== undefined) steps.push(member(plainName(field)));
		else if (index !== undefined) steps.push((value) => slice(value, Number(index), Number(index) + 1 || undefined));
		else if (from !== undefined) steps.push((value) => slice(value, optional(from), optional(to)));
		else {
			const condition = parseFilter(filter ?? "");
			if (!condition) return undefined;
			steps.push((value) => children(value).filter(condition));
		}
	}
	return steps;
}

const plainName = (name: string) => name.replace(/\\(.)/g, "$1");
const optional = (text: string | undefined) => (text ? Number(text) : undefined);
const slice = (value: unknown, from?: number, to?: number) => (Array.isArray(value) ? value.slice(from, to) : []);
const children: Step = (value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []);
const member =
	(name: string): Step =>
	(value) =>
		isObject(value) && Object.hasOwn(value, name) ? [value[name]] : [];

const everywhere = (name: string): Step => {
	const find: Step = (value) => [...member(name)(value), ...children(value).flatMap(find)];
	return find;
};

const FILTER = /^\s*@((?:\.|\[).*?)?\s*(?:(==|!=|<=|>=|<|>)\s*(.+?)\s*)?$/s;

function parseFilter(text: string): ((value: unknown) => boolean) | undefined {
	const match = FILTER.exec(text);
	const path = match && compilePath(match[1] ?? "");
	if (!match || !path) return undefined;
	const [, , operator, right = ""] = match;
	if (!operator) return (value) => path(value).length > 0;
	const wanted = literal(right);
	return (value) => path(value).some((found) => compare(found, operator, wanted));
}

function literal(text: string): unknown {
	const quoted = /^'(.*)'$|^"(.*)"$/s.exec(text);
	if (quoted) return quoted[1] ?? quoted[2];
	if (text === "true" || text === "false") return text === "true";
	return Number.isNaN(Number(text)) ? text : Number(text);
}

function compare(found: unknown, operator: string, wanted: unknown): boolean {
	if (operator === "==") return found === wanted;
	if (operator === "!=") return found !== wanted;
	if (typeof found !== typeof wanted || (typeof found !== "number" && typeof found !== "string")) return false;
	const [a, b] = [found, wanted as typeof found];
	if (operator === "<") return a < b;
	if (operator === ">") return a > b;
	return operator === "<=" ? a <= b : a >= b;
}
