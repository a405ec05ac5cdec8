import type { Api, GroupVersionResource } from "./api.ts";
import { DEFAULT_ROLES } from "./auth/default-roles.ts";
import type { KubernetesObject } from "./object.ts";
import { NAMESPACES, SERVICEACCOUNTS, SERVICES } from "./resources.ts";

const RBAC = { group: "rbac.authorization.k8s.io", version: "v1" };

/** What a cluster has before anyone does anything: namespaces, the `kubernetes` Service, roles. */
export function bootstrap(api: Api): void {
	for (const name of ["default", "kube-system", "kube-public", "kube-node-lease"]) {
		add(api, NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
		add(api, SERVICEACCOUNTS, {
			apiVersion: "v1",
			kind: "ServiceAccount",
			metadata: { name: "default", namespace: name },
		});
	}
	add(api, SERVICES, {
		apiVersion: "v1",
		kind: "Service",
		metadata: { name: "kubernetes", namespace: "default", labels: { component: "apiserver", provider: "kubernetes" } },
		spec: { ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: 6443 }] },
	});
	for (const { name, rules, labels, aggregate, groups } of DEFAULT_ROLES) {
		const metadata = { name, labels: { "kubernetes.io/bootstrapping": "rbac-defaults", ...labels } };
		const apiVersion = "rbac.authorization.k8s.io/v1";
		add(
			api,
			{ ...RBAC, resource: "clusterroles" },
			{
				apiVersion,
				kind: "ClusterRole",
				metadata,
				rules,
				...(aggregate ? { aggregationRule: { clusterRoleSelectors: [{ matchLabels: { [aggregate]: "true" } }] } } : {}),
			},
		);
		if (!groups) continue;
		add(
			api,
			{ ...RBAC, resource: "clusterrolebindings" },
			{
				apiVersion,
				kind: "ClusterRoleBinding",
				metadata: { name, labels: { "kubernetes.io/bootstrapping": "rbac-defaults" } },
				roleRef: { apiGroup: RBAC.group, kind: "ClusterRole", name },
				subjects: groups.map((group) => ({ apiGroup: RBAC.group, kind: "Group", name: group })),
			},
		);
	}
}

function add(api: Api, resource: GroupVersionResource, object: KubernetesObject): void {
	api.create(resource, object);
}
