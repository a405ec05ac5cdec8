import type { BoundObjectReference, TokenRequest } from "kubernetes-types/authentication/v1";
import { expiry } from "../auth/tokens.ts";
import { acceptAs } from "../machinery/body.ts";
import { badRequest, conflict, notFound } from "../machinery/errors.ts";
import { timestamp } from "../machinery/resources.ts";
import { Violations } from "../machinery/violations.ts";
import { PODS } from "../resources.ts";
import type { ResourceRequest } from "./context.ts";
import { sendAs } from "./respond.ts";

const HOUR = 3600;
const REQUEST = { group: "authentication.k8s.io", version: "v1", kind: "TokenRequest" };

/** Issues a token for a service account. */
export function requestToken(call: ResourceRequest, body: unknown): void {
	const { resources, served, target, response, tokens } = call;
	const account = resources.get(served.kind, target.namespace, target.name ?? "");
	const { spec } = acceptAs<TokenRequest>("AuthenticationV1TokenRequest", REQUEST, body ?? {});
	const seconds = spec?.expirationSeconds ?? HOUR;
	const errors = new Violations();
	if (seconds < 600)
		errors.invalid("spec.expirationSeconds", seconds, "may not specify a duration less than 10 minutes");
	errors.throwIfAny(REQUEST, "");
	const { name, namespace = "", uid = "" } = account.metadata;
	const expires = expiry(seconds);
	const audiences = spec?.audiences ?? [];
	const pod = boundPod(call, spec?.boundObjectRef);
	const token = tokens.issue({ namespace, name, uid, audiences, expires, ...(pod ? { pod } : {}) });
	sendAs(
		response,
		201,
		{
			kind: REQUEST.kind,
			apiVersion: "authentication.k8s.io/v1",
			metadata: { name, namespace, creationTimestamp: timestamp() },
			spec: { ...spec, audiences, expirationSeconds: seconds },
			status: { token, expirationTimestamp: timestamp(expires * 1000) },
		},
		call.as,
	);
}

/** The pod with which the token is to end. @throws {ApiError} 404, 409 */
function boundPod(
	{ resources, target }: ResourceRequest,
	reference: BoundObjectReference | undefined,
): { name: string; uid: string } | undefined {
	if (!reference) return undefined;
	if (reference.kind !== "Pod") {
		throw badRequest(
			`cannot bind token for serviceaccount to object type ${reference.apiVersion}, Kind=${reference.kind}`,
		);
	}
	const kind = resources.registry.kind(PODS);
	const { name = "", uid: wanted } = reference;
	const found = resources.collection(kind).get(target.namespace, name);
	if (!found?.metadata.uid) throw notFound(kind, name);
	const { uid } = found.metadata;
	if (wanted && wanted !== uid) {
		throw conflict(
			kind,
			name,
			`the UID in the bound object reference (${wanted}) does not match the UID in record. The object might have been deleted and then recreated`,
		);
	}
	return { name, uid };
}
