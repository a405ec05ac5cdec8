import type { ObjectMeta } from "kubernetes-types/meta/v1";
import { ownersOf, withoutOurs } from "../kubernetes/field-owners.ts";

/** Someone else who sets what is in the StatefulSet. */
export interface ManagerView {
	/** `Helm release mayastor`, `EtcdCluster etcd` */
	readonly name: string;
	/** where that is written: `annotation meta.helm.sh/release-name` */
	readonly seen: string;
	/** puts the object back by itself, at any moment; false: only where someone upgrades, applies or runs it */
	readonly reverts: boolean;
	/** Helm's release */
	readonly release?: { readonly name: string; readonly namespace: string | undefined };
	/** the object that owns the StatefulSet, as kubectl takes it */
	readonly owner?: string;
}

/** Labels and annotations by which tools know what is theirs; `$` stands for what is written there. */
const MARKS: readonly (readonly [key: string, name: string])[] = [
	["argocd.argoproj.io/tracking-id", "Argo CD application $"],
	["argocd.argoproj.io/instance", "Argo CD application $"],
	["kustomize.toolkit.fluxcd.io/name", "Flux kustomization $"],
	["helm.toolkit.fluxcd.io/name", "Flux Helm release $"],
	["fleet.cattle.io/bundle-id", "Fleet bundle $"],
	["objectset.rio.cattle.io/id", "Fleet bundle $"],
	["configsync.gke.io/resource-id", "Config Sync ($)"],
	["kapp.k14s.io/app", "kapp app $"],
	["olm.owner", "Operator Lifecycle Manager ($)"],
	["addonmanager.kubernetes.io/mode", "the addon manager ($)"],
];

/** Field managers of tools that keep what they apply as it is; any other that is not in {@link ONCE} is taken for one. */
const KEEPERS: Readonly<Record<string, string>> = {
	"argocd-controller": "Argo CD",
	"argocd-application-controller": "Argo CD",
	"kustomize-controller": "Flux",
	"helm-controller": "Flux",
	fleetagent: "Fleet",
	"kube-controller-manager": "a HorizontalPodAutoscaler",
};

/** Field managers of what writes when a person, or a pipeline, runs it. */
const ONCE =
	/^(kubectl(-.*)?|oc|helm|k9s|Mozilla|node-fetch|OpenAPI-Generator|Go-http-client|curl|Terraform|HashiCorp|pulumi-.*|before-first-apply|ancient-changes)$/;

/**
 * Who else sets the object's size, by all that Kubernetes says of it: a controller that owns it, the marks of Helm and of GitOps tools, and
 * who owns `spec.replicas`.
 *
 * @param before `managedFields` as they were before our first write, where a run is unfinished
 */
export function managersOf(metadata: ObjectMeta, before?: ObjectMeta["managedFields"]): readonly ManagerView[] {
	const marked = marks(metadata);
	const fields = fieldManagers(metadata.managedFields ?? [], before).filter(
		// the tool that is known by its mark already
		({ name }) => !marked.some((one) => one.name.startsWith(name)),
	);
	return [...helm(metadata), ...controllers(metadata), ...marked, ...fields];
}

function helm({ annotations = {}, labels = {} }: ObjectMeta): ManagerView[] {
	const key = "meta.helm.sh/release-name";
	const name = annotations[key];
	if (name === undefined && labels["app.kubernetes.io/managed-by"] !== "Helm") return [];
	const release = name ?? labels["app.kubernetes.io/instance"] ?? labels.release ?? "?";
	return [
		{
			name: `Helm release ${release}`,
			seen: name === undefined ? "label app.kubernetes.io/managed-by" : `annotation ${key}`,
			reverts: false,
			release: { name: release, namespace: annotations["meta.helm.sh/release-namespace"] },
		},
	];
}

function controllers({ ownerReferences = [] }: ObjectMeta): ManagerView[] {
	return ownerReferences
		.filter(({ controller }) => controller === true)
		.map(({ apiVersion, kind, name }) => {
			const [version = "", group] = apiVersion.split("/").reverse();
			return {
				name: `${kind} ${name}${group ? ` (${group})` : ""}`,
				seen: "metadata.ownerReferences, controller: true",
				reverts: true,
				owner: `${[kind.toLowerCase(), ...(group ? [version, group] : [])].join(".")}/${name}`,
			};
		});
}

function marks({ annotations = {}, labels = {} }: ObjectMeta): ManagerView[] {
	const found = new Map<string, ManagerView>();
	for (const [key, name] of MARKS) {
		const where = annotations[key] === undefined ? "label" : "annotation";
		const value = annotations[key] ?? labels[key];
		if (value === undefined) continue;
		// Argo CD writes `application:group/Kind:namespace/name`
		const whole = name.replace("$", key.startsWith("argocd") ? (value.split(":")[0] ?? value) : value);
		if (!found.has(whole)) found.set(whole, { name: whole, seen: `${where} ${key}`, reverts: true });
	}
	return [...found.values()];
}

function fieldManagers(now: NonNullable<ObjectMeta["managedFields"]>, before: ObjectMeta["managedFields"]) {
	const owners = ownersOf(withoutOurs(now, before), ["f:spec", "f:replicas"]);
	return owners.flatMap(({ manager = "", subresource }): ManagerView[] => {
		// of Kubernetes' own controllers, autoscalers alone set a size
		const isOther = manager === "kube-controller-manager" && subresource !== "scale";
		if (manager === "" || isOther || ONCE.test(manager)) return [];
		const name = KEEPERS[manager] ?? `field manager ${manager}`;
		return [{ name, seen: `metadata.managedFields: spec.replicas is ${manager}'s`, reverts: true }];
	});
}
