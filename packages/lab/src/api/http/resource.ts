import { methodNotAllowed, noSuchPath } from "../machinery/errors.ts";
import { ALL_VERBS } from "../machinery/kind.ts";
import { servedKind } from "../machinery/registry.ts";
import { parseBody, readBody } from "./body.ts";
import type { ResourceRequest } from "./context.ts";
import { list } from "./list.ts";
import { resourceVersionIn, tooLarge } from "./options.ts";
import { patchObject } from "./patch.ts";
import { scale } from "./scale.ts";
import { serveSubresource } from "./subresources.ts";
import { watch } from "./watch.ts";
import { createObject, deleteCollection, deleteOne, sendObject, updateObject } from "./write.ts";

/** Serves one request to a resource or to a subresource. */
export async function serveResource(call: ResourceRequest): Promise<void> {
	const { info, served, target, request } = call;
	const { kind } = served;
	const { verb } = info;
	const writes = !["get", "list", "watch"].includes(verb);
	const body = writes
		? parseBody(await readBody(request), request.headers["content-type"], servedKind(served))
		: undefined;
	if (target.subresource !== undefined) {
		if (target.subresource === "scale") scale(call, body);
		else if (target.subresource === "status" && kind.status && !served.view) status(call, body);
		else await serveSubresource(call, body);
		return;
	}
	if (!(kind.verbs ?? ALL_VERBS).some((known) => known === verb)) throw methodNotAllowed();
	switch (verb) {
		case "get":
			get(call);
			break;
		case "list":
			list(call);
			break;
		case "watch":
			watch(call);
			break;
		case "create":
			if (target.name !== undefined) throw methodNotAllowed();
			createObject(call, body);
			break;
		case "update":
			if (target.name === undefined) throw methodNotAllowed();
			updateObject(call, body);
			break;
		case "patch":
			if (target.name === undefined) throw methodNotAllowed();
			patchObject(call, body);
			break;
		case "delete":
			deleteOne(call, body);
			break;
		case "deletecollection":
			deleteCollection(call, body);
			break;
		default:
			throw noSuchPath();
	}
}

function get(call: ResourceRequest): void {
	const { served, target, resources, info } = call;
	const asked = resourceVersionIn(info.query);
	const current = resources.store.clock.version;
	if (asked !== undefined && asked > current) throw tooLarge(asked, current);
	sendObject(call, 200, resources.get(served.kind, target.namespace, target.name ?? ""));
}

function status(call: ResourceRequest, body: unknown): void {
	switch (call.info.verb) {
		case "get":
			get(call);
			break;
		case "update":
			updateObject(call, body, "status");
			break;
		case "patch":
			patchObject(call, body, "status");
			break;
		default:
			throw methodNotAllowed();
	}
}
