import { compareElements } from "./path-element.ts";

/**
 * A set of fields as FieldsV1 writes it: each key a step of a path (`f:spec`, `k:{"name":"etcd"}`, `v:"x"`), `{}` a field that
 * is in the set, `.` the mark of one that is in it together with some of what it holds. The outermost `{}` is the empty set.
 */
export interface FieldSet {
	readonly [element: string]: FieldSet;
}

type Draft = { [element: string]: Draft };

const SELF = ".";
const leaf: FieldSet = Object.freeze({});
export const emptySet: FieldSet = leaf;

export const isEmpty = (set: FieldSet): boolean => {
	for (const _ in set) return false;
	return true;
};

/** Whether the node, reached as an element of its parent, is itself in the set. */
const isMember = (node: FieldSet): boolean => Object.hasOwn(node, SELF) || isEmpty(node);

const nodeOf = (member: boolean, children: Draft): FieldSet | undefined => {
	if (isEmpty(children)) return member ? leaf : undefined;
	return member ? { [SELF]: leaf, ...children } : children;
};

/** Collects paths; what it gathers is a {@link FieldSet} at any time. */
export class FieldSetBuilder {
	readonly #root: Draft = {};

	get set(): FieldSet {
		return this.#root;
	}

	add(path: readonly string[]): void {
		let node = this.#root;
		for (const [depth, element] of path.entries()) {
			const last = depth === path.length - 1;
			const child = node[element];
			if (child === undefined) {
				node[element] = {};
			} else if (last) {
				if (!isMember(child)) child[SELF] = {};
			} else if (isEmpty(child)) {
				child[SELF] = {};
			}
			node = node[element] ?? {};
		}
	}
}

/** Children of `a` and `b` under `rule`, which says of a field whether it is in the result. */
function combine(a: FieldSet, b: FieldSet, rule: (inA: boolean, inB: boolean) => boolean): Draft {
	const result: Draft = {};
	const visit = (element: string) => {
		if (element === SELF) return;
		const inA = a[element];
		const inB = b[element];
		const member = rule(inA !== undefined && isMember(inA), inB !== undefined && isMember(inB));
		const node = nodeOf(member, combine(inA ?? leaf, inB ?? leaf, rule));
		if (node) result[element] = node as Draft;
	};
	for (const element of Object.keys(a)) visit(element);
	for (const element of Object.keys(b)) if (!Object.hasOwn(a, element)) visit(element);
	return result;
}

export function union(a: FieldSet, b: FieldSet): FieldSet {
	if (isEmpty(a)) return b;
	if (isEmpty(b)) return a;
	return combine(a, b, (inA, inB) => inA || inB);
}

export function intersection(a: FieldSet, b: FieldSet): FieldSet {
	if (isEmpty(a) || isEmpty(b)) return emptySet;
	const result: Draft = {};
	for (const [element, inA] of Object.entries(a)) {
		const inB = b[element];
		if (element === SELF || inB === undefined) continue;
		const node = nodeOf(isMember(inA) && isMember(inB), intersection(inA, inB) as Draft);
		if (node) result[element] = node as Draft;
	}
	return result;
}

/** `a` without the fields of `b`; what lies beneath those stays. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
	let result: Draft | undefined;
	for (const [element, inB] of Object.entries(b)) {
		const inA = a[element];
		if (element === SELF || inA === undefined) continue;
		const node = nodeOf(isMember(inA) && !isMember(inB), difference(inA, inB) as Draft);
		if (node === inA) continue;
		result ??= { ...a } as Draft;
		if (node) result[element] = node as Draft;
		else delete result[element];
	}
	const kept = result ?? a;
	if (!Object.hasOwn(kept, SELF)) return kept;
	const { [SELF]: _, ...children } = kept;
	return children;
}

/** `a` without the fields of `b` and all beneath them. */
export function withoutTrees(a: FieldSet, b: FieldSet): FieldSet {
	const result: Draft = {};
	for (const [element, inA] of Object.entries(a)) {
		const inB = b[element];
		if (element === SELF || (inB !== undefined && isMember(inB))) continue;
		const node = inB === undefined ? inA : nodeOf(isMember(inA), withoutTrees(inA, inB) as Draft);
		if (node) result[element] = node as Draft;
	}
	return result;
}

/** Whether the element of the node is in the set; undefined where it is not there at all. */
export const memberAt = (set: FieldSet, element: string): boolean => {
	const node = set[element];
	return node !== undefined && isMember(node);
};

/** What the set holds beneath the element. */
export const beneath = (set: FieldSet, element: string): FieldSet => set[element] ?? emptySet;

/** Paths of all fields in the set, in FieldsV1's order. */
export function* pathsOf(set: FieldSet, above: readonly string[] = []): Generator<readonly string[]> {
	for (const element of Object.keys(set).sort(compareElements)) {
		const node = set[element];
		if (element === SELF || node === undefined) continue;
		const path = [...above, element];
		if (isMember(node)) yield path;
		yield* pathsOf(node, path);
	}
}

/** The same set with its keys in FieldsV1's order. */
export function sorted(set: FieldSet): FieldSet {
	const result: Draft = {};
	if (Object.hasOwn(set, SELF)) result[SELF] = {};
	for (const element of Object.keys(set).sort(compareElements)) {
		const node = set[element];
		if (element !== SELF && node !== undefined) result[element] = sorted(node) as Draft;
	}
	return result;
}

export function sameSet(a: FieldSet, b: FieldSet): boolean {
	if (a === b) return true;
	const elements = Object.keys(a);
	if (elements.length !== Object.keys(b).length) return false;
	return elements.every((element) => {
		const [inA, inB] = [a[element], b[element]];
		return inA !== undefined && inB !== undefined && sameSet(inA, inB);
	});
}

/** A set of the given paths of plain fields: `["metadata", "name"]`. */
export function setOf(...paths: readonly (readonly string[])[]): FieldSet {
	const builder = new FieldSetBuilder();
	for (const path of paths) builder.add(path.map((name) => `f:${name}`));
	return builder.set;
}
