import { QuorateError } from "../../errors.ts";
import type { KubernetesClient, Resource } from "../client.ts";
import { pathOf } from "../request.ts";

/** What an API server has: by plural and by the name that it is asked for. */
export type MemoryObjects = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** An API server in memory. It answers with what it was given, be it what it may, takes no writes, and keeps which were tried. */
export function memoryClient(objects: MemoryObjects): KubernetesClient & { writes: string[] } {
	const writes: string[] = [];
	const write = (verb: string) => async (resource: Resource) => {
		writes.push(`${verb} ${resource.resource}`);
		throw new QuorateError("Forbidden", {
			operation: `${verb} ${resource.resource}`,
			message: "nothing is written here",
		});
	};
	const find = async <T>(resource: Resource, namespace: string | undefined, name: string) => {
		pathOf({ resource, namespace, name });
		const named = objects[resource.resource] ?? {};
		return Object.hasOwn(named, name) ? (structuredClone(named[name]) as T) : undefined;
	};
	return {
		writes,
		server: "https://memory",
		namespace: "mayastor",
		find,
		async get<T>(resource: Resource, namespace: string | undefined, name: string) {
			const found = await find<T>(resource, namespace, name);
			if (found !== undefined) return found;
			throw new QuorateError("NotFound", { operation: `reading ${resource.resource}`, message: `no ${name}` });
		},
		list: async <T>(resource: Resource) => ({
			items: structuredClone(Object.values(objects[resource.resource] ?? {})) as T[],
			resourceVersion: "1",
		}),
		create: write("create"),
		replace: write("update"),
		patch: write("patch"),
		delete: write("delete"),
		watch() {
			throw new Error("nothing is watched here");
		},
		portForward: async (_namespace, pod) => {
			throw new QuorateError("MemberUnreachable", { operation: `connecting to ${pod}`, message: "no tunnel" });
		},
		canI: async () => true,
		version: async () => ({ gitVersion: "v1.33.0" }),
		close() {},
	};
}
