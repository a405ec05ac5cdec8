import type { PolicyRule } from "kubernetes-types/rbac/v1";

interface DefaultRole {
	name: string;
	rules: PolicyRule[];
	labels?: Record<string, string>;
	/** the label by which the rules of other roles are taken in */
	aggregate?: string;
	/** bound to these groups */
	groups?: string[];
}

const READ = ["get", "list", "watch"];
const WRITE = ["create", "delete", "deletecollection", "patch", "update"];
const aggregatedTo = (name: string) => `rbac.authorization.k8s.io/aggregate-to-${name}`;

const WORKLOADS: PolicyRule[] = [
	{
		apiGroups: [""],
		resources: [...["configmaps", "endpoints", "persistentvolumeclaims", "pods", "serviceaccounts", "services"]],
		verbs: [],
	},
	{
		apiGroups: ["apps"],
		resources: ["deployments", "deployments/scale", "replicasets", "replicasets/scale"],
		verbs: [],
	},
	{ apiGroups: ["apps"], resources: ["daemonsets", "statefulsets", "statefulsets/scale"], verbs: [] },
	{ apiGroups: ["batch"], resources: ["cronjobs", "jobs"], verbs: [] },
	{ apiGroups: ["policy"], resources: ["poddisruptionbudgets"], verbs: [] },
];

const workloads = (verbs: string[]) => WORKLOADS.map((rule) => ({ ...rule, verbs }));

/** The user-facing roles of a new cluster, and what every user may do. */
export const DEFAULT_ROLES: DefaultRole[] = [
	{
		name: "cluster-admin",
		groups: ["system:masters"],
		rules: [
			{ apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
			{ nonResourceURLs: ["*"], verbs: ["*"] },
		],
	},
	{ name: "admin", rules: [], aggregate: aggregatedTo("admin") },
	{ name: "edit", rules: [], aggregate: aggregatedTo("edit"), labels: { [aggregatedTo("admin")]: "true" } },
	{ name: "view", rules: [], aggregate: aggregatedTo("view"), labels: { [aggregatedTo("edit")]: "true" } },
	{
		name: "system:aggregate-to-admin",
		labels: { [aggregatedTo("admin")]: "true" },
		rules: [
			{ apiGroups: ["authorization.k8s.io"], resources: ["localsubjectaccessreviews"], verbs: ["create"] },
			{ apiGroups: ["rbac.authorization.k8s.io"], resources: ["rolebindings", "roles"], verbs: [...READ, ...WRITE] },
		],
	},
	{
		name: "system:aggregate-to-edit",
		labels: { [aggregatedTo("edit")]: "true", [aggregatedTo("admin")]: "true" },
		rules: [
			...workloads(WRITE),
			{ apiGroups: [""], resources: ["pods/attach", "pods/exec", "pods/portforward"], verbs: ["get", ...WRITE] },
			{ apiGroups: [""], resources: ["pods/eviction"], verbs: ["create"] },
			{ apiGroups: [""], resources: ["secrets"], verbs: [...READ, ...WRITE] },
			{ apiGroups: [""], resources: ["events"], verbs: WRITE },
			{ apiGroups: [""], resources: ["serviceaccounts/token"], verbs: ["create"] },
			{ apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: [...READ, ...WRITE] },
		],
	},
	{
		name: "system:aggregate-to-view",
		labels: { [aggregatedTo("view")]: "true", [aggregatedTo("edit")]: "true", [aggregatedTo("admin")]: "true" },
		rules: [
			...workloads(READ),
			{ apiGroups: [""], resources: ["events", "namespaces", "pods/log", "pods/status"], verbs: READ },
			{ apiGroups: [""], resources: ["persistentvolumeclaims/status", "services/status"], verbs: READ },
			{ apiGroups: ["apps"], resources: ["controllerrevisions", "statefulsets/status"], verbs: READ },
			{ apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: READ },
			{ apiGroups: ["policy"], resources: ["poddisruptionbudgets/status"], verbs: READ },
		],
	},
	{
		name: "system:basic-user",
		groups: ["system:authenticated"],
		rules: [
			{
				apiGroups: ["authorization.k8s.io"],
				resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
				verbs: ["create"],
			},
			{ apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
		],
	},
	{
		name: "system:discovery",
		groups: ["system:authenticated"],
		rules: [
			{
				nonResourceURLs: [
					"/api",
					"/api/*",
					"/apis",
					"/apis/*",
					"/healthz",
					"/livez",
					"/openapi",
					"/openapi/*",
					"/readyz",
					"/version",
					"/version/",
				],
				verbs: ["get"],
			},
		],
	},
	{
		name: "system:public-info-viewer",
		groups: ["system:authenticated", "system:unauthenticated"],
		rules: [{ nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"], verbs: ["get"] }],
	},
	{
		name: "system:service-account-issuer-discovery",
		groups: ["system:serviceaccounts"],
		rules: [
			{
				nonResourceURLs: [
					"/.well-known/openid-configuration",
					"/.well-known/openid-configuration/",
					"/openid/v1/jwks",
					"/openid/v1/jwks/",
				],
				verbs: ["get"],
			},
		],
	},
];
