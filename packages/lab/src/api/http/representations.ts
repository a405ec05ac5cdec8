import type { JsonObject } from "../json.ts";
import { AGE, CREATED_AT, NAME } from "../kinds/columns.ts";
import { apiVersionOf, type Column } from "../machinery/kind.ts";
import { type Served, servedKind, toServed } from "../machinery/registry.ts";
import type { KubernetesObject } from "../object.ts";

export type IncludeObject = "None" | "Metadata" | "Object";

const DEFAULT_COLUMNS = [NAME, CREATED_AT] as Column[];
const CUSTOM_COLUMNS = [NAME, AGE] as Column[];

const texts = new WeakMap<KubernetesObject, string>();
const items = new WeakMap<KubernetesObject, string>();

const cached = (cache: WeakMap<KubernetesObject, string>, object: KubernetesObject, make: () => unknown): string => {
	const known = cache.get(object);
	if (known !== undefined) return known;
	const text = JSON.stringify(make());
	// Only what is frozen stays as it is.
	if (Object.isFrozen(object)) cache.set(object, text);
	return text;
};

/** The object as JSON in the version that was asked for; worked out once for all who watch it. */
export const objectText = (served: Served, object: KubernetesObject): string =>
	served.view ? JSON.stringify(toServed(served, object)) : cached(texts, object, () => object);

/** As an item of a list, whose kind is said by the list. */
function itemText(served: Served, object: KubernetesObject): string {
	// Items of custom resources say themselves what they are.
	if (served.kind.custom) return objectText(served, object);
	const bare = () => {
		const { apiVersion: _version, kind: _kind, ...rest } = toServed(served, object);
		return rest;
	};
	return served.view ? JSON.stringify(bare()) : cached(items, object, bare);
}

export interface ListMeta {
	resourceVersion: string;
	continue?: string;
	remainingItemCount?: number;
}

export function listText(served: Served, objects: KubernetesObject[], metadata: ListMeta): string {
	const head = { kind: `${servedKind(served)}List`, apiVersion: apiVersionOf(served.group, served.version), metadata };
	const text = objects.map((object) => itemText(served, object)).join(",");
	return `${JSON.stringify(head).slice(0, -1)},"items":[${text}]}\n`;
}

export const partialObject = (object: KubernetesObject): JsonObject => ({
	kind: "PartialObjectMetadata",
	apiVersion: "meta.k8s.io/v1",
	metadata: object.metadata,
});

export const partialList = (objects: KubernetesObject[], metadata: ListMeta): JsonObject => ({
	kind: "PartialObjectMetadataList",
	apiVersion: "meta.k8s.io/v1",
	metadata,
	items: objects.map((object) => ({ metadata: object.metadata })),
});

/** The table that kubectl prints. `headers`: whether it says what its columns are. */
export function table(
	served: Served,
	objects: KubernetesObject[],
	metadata: ListMeta,
	include: IncludeObject,
	headers = true,
): JsonObject {
	const columns = served.kind.columns ?? (served.kind.schema === undefined ? CUSTOM_COLUMNS : DEFAULT_COLUMNS);
	const now = Date.now();
	const definitions = columns.map(({ name, type = "string", format = "", description = "", priority = 0 }) => ({
		name,
		type,
		format,
		description,
		priority,
	}));
	const rows = objects.map((object) => ({
		cells: columns.map((column) => column.cell(object, now)),
		...(include === "Metadata" ? { object: partialObject(object) } : {}),
		...(include === "Object" ? { object: toServed(served, object) } : {}),
	}));
	return {
		kind: "Table",
		apiVersion: "meta.k8s.io/v1",
		metadata,
		...(headers ? { columnDefinitions: definitions } : { columnDefinitions: null }),
		rows,
	};
}
