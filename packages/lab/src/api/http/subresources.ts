import type { Pod } from "kubernetes-types/core/v1";
import { copy, isObject, stringAt } from "../json.ts";
import { acceptAs } from "../machinery/body.ts";
import { conflict, methodNotAllowed, noSuchPath } from "../machinery/errors.ts";
import { update } from "../machinery/update.ts";
import type { KubernetesObject } from "../object.ts";
import { type ResourceRequest, writeOptions } from "./context.ts";
import { evict } from "./eviction.ts";
import { streamLog } from "./log.ts";
import { sendJson } from "./respond.ts";
import { requestToken } from "./token-request.ts";
import { updateObject } from "./write.ts";

const CREATED = { kind: "Status", apiVersion: "v1", metadata: {}, status: "Success", code: 201 };

/** The subresources that belong to a kind of their own. */
export async function serveSubresource(call: ResourceRequest, body: unknown): Promise<void> {
	const { served, target, info } = call;
	const known = served.kind.subresources?.[target.subresource ?? ""];
	if (!known) throw noSuchPath();
	const create = info.verb === "create";
	switch (`${served.kind.plural}/${target.subresource}`) {
		case "namespaces/finalize":
			if (info.verb !== "update") throw methodNotAllowed();
			updateObject(call, body, "finalize");
			break;
		case "pods/binding":
			if (!create) throw methodNotAllowed();
			bind(call, body);
			break;
		case "pods/eviction":
			if (!create) throw methodNotAllowed();
			evict(call, body);
			break;
		case "serviceaccounts/token":
			if (!create) throw methodNotAllowed();
			requestToken(call, body);
			break;
		case "pods/log":
			if (info.verb !== "get") throw methodNotAllowed();
			await streamLog(call);
			break;
		case "pods/exec":
		case "pods/attach":
		case "pods/portforward":
			throw upgradeRequired();
		default:
			throw noSuchPath();
	}
}

const upgradeRequired = () =>
	Object.assign(methodNotAllowed(), { message: "unable to upgrade: the request must ask for a WebSocket" });

function bind(call: ResourceRequest, body: unknown): void {
	const { resources, served, target } = call;
	const binding = acceptAs<KubernetesObject>(
		"V1Binding",
		{ version: "v1", kind: "Binding" },
		isObject(body) ? body : {},
	);
	const old = resources.get(served.kind, target.namespace, target.name ?? "");
	const pod = copy(old) as KubernetesObject & Pod;
	const assigned = stringAt(old, "spec", "nodeName");
	if (assigned)
		throw conflict(
			served.kind,
			target.name ?? "",
			`pod ${target.name} is already assigned to node ${JSON.stringify(assigned)}`,
		);
	if (old.metadata.deletionTimestamp) {
		throw conflict(served.kind, target.name ?? "", `pod ${target.name} is being deleted, cannot be assigned to a host`);
	}
	if (pod.spec) pod.spec.nodeName = stringAt(binding, "target", "name");
	update(resources, served.kind, old, pod, { ...writeOptions(call), subresource: "binding" });
	sendJson(call.response, 201, CREATED);
}
