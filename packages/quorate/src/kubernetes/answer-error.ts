import { QuorateError } from "../errors.ts";
import { describeTarget, isWrite, qualifiedName, type Target } from "./request.ts";
import type { StatusError } from "./status.ts";

/** Who asked whom, for messages. */
export interface Asker {
	server: string;
	/** the user's name in the kubeconfig, or the service account */
	user: string;
	/** where both are from: a kubeconfig's path */
	source: string;
}

/** The error for an answer that is not 2xx. */
export function answerError(status: StatusError, target: Target, asker: Asker): QuorateError {
	const operation = describeTarget(target);
	const state = isWrite(target.verb) ? "nothing was changed" : undefined;
	const details = { operation, cause: status, ...(state ? { state } : {}) };
	switch (status.status) {
		case 401:
			return new QuorateError("Unauthorized", {
				...details,
				message: `${asker.server} does not accept the credentials of user "${asker.user}" (${asker.source})`,
				hint: "log in again, or see with `kubectl auth whoami` whether these credentials are still good",
			});
		case 403:
			return forbidden(status, target, asker, details);
		case 404:
			return new QuorateError("NotFound", { ...details, message: status.message, hint: notFoundHint(status, target) });
		case 409:
			return new QuorateError("Conflict", {
				...details,
				message: status.message,
				hint: status.reason === "AlreadyExists" ? "it is there already" : "read it anew and decide again",
			});
		case 429:
		case 502:
		case 503:
		case 504:
			return new QuorateError("Unreachable", {
				operation,
				cause: status,
				message: `${asker.server} answered ${status.status}: ${status.message}`,
				...(isWrite(target.verb) ? { state: stateAfter(status.status) } : {}),
				hint: "the API server is starting, overloaded, or behind a proxy that cannot reach it: try again in a moment",
			});
		default:
			return refused(status, target, asker, details);
	}
}

interface Details {
	operation: string;
	cause: StatusError;
	state?: string;
}

// Every authorizer's refusal goes through the same text; what admission refuses with 403 is worded otherwise.
const DENIED = /User "([^"]*)" cannot (\S+) (?:resource "([^"]*)"(?: in API group "([^"]*)")?|path)/;

function forbidden(status: StatusError, target: Target, asker: Asker, details: Details): QuorateError {
	const denied = DENIED.exec(status.message);
	if (!denied && status.reason === "Forbidden") {
		const hint = "this is a rule of the cluster (admission, quota), not a missing right: the message says which";
		return new QuorateError("ApiRefused", { ...details, message: status.message, hint });
	}
	const user = denied?.[1] ?? asker.user;
	const verb = denied?.[2] ?? target.verb;
	const resource = denied?.[3] ? `${denied[3]}${denied[4] ? `.${denied[4]}` : ""}` : qualifiedName(target);
	const place = target.namespace === undefined ? "in the whole cluster" : `in namespace ${target.namespace}`;
	const scope = target.namespace === undefined ? "" : ` -n ${target.namespace}`;
	return new QuorateError("Forbidden", {
		...details,
		message: `user "${user}" may not ${verb} ${resource} ${place}${denied ? "" : `: ${status.message}`}`,
		hint: `have a role with verb "${verb}" on ${resource} bound to that user; \`kubectl auth can-i ${verb} ${resource}${scope}\` tells whether it is`,
	});
}

function notFoundHint(status: StatusError, target: Target): string {
	if (status.reason !== "NotFound" || /could not find the requested resource/.test(status.message)) {
		return `this API server may not serve ${qualifiedName(target)}: is it the right one, and new enough?`;
	}
	const scope = target.namespace === undefined ? "" : ` -n ${target.namespace}`;
	return `\`kubectl get ${qualifiedName({ resource: target.resource })}${scope}\` lists those that exist`;
}

function refused(status: StatusError, target: Target, asker: Asker, details: Details): QuorateError {
	const causes = status.causes.map(
		(cause) => `${cause.field ? `${cause.field}: ` : ""}${cause.message || cause.reason}`,
	);
	// The message of an Invalid names its causes already, cut short where there are many.
	const missing = causes.filter((cause) => !status.message.includes(cause));
	const list = missing.length > 0 ? `; ${missing.join("; ")}` : "";
	const doubt = isWrite(target.verb) && status.status >= 500 ? { state: stateAfter(status.status) } : {};
	const message = `the API server refused it (${status.status}${status.reason ? ` ${status.reason}` : ""}): ${status.message}${list}`;
	// Only an API server, and not what may stand before it, gives a reason.
	const hint = status.reason === "" ? { hint: `is ${asker.server} the right address (${asker.source})?` } : {};
	return new QuorateError("ApiRefused", { ...details, ...doubt, ...hint, message });
}

// 429 and 503 are sent by a server that has not begun; any other 5xx may come from the middle of a write.
function stateAfter(status: number): string {
	return status === 429 || status === 503 ? "nothing was changed" : "it is not known whether the change was made";
}
