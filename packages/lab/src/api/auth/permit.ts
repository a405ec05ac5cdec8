import { ApiError } from "../api-error.ts";
import type { RequestInfo } from "../http/request-info.ts";
import type { Surroundings, User } from "../machinery/kind.ts";
import { authorize } from "./authorizer.ts";

/** Lets a request through, or says which right is missing as Kubernetes says it. @throws {ApiError} 403 */
export function permit(around: Pick<Surroundings, "find" | "all">, user: User, info: RequestInfo): void {
	const target = info.resource;
	if (!target) {
		if (authorize(around, user, { verb: info.verb, path: info.path }).allowed) return;
		const message = `forbidden: User ${JSON.stringify(user.name)} cannot ${info.verb} path ${JSON.stringify(info.path)}`;
		throw new ApiError(403, "Forbidden", message, {});
	}
	const { group, plural, subresource, namespace, name } = target;
	if (authorize(around, user, { verb: info.verb, group, resource: plural, subresource, namespace, name }).allowed)
		return;
	const resource = group === "" ? plural : `${plural}.${group}`;
	const about = name === undefined ? resource : `${resource} ${JSON.stringify(name)}`;
	const full = subresource ? `${plural}/${subresource}` : plural;
	const where = namespace ? `in the namespace ${JSON.stringify(namespace)}` : "at the cluster scope";
	throw new ApiError(
		403,
		"Forbidden",
		`${about} is forbidden: User ${JSON.stringify(user.name)} cannot ${info.verb} resource ${JSON.stringify(full)} in API group ${JSON.stringify(group)} ${where}`,
		{ ...(name === undefined ? {} : { name }), ...(group ? { group } : {}), kind: plural },
	);
}
