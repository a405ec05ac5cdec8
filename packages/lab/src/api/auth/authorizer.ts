import type { ClusterRole, ClusterRoleBinding, PolicyRule, RoleBinding, Subject } from "kubernetes-types/rbac/v1";
import type { Surroundings, User } from "../machinery/kind.ts";

const RBAC = "rbac.authorization.k8s.io";

export interface ResourceRequest {
	verb: string;
	group: string;
	/** the plural */
	resource: string;
	subresource?: string | undefined;
	namespace?: string | undefined;
	name?: string | undefined;
}

export interface PathRequest {
	verb: string;
	path: string;
}

export interface Verdict {
	allowed: boolean;
	reason: string;
}

type Look = Pick<Surroundings, "find" | "all">;

/** Role-based access control over the roles and bindings that are stored; members of system:masters may do everything. */
export function authorize(around: Look, user: User, request: ResourceRequest | PathRequest): Verdict {
	if (user.groups.includes("system:masters")) return { allowed: true, reason: "" };
	const namespace = "path" in request ? undefined : request.namespace;
	for (const { rules, reason } of grants(around, user, namespace)) {
		if (rules.some((rule) => ("path" in request ? allowsPath(rule, request) : allowsResource(rule, request)))) {
			return { allowed: true, reason };
		}
	}
	return { allowed: false, reason: "" };
}

/** All rules that hold for `user`, cluster-wide and in `namespace`. */
export function grants(
	around: Look,
	user: User,
	namespace: string | undefined,
): { rules: PolicyRule[]; reason: string }[] {
	const found: { rules: PolicyRule[]; reason: string }[] = [];
	for (const object of around.all(RBAC, "clusterrolebindings")) {
		const binding = object as unknown as ClusterRoleBinding;
		const subject = binding.subjects?.find((entry) => means(entry, user, ""));
		const role = subject && clusterRole(around, binding.roleRef.name);
		const why = `ClusterRoleBinding "${object.metadata.name}" of ClusterRole "${binding.roleRef.name}" to ${about(subject)}`;
		if (role) found.push({ rules: role, reason: `RBAC: allowed by ${why}` });
	}
	for (const object of namespace ? around.all(RBAC, "rolebindings", namespace) : []) {
		const binding = object as unknown as RoleBinding;
		const subject = binding.subjects?.find((entry) => means(entry, user, namespace ?? ""));
		if (!subject) continue;
		const { kind, name } = binding.roleRef;
		const role = rulesOfRole(around, kind, namespace, name);
		const why = `RoleBinding "${object.metadata.name}/${namespace}" of ${kind} "${name}" to ${about(subject)}`;
		if (role) found.push({ rules: role, reason: `RBAC: allowed by ${why}` });
	}
	return found;
}

/** The rules of a role or a cluster role; undefined where there is no such role. */
export function rulesOfRole(
	around: Look,
	kind: string,
	namespace: string | undefined,
	name: string,
): PolicyRule[] | undefined {
	return kind === "ClusterRole" ? clusterRole(around, name) : rulesOf(around.find(RBAC, "roles", namespace, name));
}

const about = (subject: Subject | undefined) => {
	if (!subject) return "";
	const name = subject.kind === "ServiceAccount" ? `${subject.name}/${subject.namespace ?? ""}` : subject.name;
	return `${subject.kind} "${name}"`;
};

function rulesOf(role: unknown): PolicyRule[] | undefined {
	return role ? ((role as ClusterRole).rules ?? []) : undefined;
}

function clusterRole(around: Look, name: string): PolicyRule[] | undefined {
	const role = around.find(RBAC, "clusterroles", undefined, name) as unknown as ClusterRole | undefined;
	const selectors = role?.aggregationRule?.clusterRoleSelectors;
	if (!selectors) return rulesOf(role);
	return around.all(RBAC, "clusterroles").flatMap((entry) => {
		const labels = entry.metadata.labels ?? {};
		const chosen = selectors.some((selector) =>
			Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value),
		);
		return chosen ? (rulesOf(entry) ?? []) : [];
	});
}

function means(subject: Subject, user: User, namespace: string): boolean {
	if (subject.kind === "User") return subject.name === user.name;
	if (subject.kind === "Group") return user.groups.includes(subject.name);
	return user.name === `system:serviceaccount:${subject.namespace || namespace}:${subject.name}`;
}

const has = (list: string[] | undefined, value: string) => Boolean(list?.includes("*") || list?.includes(value));

function allowsResource(rule: PolicyRule, request: ResourceRequest): boolean {
	if (!has(rule.verbs, request.verb) || !has(rule.apiGroups, request.group)) return false;
	const resource = request.subresource ? `${request.resource}/${request.subresource}` : request.resource;
	const anyOf = request.subresource ? Boolean(rule.resources?.includes(`*/${request.subresource}`)) : false;
	if (!has(rule.resources, resource) && !anyOf) return false;
	return !rule.resourceNames?.length || (request.name !== undefined && rule.resourceNames.includes(request.name));
}

function allowsPath(rule: PolicyRule, request: PathRequest): boolean {
	if (!has(rule.verbs, request.verb)) return false;
	return (rule.nonResourceURLs ?? []).some(
		(url) => url === "*" || url === request.path || (url.endsWith("*") && request.path.startsWith(url.slice(0, -1))),
	);
}
