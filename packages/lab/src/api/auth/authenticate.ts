import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import { ApiError } from "../api-error.ts";
import type { Surroundings, User } from "../machinery/kind.ts";
import { authorize } from "./authorizer.ts";
import type { Tokens } from "./tokens.ts";

type Look = Pick<Surroundings, "find" | "all">;

/**
 * Who asks: the client certificate's common name and organizations, or the service account of a bearer token; or, where that
 * user may, the one whom he impersonates. @throws {ApiError} 401, 403
 */
export function authenticate(request: IncomingMessage, tokens: Tokens, around: Look): User {
	const user = fromCertificate(request) ?? fromToken(request, tokens, around);
	if (!user) throw new ApiError(401, "Unauthorized", "Unauthorized");
	return impersonated(request, user, around);
}

function fromCertificate({ socket }: IncomingMessage): User | undefined {
	if (!(socket instanceof TLSSocket) || !socket.authorized) return undefined;
	const certificate = socket.getPeerCertificate();
	const subject = certificate.subject as { CN?: string | string[]; O?: string | string[] } | undefined;
	const [name] = [subject?.CN ?? []].flat();
	if (!name) return undefined;
	const id = `X509SHA256=${certificate.fingerprint256.replaceAll(":", "").toLowerCase()}`;
	return {
		name,
		groups: [...[subject?.O ?? []].flat(), "system:authenticated"],
		extra: { "authentication.kubernetes.io/credential-id": [id] },
	};
}

function fromToken(request: IncomingMessage, tokens: Tokens, around: Look): User | undefined {
	const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
	return token === undefined ? undefined : tokens.check(token, around);
}

function impersonated(request: IncomingMessage, user: User, around: Look): User {
	const name = one(request.headers["impersonate-user"]);
	const groups = request.headersDistinct["impersonate-group"] ?? [];
	if (!name) {
		if (groups.length === 0) return user;
		throw new ApiError(500, "InternalError", "Internal error occurred: requested groups without impersonating a user");
	}
	require(around, user, "users", name);
	for (const group of groups) require(around, user, "groups", group);
	const authenticated = name === "system:anonymous" ? "system:unauthenticated" : "system:authenticated";
	return {
		name,
		groups: [...new Set([...groups, ...(groups.length === 0 ? accountGroups(name) : []), authenticated])],
	};
}

/** A service account is in its groups without being said so. */
function accountGroups(name: string): string[] {
	const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(name) ?? [];
	return namespace === undefined ? [] : ["system:serviceaccounts", `system:serviceaccounts:${namespace}`];
}

const one = (header: string | string[] | undefined) => [header ?? []].flat()[0];

function require(around: Look, user: User, resource: string, name: string): void {
	if (authorize(around, user, { verb: "impersonate", group: "", resource, name }).allowed) return;
	const message = `${resource} ${JSON.stringify(name)} is forbidden: User ${JSON.stringify(user.name)} cannot impersonate resource ${JSON.stringify(resource)} in API group "" at the cluster scope`;
	throw new ApiError(403, "Forbidden", message, { name, kind: resource });
}
