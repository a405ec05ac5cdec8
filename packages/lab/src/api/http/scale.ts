import type { Scale } from "kubernetes-types/autoscaling/v1";
import { ApiError } from "../api-error.ts";
import { copy } from "../json.ts";
import { acceptAs } from "../machinery/body.ts";
import { methodNotAllowed, noSuchPath } from "../machinery/errors.ts";
import { apiVersionOf } from "../machinery/kind.ts";
import { update } from "../machinery/update.ts";
import { Violations } from "../machinery/violations.ts";
import type { KubernetesObject } from "../object.ts";
import { applyServerSide } from "../patch/apply.ts";
import { APPLY_PATCH, applyPatch } from "../patch/patch.ts";
import { managerOf, type ResourceRequest, writeOptions } from "./context.ts";
import { mediaType } from "./media-types.ts";
import { sendAs } from "./respond.ts";
import { checkAppliedType } from "./write.ts";

const SCALE = { group: "autoscaling", version: "v1", kind: "Scale" };

/** `/scale`: the number of replicas alone, in the same form for every kind. */
export function scale(call: ResourceRequest, body: unknown): void {
	const { served, target, resources, info, request, response } = call;
	const { kind } = served;
	const access = kind.scale;
	if (!access) throw noSuchPath();
	const old = resources.get(kind, target.namespace, target.name ?? "");
	const current = scaleOf(call, old);
	let wanted: Scale;
	if (info.verb === "get") {
		sendAs(response, 200, current, call.as);
		return;
	}
	if (info.verb === "update") wanted = acceptAs<Scale>("V1Scale", SCALE, body);
	else if (info.verb === "patch") wanted = patched(call, current, body);
	else throw methodNotAllowed();

	const name = wanted.metadata?.name ?? target.name;
	if (name !== target.name) {
		throw new ApiError(
			400,
			"BadRequest",
			`the name of the object (${name}) does not match the name on the URL (${target.name})`,
		);
	}
	const replicas = wanted.spec?.replicas ?? 0;
	if (replicas < 0) {
		const errors = new Violations();
		errors.invalid("spec.replicas", replicas, "must be greater than or equal to 0");
		errors.throwIfAny(SCALE, target.name ?? "");
	}
	const object = copy(old);
	access.setReplicas(object, replicas);
	const { resourceVersion, uid } = wanted.metadata ?? {};
	const { resourceVersion: _old, ...metadata } = object.metadata;
	object.metadata = { ...metadata, ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
	if (kind.needsResourceVersion && !resourceVersion)
		Object.assign(object.metadata, { resourceVersion: old.metadata.resourceVersion });
	const stored = update(resources, kind, old, object, { ...writeOptions(call), subresource: "scale" });
	sendAs(response, 200, scaleOf(call, stored), call.as);

	function patched({ info: { query } }: ResourceRequest, from: Scale, patch: unknown): Scale {
		const whole = copy(from) as unknown as KubernetesObject;
		if (mediaType(request.headers["content-type"]) === APPLY_PATCH) {
			checkAppliedType(patch, SCALE);
			const applied = acceptAs<KubernetesObject>("V1Scale", SCALE, patch);
			applied.metadata ??= whole.metadata;
			const options = { fieldManager: managerOf(request, query), force: true, gvk: SCALE, time: "" };
			return applyServerSide(whole, applied, options) as unknown as Scale;
		}
		const { resourceVersion: _version, ...metadata } = whole.metadata;
		const type = request.headers["content-type"] ?? "";
		const merged = mediaType(type).startsWith("application/strategic-merge") ? "application/merge-patch+json" : type;
		return acceptAs<Scale>("V1Scale", SCALE, applyPatch(SCALE, { ...whole, metadata }, merged, patch));
	}
}

function scaleOf(
	{ served: { kind } }: ResourceRequest,
	object: KubernetesObject,
): Scale & { apiVersion: "autoscaling/v1"; kind: "Scale" } {
	const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
	const access = kind.scale;
	const selector = access?.selector(object) ?? "";
	return {
		kind: "Scale",
		apiVersion: apiVersionOf(SCALE.group, SCALE.version) as "autoscaling/v1",
		metadata: {
			name,
			...(namespace ? { namespace } : {}),
			...(uid ? { uid } : {}),
			...(resourceVersion ? { resourceVersion } : {}),
			...(creationTimestamp ? { creationTimestamp } : {}),
		},
		spec: { replicas: access?.replicas(object) ?? 0 },
		status: { replicas: access?.statusReplicas(object) ?? 0, ...(selector ? { selector } : {}) },
	};
}
