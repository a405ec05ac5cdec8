import { QuorateError } from "../errors.ts";
import type { ApiCalls } from "./api-calls.ts";
import type { ListOptions, Resource } from "./client.ts";
import { NotKubernetes } from "./connection-error.ts";
import { pathOf, type Target } from "./request.ts";
import { StatusError } from "./status.ts";

/** As kubectl and client-go page. */
const PAGE = 500;

interface ListBody {
	apiVersion?: string;
	kind?: string;
	metadata?: { resourceVersion?: string; continue?: string } | null;
	items?: unknown[] | null;
}

/** The selectors of a list or a watch. */
export function listQuery({ labelSelector, fieldSelector }: ListOptions): URLSearchParams {
	const query = new URLSearchParams();
	if (labelSelector) query.set("labelSelector", labelSelector);
	if (fieldSelector) query.set("fieldSelector", fieldSelector);
	return query;
}

/** All pages of a list, as they were at one moment; where that has been compacted half-way, all of it anew in one piece. */
export async function listAll<T>(
	calls: ApiCalls,
	resource: Resource,
	options: ListOptions,
): Promise<{ items: T[]; resourceVersion: string }> {
	const target: Target = { verb: "list", resource, namespace: options.namespace };
	const path = pathOf(target);
	const page = async (limit: number | undefined, token: string | undefined) => {
		const query = listQuery(options);
		if (limit !== undefined) query.set("limit", String(limit));
		if (token !== undefined) query.set("continue", token);
		const body = await calls.json({ target, path: query.size > 0 ? `${path}?${query}` : path, signal: options.signal });
		return readList<T>(body, target, calls);
	};
	const items: T[] = [];
	const tokens = new Set<string>();
	let token: string | undefined;
	for (;;) {
		try {
			const { list, objects } = await page(PAGE, token);
			for (const object of objects) items.push(object);
			token = list.metadata?.continue || undefined;
			if (token !== undefined && tokens.has(token)) {
				const problem = "answered with a list that does not end: after its last page comes an earlier one";
				throw calls.failure(new NotKubernetes(problem), target, undefined);
			}
			if (token !== undefined) tokens.add(token);
			if (token === undefined) return { items, resourceVersion: list.metadata?.resourceVersion ?? "" };
		} catch (error) {
			if (token === undefined || !isExpired(error)) throw error;
			const { list, objects } = await page(undefined, undefined);
			return { items: objects, resourceVersion: list.metadata?.resourceVersion ?? "" };
		}
	}
}

/** Whether what was asked for is older than what the server still knows. */
export function isExpired(error: unknown): boolean {
	const cause = error instanceof QuorateError ? error.cause : error;
	return (
		cause instanceof StatusError && (cause.status === 410 || cause.reason === "Expired" || cause.reason === "Gone")
	);
}

function readList<T>(body: unknown, target: Target, calls: ApiCalls): { list: ListBody; objects: T[] } {
	const list = (body ?? {}) as ListBody;
	if (
		typeof list.kind !== "string" ||
		!list.kind.endsWith("List") ||
		!(Array.isArray(list.items) || list.items == null) ||
		typeof (list.metadata?.continue ?? "") !== "string"
	) {
		throw calls.failure(new NotKubernetes("answered with something that is not a list"), target, undefined);
	}
	// Items of a list come without their kind; what is written back later has one.
	const type = { apiVersion: list.apiVersion, kind: list.kind.slice(0, -"List".length) };
	return { list, objects: (list.items ?? []).map((item) => ({ ...type, ...(item as object) }) as T) };
}
