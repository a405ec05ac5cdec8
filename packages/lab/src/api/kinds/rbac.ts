import type {
	ClusterRole,
	ClusterRoleBinding,
	PolicyRule,
	Role,
	RoleBinding,
	RoleRef,
	Subject,
} from "kubernetes-types/rbac/v1";
import { checkBinding, checkRole } from "../auth/escalation.ts";
import { equal } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import { AGE, CREATED_AT, column, NAME, wide } from "./columns.ts";

const GROUP = "rbac.authorization.k8s.io";

function validateRules(rules: PolicyRule[] | undefined, namespaced: boolean, errors: Violations): void {
	for (const [index, rule] of (rules ?? []).entries()) {
		const field = `rules[${index}]`;
		if (!rule.verbs?.length) errors.required(`${field}.verbs`, "verbs must contain at least one value");
		if (rule.nonResourceURLs?.length) {
			if (namespaced) {
				errors.invalid(
					`${field}.nonResourceURLs`,
					rule.nonResourceURLs,
					"namespaced rules cannot apply to non-resource URLs",
				);
			}
			if (rule.apiGroups?.length || rule.resources?.length || rule.resourceNames?.length) {
				errors.invalid(
					`${field}.nonResourceURLs`,
					rule.nonResourceURLs,
					"rules cannot apply to both regular resources and non-resource URLs",
				);
			}
			continue;
		}
		if (!rule.apiGroups?.length)
			errors.required(`${field}.apiGroups`, "resource rules must supply at least one api group");
		if (!rule.resources?.length)
			errors.required(`${field}.resources`, "resource rules must supply at least one resource");
	}
}

interface Binding {
	roleRef?: RoleRef;
	subjects?: Subject[];
}

const written = <P extends string>(plural: P, { metadata }: { metadata?: { namespace?: string; name?: string } }) => ({
	plural,
	namespace: metadata?.namespace,
	name: metadata?.name ?? "",
});

function setBindingDefaults(binding: Binding): void {
	if (binding.roleRef && !binding.roleRef.apiGroup) binding.roleRef.apiGroup = GROUP;
	for (const subject of binding.subjects ?? []) {
		if (subject.apiGroup === undefined && subject.kind !== "ServiceAccount") subject.apiGroup = GROUP;
	}
}

function validateBinding(binding: Binding, kinds: string[], errors: Violations): void {
	const { apiGroup, kind, name } = binding.roleRef ?? {};
	if (apiGroup !== GROUP) errors.notSupported("roleRef.apiGroup", apiGroup ?? "", [GROUP]);
	if (!kinds.includes(kind ?? "")) errors.notSupported("roleRef.kind", kind ?? "", kinds);
	if (!name) errors.required("roleRef.name");
	for (const [index, subject] of (binding.subjects ?? []).entries()) {
		const field = `subjects[${index}]`;
		if (!subject.name) errors.required(`${field}.name`);
		if (!["ServiceAccount", "User", "Group"].includes(subject.kind)) {
			errors.notSupported(`${field}.kind`, subject.kind, ["ServiceAccount", "User", "Group"]);
		}
		if (subject.kind === "ServiceAccount" && kinds.length === 1 && !subject.namespace)
			errors.required(`${field}.namespace`);
	}
}

const inGo = (role: RoleRef | undefined) => ({
	APIGroup: role?.apiGroup ?? "",
	Kind: role?.kind ?? "",
	Name: role?.name ?? "",
});

function validateBindingUpdate(binding: Binding, old: Binding, errors: Violations): void {
	if (!equal(binding.roleRef, old.roleRef)) errors.invalid("roleRef", inGo(binding.roleRef), "cannot change roleRef");
}

const subjectsOf = (binding: Binding, kind: string) =>
	(binding.subjects ?? [])
		.filter((subject) => subject.kind === kind)
		.map((subject) => (kind === "ServiceAccount" ? `${subject.namespace ?? ""}/${subject.name}` : subject.name))
		.join(", ");

const bindingColumns = [
	NAME,
	column<Binding>("Role", (binding) => `${binding.roleRef?.kind ?? ""}/${binding.roleRef?.name ?? ""}`),
	AGE,
	wide<Binding>("Users", (binding) => subjectsOf(binding, "User")),
	wide<Binding>("Groups", (binding) => subjectsOf(binding, "Group")),
	wide<Binding>("ServiceAccounts", (binding) => subjectsOf(binding, "ServiceAccount")),
];

export const roles = defineKind<Role>({
	group: GROUP,
	version: "v1",
	kind: "Role",
	plural: "roles",
	singular: "role",
	namespaced: true,
	schema: "V1Role",
	names: "path-segment",
	returnsDeleted: true,
	permit: (role, user, around) => checkRole(around, user, written("roles", role), role),
	columns: [NAME, CREATED_AT],
	validate: (role, errors) => validateRules(role.rules, true, errors),
});

export const clusterroles = defineKind<ClusterRole>({
	group: GROUP,
	version: "v1",
	kind: "ClusterRole",
	plural: "clusterroles",
	singular: "clusterrole",
	namespaced: false,
	schema: "V1ClusterRole",
	names: "path-segment",
	returnsDeleted: true,
	permit: (role, user, around) => checkRole(around, user, written("clusterroles", role), role),
	columns: [NAME, CREATED_AT],
	validate: (role, errors) => validateRules(role.rules, false, errors),
});

export const rolebindings = defineKind<RoleBinding>({
	group: GROUP,
	version: "v1",
	kind: "RoleBinding",
	plural: "rolebindings",
	singular: "rolebinding",
	namespaced: true,
	schema: "V1RoleBinding",
	names: "path-segment",
	returnsDeleted: true,
	permit: (binding, user, around) => checkBinding(around, user, written("rolebindings", binding), binding.roleRef),
	columns: bindingColumns,
	setDefaults: setBindingDefaults,
	validate: (binding, errors) => validateBinding(binding, ["Role", "ClusterRole"], errors),
	validateUpdate: validateBindingUpdate,
});

export const clusterrolebindings = defineKind<ClusterRoleBinding>({
	group: GROUP,
	version: "v1",
	kind: "ClusterRoleBinding",
	plural: "clusterrolebindings",
	singular: "clusterrolebinding",
	namespaced: false,
	schema: "V1ClusterRoleBinding",
	names: "path-segment",
	returnsDeleted: true,
	permit: (binding, user, around) =>
		checkBinding(around, user, written("clusterrolebindings", binding), binding.roleRef),
	columns: bindingColumns,
	setDefaults: setBindingDefaults,
	validate: (binding, errors) => validateBinding(binding, ["ClusterRole"], errors),
	validateUpdate: validateBindingUpdate,
});
