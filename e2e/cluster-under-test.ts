import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { type Cluster, openCluster } from "quorate";
import { dialLab, downLab, labFaults, labKubeconfig, type UpOptions, upLab } from "quorate-lab";
import { type GuideClusterOptions, guideCluster } from "./guide-cluster.ts";
import { kubectl, run } from "./kubectl.ts";

/** One etcd cluster that a test may do with as it likes, on the lab or on a real Kubernetes. */
export interface ClusterUnderTest {
	readonly kubeconfig: string;
	readonly namespace: string;
	open(): Promise<Cluster>;
	/** a connection such as the cluster's clients have */
	dial(): Promise<Duplex>;
	/** pulls the plug of the node of that name, or puts it back in; undefined: there is no way to */
	readonly power: NodePower | undefined;
	destroy(): Promise<void>;
}

export type NodePower = (node: string, power: "off" | "on") => Promise<unknown>;

/** A kubeconfig with rights on everything, of a Kubernetes of at least five nodes that has the images below; undefined: lab only. */
export const REAL_KUBECONFIG: string | undefined = process.env.QUORATE_TEST_KUBECONFIG;

/** Images on the real Kubernetes, `etcd:VERSION`. */
export const REAL_VERSIONS: readonly string[] = (process.env.QUORATE_TEST_ETCD_VERSIONS ?? "3.5.9,3.6.16").split(",");

/** A shell command that switches the node $NODE of the real Kubernetes off or on, as $POWER says; undefined: its nodes stay on. */
const REAL_POWER: string | undefined = process.env.QUORATE_TEST_NODE_POWER;

/** Of the Kubernetes that {@link REAL_KUBECONFIG} names. */
export const realPower: NodePower | undefined =
	REAL_POWER === undefined
		? undefined
		: async (node, power) => {
				const { code, stderr } = await run("sh", ["-c", REAL_POWER], {
					env: { ...process.env, NODE: node, POWER: power },
				});
				if (code !== 0) throw new Error(`${REAL_POWER}: exit code ${code}\n${stderr}`);
			};

const NAME = "mayastor-etcd";
let number = 0;

/** The lab, with Mayastor's keyspace in etcd. */
export async function onLab(options: Omit<UpOptions, "name"> = {}): Promise<ClusterUnderTest> {
	const name = `e2e-${process.pid}-${++number}`;
	await upLab({ name, ...options }, {});
	const kubeconfig = await labKubeconfig(name);
	return {
		kubeconfig,
		namespace: "mayastor",
		open: () => openCluster({ kubeconfig, namespace: "mayastor" }),
		dial: () => dialLab(name, `${NAME}.mayastor.svc.cluster.local`, 2379),
		power: (node, power) => (power === "on" ? labFaults(name).startNode(node) : labFaults(name).stopNode(node)),
		destroy: async () => {
			await downLab(name);
		},
	};
}

/** The same cluster on the Kubernetes that {@link REAL_KUBECONFIG} names, in a namespace of its own. */
export async function onReal(options: Omit<GuideClusterOptions, "namespace">): Promise<ClusterUnderTest> {
	if (REAL_KUBECONFIG === undefined) throw new Error("QUORATE_TEST_KUBECONFIG names no kubeconfig");
	return inNamespace(REAL_KUBECONFIG, options);
}

interface ApiObject {
	kind: string;
	metadata: { name: string; namespace?: string; labels?: object; annotations?: object };
	spec?: { clusterIP?: string; clusterIPs?: string[]; claimRef?: { uid?: string; resourceVersion?: string } };
	data?: object;
	type?: string;
}

