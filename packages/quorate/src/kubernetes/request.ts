import type { Resource } from "./client.ts";

/** RBAC's words for what a request does. */
export type Verb = "get" | "list" | "watch" | "create" | "update" | "patch" | "delete";

/** What a request is about: enough for its path, and for saying in an error what was being done. */
export interface Target {
	verb: Verb;
	resource: Resource;
	subresource?: string | undefined;
	namespace?: string | undefined;
	name?: string | undefined;
}

/** Whether the request changes something, so that it must not be sent twice. */
export function isWrite(verb: Verb): boolean {
	return verb !== "get" && verb !== "list" && verb !== "watch";
}

/** `statefulsets.apps`, `pods/portforward`: as RBAC and kubectl write it. */
export function qualifiedName({ resource, subresource }: Pick<Target, "resource" | "subresource">): string {
	return `${resource.resource}${resource.group ? `.${resource.group}` : ""}${subresource ? `/${subresource}` : ""}`;
}

/** The path of a collection or of one object, each part escaped. */
export function pathOf(target: Omit<Target, "verb">): string {
	const { group, version, resource } = target.resource;
	const parts = group === "" ? ["api", version] : ["apis", group, version];
	if (target.namespace !== undefined) parts.push("namespaces", target.namespace);
	parts.push(resource);
	if (target.name !== undefined) parts.push(target.name);
	if (target.subresource !== undefined) parts.push(target.subresource);
	for (const part of parts) {
		// An empty name would address the whole collection, and dots the path above it: both would do something else.
		if (part === "" || part === "." || part === "..") throw new TypeError(`"${part}" cannot be part of an API path`);
	}
	return `/${parts.map(encodeURIComponent).join("/")}`;
}

const DOING: Record<Verb, string> = {
	get: "reading",
	list: "listing",
	watch: "watching",
	create: "creating",
	update: "replacing",
	patch: "patching",
	delete: "deleting",
};

/** "patching statefulsets.apps/mayastor-etcd in mayastor" */
export function describeTarget(target: Target): string {
	if (target.subresource === "portforward")
		return `opening a tunnel to pod ${target.name} in namespace ${target.namespace}`;
	const name = target.name === undefined ? "" : ` ${target.name}`;
	const place = target.namespace === undefined ? "" : ` in namespace ${target.namespace}`;
	return `${DOING[target.verb]} ${qualifiedName(target)}${name}${place}`;
}
