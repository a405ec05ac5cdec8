import { kubectl } from "../kubectl.ts";
import { NAMESPACE, SET } from "./lab-cluster.ts";
import type { Shape } from "./schedule.ts";

/** etcdctl's own words, so that it needs no more than a shell: what some charts and many copied manifests do. */
const REMOVE_ITSELF = `ID=$(etcdctl member list | grep ", $(hostname)," | cut -d, -f1)
etcdctl member remove "$ID"`;

interface ApiObject {
	kind: string;
	metadata: { name: string; namespace?: string; labels?: object; annotations?: object };
	spec: Record<string, unknown>;
}

/** Begins the cluster once more, empty, as `shape` says: in other folders, and with other pods. */
export async function reshape(kubeconfig: string, shape: Shape): Promise<void> {
	const kube = (args: readonly string[], input?: string) => kubectl(kubeconfig, args, input);
	const set = JSON.parse(await kube(["get", "sts", SET, "-n", NAMESPACE, "-o", "json"])) as ApiObject;
	const volumes = (JSON.parse(await kube(["get", "pv", "-o", "json"])) as { items: ApiObject[] }).items;
	await kube(["delete", "sts", SET, "-n", NAMESPACE]);
	await kube(["wait", "pods", "--all", "-n", NAMESPACE, "--for=delete", "--timeout=90s"]);
	await kube(["delete", "pvc", "--all", "-n", NAMESPACE]);
	await kube(["delete", "pv", ...volumes.map(({ metadata }) => metadata.name), "--ignore-not-found"]);
	const items = [...volumes.map((volume) => reshapedVolume(volume, shape)), reshapedSet(set, shape)].map(asNew);
	await kube(["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
}

function reshapedVolume(volume: ApiObject, shape: Shape): ApiObject {
	const { name } = volume.spec.claimRef as { name: string };
	const ordinal = Number(name.split("-").at(-1));
	const path = shape.kind === "same-path" ? "/data/etcd" : `/var/local/again/pod-${ordinal}`;
	const tied = shape.kind === "same-path" && shape.tied;
	const expression = { key: "kubernetes.io/hostname", operator: "In", values: [`worker-${ordinal}`] };
	return {
		...volume,
		spec: {
			...volume.spec,
			claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name, namespace: NAMESPACE },
			hostPath: { path, type: "DirectoryOrCreate" },
			...(tied ? { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } } } : {}),
		},
	};
}

function reshapedSet(set: ApiObject, shape: Shape): ApiObject {
	if (shape.kind !== "hook") return set;
	const spec = structuredClone(set.spec) as { template: { spec: { containers: Record<string, unknown>[] } } };
	const [container] = spec.template.spec.containers;
	if (container) container.lifecycle = { preStop: { exec: { command: ["/bin/sh", "-ec", REMOVE_ITSELF] } } };
	return { ...set, spec: spec as unknown as Record<string, unknown> };
}

/** Without what the API server has put to it. */
function asNew({ metadata, ...rest }: ApiObject): object {
	const { name, namespace, labels, annotations } = metadata;
	const { status: _, ...object } = rest as typeof rest & { status?: unknown };
	return { ...object, metadata: { name, namespace, labels, annotations } };
}
