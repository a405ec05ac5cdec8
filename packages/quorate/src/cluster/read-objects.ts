import { checked } from "../kubernetes/checked.ts";
import type { KubernetesClient, ListOptions, RequestOptions, Resource } from "../kubernetes/client.ts";
import type { Target } from "../kubernetes/request.ts";
import { isName, object, type Schema, SchemaError } from "../kubernetes/schema.ts";
import { OBJECT_SCHEMAS } from "./object-schemas.ts";

/**
 * As the client's `find`, of an object that is what its kind says.
 *
 * @throws {QuorateError} Unreachable where it is not: what answers is no API server, or not the one that this was made for
 */
export async function findObject<T>(
	client: Pick<KubernetesClient, "find">,
	resource: Resource,
	namespace: string | undefined,
	name: string,
	options: RequestOptions = {},
): Promise<T | undefined> {
	// what a template names need not be a name: nothing can be there that is called so
	if (!isName(name)) return undefined;
	const found = await client.find<unknown>(resource, namespace, name, options);
	if (found === undefined) return undefined;
	return checked<T>(found, called(name, schemaOf(resource)), { verb: "get", resource, namespace, name });
}

/** As the client's `list`, of objects that are what their kind says; else as {@link findObject}. */
export async function listObjects<T>(
	client: Pick<KubernetesClient, "list">,
	resource: Resource,
	options: ListOptions = {},
): Promise<T[]> {
	const { items } = await client.list<unknown>(resource, options);
	const target: Target = { verb: "get", resource, namespace: options.namespace };
	return items.map((item) => checked<T>(item, schemaOf(resource), { ...target, name: nameOf(item) }));
}

function nameOf(item: unknown): string | undefined {
	const name = (item as { metadata?: { name?: unknown } | null } | null)?.metadata?.name;
	return typeof name === "string" && isName(name) ? name : undefined;
}

/** One that is asked for by its name has that name. */
const called =
	(name: string, schema: Schema): Schema =>
	(value, path) => {
		const read = schema(value, path);
		const told = (read as { metadata?: { name?: unknown } }).metadata?.name ?? name;
		if (told === name) return read;
		throw new SchemaError(`${path}.metadata.name`, `is ${JSON.stringify(told)}, not ${JSON.stringify(name)}`);
	};

const schemaOf = ({ resource }: Resource): Schema => OBJECT_SCHEMAS.get(resource) ?? object({});
