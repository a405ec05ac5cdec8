/**
 * What patches and field ownership have to know of a value beyond its JSON: which lists are merged by which keys, which
 * values have one owner as a whole, which objects are maps whose keys are data. All that is not said is plain: a scalar, a
 * list that is replaced as a whole, or an object whose fields are plain.
 */
export interface Shape {
	/** The whole value has one owner: server-side apply never looks inside. */
	readonly atomic?: true;
	/** Fields that are more than plain. */
	readonly fields?: Readonly<Record<string, Shape>>;
	/** Of an object whose keys are data (labels, limits): the shape of its values. */
	readonly values?: Shape;
	readonly list?: ListShape;
	/** Strategic merge of an object: `$retainKeys` belongs to it, or it is replaced as a whole. */
	readonly strategy?: "retainKeys" | "replace";
	/** Of a whole custom resource: whether its status has a subresource. */
	readonly statusApart?: boolean;
}

export interface ListShape {
	readonly element: Shape;
	/** Fields that tell one item from another in server-side apply; none: a set of scalars. Undefined: the list is atomic. */
	readonly keys?: readonly string[];
	/** What a key field is taken for where an item lacks it. */
	readonly defaults: Readonly<Record<string, string | number>>;
	/** Strategic merge: merged by this field, "" for a list of scalars. Undefined: the list is replaced. */
	readonly mergeKey?: string;
}

export const plain: Shape = {};
export const atomic: Shape = { atomic: true };
/** An object whose keys are data. */
export const map: Shape = { values: plain };
/** Unknown territory, as in custom resources without a schema: all objects are maps. */
export const free: Shape = (() => {
	const shape: { values?: Shape } = {};
	shape.values = shape;
	return shape;
})();

export const struct = (fields: Readonly<Record<string, Shape>>): Shape => ({ fields });

/** A set of scalars, merged by both kinds of patch. */
export const set: Shape = { list: { element: plain, keys: [], defaults: {}, mergeKey: "" } };
/** A set of scalars to server-side apply; strategic merge replaces it. */
export const applySet: Shape = { list: { element: plain, keys: [], defaults: {} } };

/** A list of objects, told apart by `keys`; strategic merge knows the first of them only. */
export const keyed = (
	keys: string | readonly string[],
	element: Shape = plain,
	defaults: ListShape["defaults"] = {},
): Shape => {
	const names = typeof keys === "string" ? [keys] : keys;
	const implied = Object.fromEntries(names.map((name) => [name, ""]));
	return { list: { element, keys: names, defaults: { ...implied, ...defaults }, mergeKey: names[0] ?? "" } };
};

/** Keyed for server-side apply, replaced by strategic merge. */
export const applyKeyed = (key: string, element: Shape = plain): Shape => ({
	list: { element, keys: [key], defaults: { [key]: "" } },
});

/** Merged by strategic merge, atomic to server-side apply. */
export const patchKeyed = (mergeKey: string, element: Shape = plain): Shape => ({
	list: { element, defaults: {}, mergeKey },
});

export const childOf = (shape: Shape, field: string): Shape =>
	(shape.fields && Object.hasOwn(shape.fields, field) ? shape.fields[field] : shape.values) ?? plain;

/** Whether the field is part of the type, unlike a key of a map. */
export const isNamed = (shape: Shape, field: string): boolean =>
	shape.values === undefined || (shape.fields !== undefined && Object.hasOwn(shape.fields, field));

/** Whether the value is owned item by item. */
export const isGranularList = (shape: Shape): shape is Shape & { list: ListShape & { keys: readonly string[] } } =>
	!shape.atomic && shape.list?.keys !== undefined;
