import { ALL_VERBS, apiVersionOf, type ResourceKind } from "../machinery/kind.ts";
import { type Registry, type Served, servedKind } from "../machinery/registry.ts";

/** The version of Kubernetes whose behaviour this follows. */
export const VERSION = {
	major: "1",
	minor: "34",
	gitVersion: "v1.34.0+lab",
	gitCommit: "0000000000000000000000000000000000000000",
	gitTreeState: "clean",
	buildDate: "2025-08-27T00:00:00Z",
	goVersion: "go1.24.6",
	compiler: "gc",
	platform: "linux/amd64",
};

/** kubectl prefers kinds in the order of these groups; what is not here comes after them. */
const ORDER = [
	...["", "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "autoscaling", "batch"],
	...["policy", "rbac.authorization.k8s.io", "storage.k8s.io", "apiextensions.k8s.io", "coordination.k8s.io"],
	...["discovery.k8s.io"],
];

interface Subresource {
	name: string;
	kind: string;
	group: string;
	version: string;
	verbs: string[];
}

export function subresourcesOf(served: Served): Subresource[] {
	const { kind, group, version } = served;
	if (served.view) return [];
	const own = { kind: kind.kind, group, version };
	const found: Subresource[] = Object.entries(kind.subresources ?? {}).map(([name, entry]) => ({
		name,
		kind: entry.kind,
		group: entry.group ?? group,
		version: entry.version ?? version,
		verbs: entry.verbs,
	}));
	const verbs = ["get", "patch", "update"];
	if (kind.scale) found.push({ name: "scale", kind: "Scale", group: "autoscaling", version: "v1", verbs });
	if (kind.status) found.push({ name: "status", ...own, verbs });
	const order = kind.custom ? -1 : 1;
	return found.sort((a, b) => (a.name < b.name ? -order : order));
}

const verbsOf = ({ verbs = ALL_VERBS, custom }: ResourceKind) => (custom ? verbs : [...verbs].sort());

const byName = (a: Served, b: Served) => (a.kind.plural < b.kind.plural ? -1 : 1);

/** `/api` and `/apis` of old. */
export function legacyRoot(prefix: "api" | "apis", registry: Registry, address: string): unknown {
	if (prefix === "api") {
		return {
			kind: "APIVersions",
			versions: ["v1"],
			serverAddressByClientCIDRs: [{ clientCIDR: "0.0.0.0/0", serverAddress: address }],
		};
	}
	return {
		kind: "APIGroupList",
		apiVersion: "v1",
		groups: groupNames(registry).map((group) => apiGroup(registry, group)),
	};
}

const rank = (group: string) => {
	const index = ORDER.indexOf(group);
	return index < 0 ? ORDER.length : index;
};

const groupNames = (registry: Registry) =>
	[...registry.groups().keys()].filter((group) => group !== "").sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));

/** `/apis/apps`; undefined where there is no such group. */
export function apiGroup(registry: Registry, name: string, whole = false): unknown {
	const versions = registry.groups().get(name);
	if (!versions || name === "") return undefined;
	const list = versions.map((version) => ({ groupVersion: `${name}/${version}`, version }));
	return { ...(whole ? { kind: "APIGroup", apiVersion: "v1" } : {}), name, versions: list, preferredVersion: list[0] };
}

/** `/api/v1`, `/apis/apps/v1`; undefined where there is no such version. */
export function resourceList(registry: Registry, group: string, version: string): unknown {
	const all = registry.in(group, version);
	if (all.length === 0) return undefined;
	const resources = [...all].sort(byName).flatMap((served) => {
		const { kind } = served;
		const { namespaced, plural } = kind;
		return [
			{
				name: plural,
				singularName: kind.singular,
				namespaced,
				kind: servedKind(served),
				verbs: verbsOf(kind),
				...(kind.shortNames ? { shortNames: kind.shortNames } : {}),
				...(kind.categories ? { categories: kind.categories } : {}),
			},
			...subresourcesOf(served).map((sub) => ({
				name: `${plural}/${sub.name}`,
				singularName: "",
				namespaced,
				...(sub.group !== group || sub.version !== version ? { group: sub.group, version: sub.version } : {}),
				kind: sub.kind,
				verbs: sub.verbs,
			})),
		];
	});
	return { kind: "APIResourceList", apiVersion: "v1", groupVersion: apiVersionOf(group, version), resources };
}

/** Everything under `/api` or `/apis` at once. */
export function aggregated(prefix: "api" | "apis", registry: Registry, as: string): unknown {
	const groups = prefix === "api" ? [""] : groupNames(registry);
	return {
		kind: "APIGroupDiscoveryList",
		apiVersion: `apidiscovery.k8s.io/${as}`,
		metadata: {},
		items: groups.map((group) => ({
			metadata: group === "" ? {} : { name: group },
			versions: (registry.groups().get(group) ?? []).map((version) => ({
				version,
				resources: registry.in(group, version).sort(byName).map(discovered),
				freshness: "Current",
			})),
		})),
	};
}

function discovered(served: Served): unknown {
	const { kind, group, version } = served;
	const subresources = subresourcesOf(served).map((sub) => ({
		subresource: sub.name,
		responseKind: { group: sub.group, version: sub.version, kind: sub.kind },
		verbs: sub.verbs,
	}));
	return {
		resource: kind.plural,
		responseKind: { group, version, kind: servedKind(served) },
		scope: kind.namespaced ? "Namespaced" : "Cluster",
		singularResource: kind.singular,
		verbs: verbsOf(kind),
		...(kind.shortNames ? { shortNames: kind.shortNames } : {}),
		...(kind.categories ? { categories: kind.categories } : {}),
		...(subresources.length > 0 ? { subresources } : {}),
	};
}
