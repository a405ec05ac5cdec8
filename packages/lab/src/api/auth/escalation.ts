import type { ClusterRole, PolicyRule, RoleRef } from "kubernetes-types/rbac/v1";
import { ApiError } from "../api-error.ts";
import type { Surroundings, User } from "../machinery/kind.ts";
import { authorize, grants, rulesOfRole } from "./authorizer.ts";

const RBAC = "rbac.authorization.k8s.io";

/** What is written: `plural` as in an error message. */
interface Written {
	plural: "roles" | "clusterroles" | "rolebindings" | "clusterrolebindings";
	namespace: string | undefined;
	name: string;
}

type Look = Pick<Surroundings, "find" | "all">;

/** A role may hold only rights that its writer has, unless he may `escalate`. @throws {ApiError} 403 */
export function checkRole(around: Look, user: User, written: Written, role: Pick<ClusterRole, "rules">): void {
	if (isMaster(user) || may(around, user, "escalate", written.plural, written)) return;
	confine(around, user, written, role.rules ?? []);
}

/** A binding may give only rights that its writer has, unless he may `bind` that role. @throws {ApiError} 403, 404 */
export function checkBinding(around: Look, user: User, written: Written, { kind, name }: RoleRef): void {
	if (isMaster(user)) return;
	const plural = kind === "ClusterRole" ? "clusterroles" : "roles";
	if (may(around, user, "bind", plural, { ...written, name })) return;
	const rules = rulesOfRole(around, kind, written.namespace, name);
	if (!rules) {
		const message = `${written.plural}.${RBAC} ${JSON.stringify(name)} not found`;
		throw new ApiError(404, "NotFound", message, { name, group: RBAC, kind: written.plural });
	}
	confine(around, user, written, rules);
}

const isMaster = (user: User) => user.groups.includes("system:masters");

const may = (around: Look, user: User, verb: string, resource: string, { namespace, name }: Written) =>
	authorize(around, user, { verb, group: RBAC, resource, namespace, name }).allowed;

function confine(around: Look, user: User, { plural, namespace, name }: Written, wanted: readonly PolicyRule[]): void {
	const held = grants(around, user, namespace).flatMap(({ rules }) => rules);
	const missing = compacted(wanted.flatMap(singles).filter((one) => !held.some((rule) => covers(rule, one))));
	if (missing.length === 0) return;
	const groups = `[${user.groups.map((group) => JSON.stringify(group)).join(" ")}]`;
	const who = `user ${JSON.stringify(user.name)} (groups=${groups})`;
	const what = `${who} is attempting to grant RBAC permissions not currently held:\n${missing.map(printed).join("\n")}`;
	const message = `${plural}.${RBAC} ${JSON.stringify(name)} is forbidden: ${what}`;
	throw new ApiError(403, "Forbidden", message, { name, group: RBAC, kind: plural });
}

/** A rule of one verb on one thing, or several verbs on it. */
interface Single {
	verbs: string[];
	group?: string;
	resource?: string;
	resourceName?: string;
	url?: string;
}

function singles(rule: PolicyRule): Single[] {
	const each = <T>(list: readonly string[] | undefined, make: (entry: string) => T[]) => (list ?? []).flatMap(make);
	return [
		...each(rule.apiGroups, (group) =>
			each(rule.resources, (resource) =>
				each(rule.verbs, (verb): Single[] => {
					const names = rule.resourceNames ?? [];
					if (names.length === 0) return [{ verbs: [verb], group, resource }];
					return names.map((resourceName) => ({ verbs: [verb], group, resource, resourceName }));
				}),
			),
		),
		...each(rule.nonResourceURLs, (url) => each(rule.verbs, (verb) => [{ verbs: [verb], url }])),
	];
}

const has = (list: readonly string[] | undefined, value: string) =>
	Boolean(list?.includes("*") || list?.includes(value));

function covers(rule: PolicyRule, { verbs, group, resource, resourceName, url }: Single): boolean {
	if (!verbs.every((verb) => has(rule.verbs, verb))) return false;
	if (url !== undefined) {
		const matches = (known: string) =>
			known === "*" || known === url || (known.endsWith("*") && url.startsWith(known.slice(0, -1)));
		return (rule.nonResourceURLs ?? []).some(matches);
	}
	const subresource = resource?.split("/")[1];
	const ofAny = subresource !== undefined && rule.resources?.includes(`*/${subresource}`);
	if (!has(rule.apiGroups, group ?? "") || !(has(rule.resources, resource ?? "") || ofAny)) return false;
	return !rule.resourceNames?.length || (resourceName !== undefined && rule.resourceNames.includes(resourceName));
}

/** Verbs on the same thing together, things in the order of their printing. */
function compacted(all: readonly Single[]): Single[] {
	const byThing = new Map<string, Single>();
	for (const { verbs, ...thing } of all) {
		const key = JSON.stringify(thing);
		byThing.set(key, { ...thing, verbs: [...new Set([...(byThing.get(key)?.verbs ?? []), ...verbs])] });
	}
	return [...byThing.values()].sort((a, b) => (printed(a) < printed(b) ? -1 : 1));
}

function printed({ verbs, group, resource, resourceName, url }: Single): string {
	const list = (name: string, values: readonly (string | undefined)[]) => {
		const known = values.filter((value) => value !== undefined);
		return known.length === 0 ? [] : [`${name}:[${known.map((value) => JSON.stringify(value)).join(" ")}]`];
	};
	const parts = [
		...list("NonResourceURLs", [url]),
		...list("APIGroups", [group]),
		...list("Resources", [resource]),
		...list("ResourceNames", [resourceName]),
		...list("Verbs", verbs),
	];
	return `{${parts.join(", ")}}`;
}
