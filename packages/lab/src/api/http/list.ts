import { ApiError } from "../api-error.ts";
import { badRequest } from "../machinery/errors.ts";
import { matcher } from "../machinery/selectors.ts";
import { keyOf } from "../machinery/store.ts";
import { Violations } from "../machinery/violations.ts";
import type { ResourceRequest } from "./context.ts";
import { resourceVersionIn, tooLarge } from "./options.ts";
import { type IncludeObject, type ListMeta, listText, partialList, table } from "./representations.ts";
import { addWarnings, sendAs, sendJson } from "./respond.ts";

export function includeObject(query: URLSearchParams): IncludeObject {
	const include = query.get("includeObject") || "Metadata";
	if (include === "None" || include === "Metadata" || include === "Object") return include;
	throw badRequest(`unrecognized includeObject value: ${JSON.stringify(include)}`);
}

export function list(call: ResourceRequest): void {
	const { served, target, info, resources, response, as } = call;
	const { query } = info;
	const version = resources.store.clock.version;
	const matches = matcher(served.kind, selectors(query));
	const limit = limitIn(query);
	const from = query.get("continue") ? continueFrom(query.get("continue") ?? "") : undefined;
	const asked = from ? undefined : resourceVersionIn(query);
	checkMatch(query);
	if (asked !== undefined && asked > version) throw tooLarge(asked, version);
	if (query.get("resourceVersionMatch") === "Exact" && asked !== undefined && asked !== version) {
		throw new ApiError(410, "Expired", "The resourceVersion for the provided list is too old.");
	}
	const all = resources.collection(served.kind).list(target.namespace, from?.after);
	const found = matches ? all.filter(matches) : all;
	const page = limit > 0 ? found.slice(0, limit) : found;
	const last = page.at(-1);
	const metadata: ListMeta = { resourceVersion: String(from?.version ?? version) };
	if (last && page.length < found.length) {
		const after = keyOf(last.metadata.namespace, last.metadata.name);
		metadata.continue = Buffer.from(JSON.stringify({ version: from?.version ?? version, after })).toString("base64url");
		if (!matches) metadata.remainingItemCount = found.length - page.length;
	}
	addWarnings(response, served.kind.deprecation ? [served.kind.deprecation] : []);
	if (as.as === "Table") sendJson(response, 200, table(served, page, metadata, includeObject(query)));
	else if (as.as === "PartialObjectMetadataList") sendJson(response, 200, partialList(page, metadata));
	else if (as.as === "object") sendAs(response, 200, listText(served, page, metadata), as);
	else throw new ApiError(406, "NotAcceptable", `a list cannot be shown as ${as.as}`);
}

export const selectors = (query: URLSearchParams) => ({
	labelSelector: query.get("labelSelector") ?? undefined,
	fieldSelector: query.get("fieldSelector") ?? undefined,
});

function limitIn(query: URLSearchParams): number {
	const text = query.get("limit") || "0";
	if (!/^-?\d{1,15}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
	return Number(text);
}

/** @throws {ApiError} 422 where a version is to be matched and none is named */
function checkMatch(query: URLSearchParams): void {
	if (!query.get("resourceVersionMatch") || query.get("resourceVersion")) return;
	const errors = new Violations();
	errors.forbidden("resourceVersionMatch", "resourceVersionMatch is forbidden unless resourceVersion is provided");
	errors.throwIfAny({ group: "meta.k8s.io", kind: "ListOptions" }, "");
}

function continueFrom(token: string): { version: number; after: string } {
	try {
		const { version, after } = JSON.parse(Buffer.from(token, "base64url").toString("utf8"));
		if (typeof version === "number" && typeof after === "string") return { version, after };
	} catch {
		// said below
	}
	const wrong = /[^\w-]/.exec(token)?.index ?? token.length - (token.length % 4);
	const why =
		wrong < token.length ? `illegal base64 data at input byte ${wrong}` : "it is not one that this server has given";
	throw badRequest(`invalid continue token: continue key is not valid: ${why}`);
}
