import type { TokenRequest } from "kubernetes-types/authentication/v1";
import { acceptAs } from "../machinery/body.ts";
import { timestamp } from "../machinery/resources.ts";
import { Violations } from "../machinery/violations.ts";
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
	const expires = Math.floor(Date.now() / 1000) + seconds;
	const audiences = spec?.audiences ?? [];
	const token = tokens.issue({ namespace, name, uid, audiences, expires });
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
