import { NEEDED_TO_LOOK, NEEDED_TO_SCALE, type NeededVerbs } from "./needed-rights.ts";

export interface RbacOptions {
	/** `look`: status, plan, validate, snapshot save. `scale`: those, and scale and abort. */
	readonly purpose: "look" | "scale";
	/** where the cluster and the account are */
	readonly namespace: string;
	/** of the service account, and of the roles */
	readonly account: string;
	/** Secrets with which etcd is spoken to; none are readable besides */
	readonly secrets: readonly string[];
	/** a provisioner makes the volumes: none are made, bound to nodes or emptied. @default false */
	readonly provisioned?: boolean;
}

/** A rule of a Role or ClusterRole. */
export interface PolicyRule {
	apiGroups: string[];
	resources: string[];
	resourceNames?: string[];
	verbs: string[];
}

const RBAC = "rbac.authorization.k8s.io";

/**
 * What a service account needs, and no more: the account, a Role in the cluster's namespace, a ClusterRole for what is in none, and their
 * bindings; a `List`, as kubectl takes it.
 */
export function rbacManifest({ purpose, namespace, account, secrets, provisioned }: RbacOptions): object {
	const all = purpose === "scale" ? NEEDED_TO_SCALE : NEEDED_TO_LOOK;
	const needs = provisioned ? all.filter(({ forStaticVolumes }) => !forStaticVolumes) : all;
	const inNamespace = rules(needs.filter((need) => !need.clusterWide));
	if (secrets.length > 0)
		inNamespace.push({ apiGroups: [""], resources: ["secrets"], resourceNames: [...secrets], verbs: ["get"] });
	const subjects = [{ kind: "ServiceAccount", name: account, namespace }];
	// a ClusterRole is in no namespace: two clusters' accounts must not share one name
	const wide = `${account}:${namespace}`;
	const object = (kind: string, metadata: object, rest: object) => ({
		apiVersion: `${RBAC}/v1`,
		kind,
		metadata,
		...rest,
	});
	const roleRef = (kind: string, name: string) => ({ apiGroup: RBAC, kind, name });
	const here = { name: account, namespace };
	return {
		apiVersion: "v1",
		kind: "List",
		items: [
			{ apiVersion: "v1", kind: "ServiceAccount", metadata: here },
			object("Role", here, { rules: inNamespace }),
			object("RoleBinding", here, { roleRef: roleRef("Role", account), subjects }),
			object("ClusterRole", { name: wide }, { rules: rules(needs.filter((need) => need.clusterWide)) }),
			object("ClusterRoleBinding", { name: wide }, { roleRef: roleRef("ClusterRole", wide), subjects }),
		],
	};
}

/** One rule a kind, with all its verbs. */
function rules(needs: readonly NeededVerbs[]): PolicyRule[] {
	const found = new Map<string, PolicyRule>();
	for (const { verbs, resource, subresource } of needs) {
		const name = subresource === undefined ? resource.resource : `${resource.resource}/${subresource}`;
		const key = `${resource.group}/${name}`;
		const rule = found.get(key) ?? { apiGroups: [resource.group], resources: [name], verbs: [] };
		rule.verbs.push(...verbs.filter((verb) => !rule.verbs.includes(verb)));
		found.set(key, rule);
	}
	return [...found.values()];
}