/** What a lab with these options has in its namespace `mayastor`, made on the Kubernetes that {@link REAL_KUBECONFIG} names. */
export async function onRealAsInLab(options: Omit<UpOptions, "name">): Promise<ClusterUnderTest> {
	if (REAL_KUBECONFIG === undefined) throw new Error("QUORATE_TEST_KUBECONFIG names no kubeconfig");
	const real = REAL_KUBECONFIG;
	const namespace = "mayastor";
	const kube = (args: readonly string[], input?: string) => kubectl(real, args, input);
	const lab = await onLab({ ...options, empty: true });
	const list = await kubectl(lab.kubeconfig, ["get", "secrets,svc,pv,sts", "-n", namespace, "-o", "json"]).finally(() =>
		lab.destroy(),
	);
	// a folder that was used before has another cluster's data
	const folder = `/var/local/quorate-e2e-${process.pid}-${++number}`;
	const fresh = list.replaceAll("/var/local/mayastor", folder);
	const items = (JSON.parse(fresh) as { items: ApiObject[] }).items.map(asNew);
	await kube(["delete", "namespace", namespace, "--ignore-not-found", "--timeout=120s"]);
	await deleteVolumes(kube, await volumesOf(kube, namespace));
	await kube(["create", "namespace", namespace]);
	await kube(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
	// before there are users, etcdctl of 3.7 is refused with one, and no pod is Ready
	if (options.auth) await untilDone(() => kube(["exec", `${NAME}-0`, "-n", namespace, "--", "sh", "-c", ENABLE_AUTH]));
	await kube(["wait", `sts/${NAME}`, "-n", namespace, "--for=jsonpath={.status.readyReplicas}=3", "--timeout=120s"]);
	const tunnels = await openCluster({ kubeconfig: real, namespace, name: NAME });
	let next = 0;
	return {
		kubeconfig: real,
		namespace,
		open: () => openCluster({ kubeconfig: real, namespace, name: NAME }),
		dial: () => tunnels.dialPod(`${NAME}-${next++ % 3}`),
		power: realPower,
		destroy: async () => {
			tunnels.close();
			await leave(kube, namespace);
		},
	};
}

type Kube = (args: readonly string[]) => Promise<string>;

/** Of a namespace's end half a minute is Kubernetes' own pace, which nobody has to wait for. */
async function leave(kube: Kube, namespace: string): Promise<void> {
	const volumes = await volumesOf(kube, namespace);
	await kube(["delete", "namespace", namespace, "--wait=false"]);
	await deleteVolumes(kube, volumes, "--wait=false");
}

async function deleteVolumes(kube: Kube, volumes: readonly string[], ...flags: string[]): Promise<void> {
	if (volumes.length > 0) await kube(["delete", "pv", ...volumes, "--ignore-not-found", ...flags]);
}

/** Names of the volumes that claims of the namespace have, or had. */
async function volumesOf(kube: Kube, namespace: string): Promise<string[]> {
	const path = 'jsonpath={range .items[*]}{.metadata.name} {.spec.claimRef.namespace}{"\\n"}{end}';
	const lines = (await kube(["get", "pv", "-o", path])).split("\n").map((line) => line.split(" "));
	return lines.flatMap(([volume, owner]) => (volume && owner === namespace ? [volume] : []));
}

const ENABLE_AUTH = `unset ETCDCTL_USER; etcdctl endpoint health --cluster || exit 1
etcdctl user add root:"$ETCD_ROOT_PASSWORD"; etcdctl user grant-role root root; etcdctl auth enable`;

async function untilDone(attempt: () => Promise<unknown>): Promise<void> {
	for (const until = Date.now() + 90_000; ; await sleep(2000)) {
		try {
			await attempt();
			return;
		} catch (error) {
			if (Date.now() > until) throw error;
		}
	}
}

/** An object as it would be written by hand. */
function asNew({ metadata, spec, ...rest }: ApiObject): ApiObject {
	const { name, namespace, labels, annotations } = metadata;
	const { clusterIP, clusterIPs: _, claimRef, ...others } = spec ?? {};
	const headless = clusterIP === "None" ? { clusterIP } : {};
	// without it any claim would take any volume
	const { uid: __, resourceVersion: ___, ...claim } = claimRef ?? {};
	const bound = claimRef ? { claimRef: claim } : {};
	return {
		...rest,
		metadata: {
			name,
			...(namespace ? { namespace } : {}),
			...(labels ? { labels } : {}),
			...(annotations ? { annotations } : {}),
		},
		...(spec ? { spec: { ...others, ...headless, ...bound } } : {}),
	};
}

/** The guide's cluster in a new namespace of any Kubernetes that has its image. */
export async function inNamespace(
	kubeconfig: string,
	options: Omit<GuideClusterOptions, "namespace">,
): Promise<ClusterUnderTest> {
	const namespace = `quorate-e2e-${process.pid}-${++number}`;
	const items = guideCluster({ namespace, ...options });
	const kube = (args: readonly string[], input?: string) => kubectl(kubeconfig, args, input);
	await kube(["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
	const ready = `--for=jsonpath={.status.readyReplicas}=${options.members ?? 3}`;
	await kube(["wait", `sts/${NAME}`, "-n", namespace, ready, "--timeout=120s"]);
	// the controller of a real cluster says that a roll-out is over a moment before the pods say so
	await kube(["wait", "pod", "-n", namespace, "-l", "app=etcd", "--for=condition=Ready", "--timeout=60s"]);
	const tunnels = await openCluster({ kubeconfig, namespace, name: NAME });
	let next = 0;
	return {
		kubeconfig,
		namespace,
		open: () => openCluster({ kubeconfig, namespace, name: NAME }),
		dial: () => tunnels.dialPod(`${NAME}-${(options.firstOrdinal ?? 0) + (next++ % (options.members ?? 3))}`),
		power: kubeconfig === REAL_KUBECONFIG ? realPower : undefined,
		destroy: async () => {
			tunnels.close();
			await leave(kube, namespace);
		},
	};
}
