import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { type NodePower, onLab, REAL_KUBECONFIG, REAL_VERSIONS, realPower } from "../cluster-under-test.ts";
import { killOn, kubectl, type Ran } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

/** The etcd of one case's manifest in a lab: StatefulSet `etcd` in the namespace of the case's name. */
export interface CaseCluster {
	readonly namespace: string;
	kube(...args: string[]): Promise<string>;
	apply(object: object): Promise<string>;
	etcdctl(...args: string[]): Promise<string>;
	quorate(...args: readonly string[]): Promise<Ran>;
	/** the same, killed as soon as it prints this */
	quorateUntil(pattern: RegExp, ...args: readonly string[]): Promise<Ran>;
	/** all that an operation could change */
	state(): Promise<string[]>;
	/** ends its pods; the lab stays */
	destroy(): Promise<unknown>;
}

export interface CaseLab {
	readonly kubeconfig: string;
	/** of a node; a real Kubernetes may have no way to */
	readonly power: NodePower;
	/** folder on each node that the manifests' static volumes are in */
	readonly disk: string;
	/** @param change of the manifest's text; @param namespace that the changed manifest has. @default the case's name */
	start(name: string, change?: (manifest: string) => string, namespace?: string): Promise<CaseCluster>;
	/** Another case's manifest, in a namespace of its own. */
	startAs(namespace: string, name: string, change?: (manifest: string) => string): Promise<CaseCluster>;
	destroy(): Promise<void>;
}

/** As the manifests have it. */
const IMAGE = /(?:coreos\/)?etcd:v?3\.5\.35/g;
const DISK = "/data";

/** @param folder where commands run */
export async function caseLab(folder: string): Promise<CaseLab> {
	const lab = await onLab({ members: 1, nodes: 6, empty: true, etcdVersion: "3.5.35" });
	const { kubeconfig, power } = lab;
	if (!power) throw new Error("the nodes of a lab have a switch");
	return casesOn({ kubeconfig, power, disk: DISK, image: undefined, destroy: lab.destroy }, folder);
}

/** The same on the Kubernetes that {@link REAL_KUBECONFIG} names; what was started there ends with it. */
export async function caseReal(folder: string): Promise<CaseLab> {
	if (REAL_KUBECONFIG === undefined) throw new Error("QUORATE_TEST_KUBECONFIG names no kubeconfig");
	const off = () => Promise.reject(new Error("QUORATE_TEST_NODE_POWER names no switch"));
	return casesOn(
		{
			kubeconfig: REAL_KUBECONFIG,
			power: realPower ?? off,
			disk: `/var/local/quorate-case-${process.pid}`,
			image: `etcd:${REAL_VERSIONS[0]}`,
			destroy: async () => {},
		},
		folder,
	);
}

/** The lab, and where there is one a real Kubernetes: for cases that a kubelet or an admission plugin decides. */
export const CASE_TARGETS: readonly (readonly [string, typeof caseLab])[] = [
	["the lab", caseLab],
	...(REAL_KUBECONFIG ? [["a real Kubernetes", caseReal] as const] : []),
];

function casesOn(
	{ image, destroy, ...target }: Omit<CaseLab, "start" | "startAs"> & { image: string | undefined },
	folder: string,
): CaseLab {
	const { kubeconfig, disk } = target;
	const started: CaseCluster[] = [];
	const start: CaseLab["start"] = async (name, change = (manifest) => manifest, namespace = name) => {
		const kube = (...args: string[]) => kubectl(kubeconfig, [...args, "-n", namespace]);
		const found = await readFile(new URL(`${name}.yaml`, import.meta.url), "utf8");
		const manifest = found.replaceAll(IMAGE, (same) => image ?? same).replaceAll(`${DISK}/`, `${disk}/`);
		// what a new kind is needed for is refused until that is known
		await untilDone(() => kubectl(kubeconfig, ["apply", "-f", "-"], change(manifest)));
		const etcdctl = (...args: string[]) =>
			kubectl(kubeconfig, ["exec", "etcd-0", "-n", namespace, "--", "etcdctl", ...args]);
		const replicas = await kube("get", "sts", "etcd", "-o", "jsonpath={.spec.replicas}");
		await untilDone(async () => {
			const { members } = JSON.parse(await etcdctl("member", "list", "-w", "json"));
			if (members.length !== Number(replicas)) throw new Error(`${members.length} members of ${replicas}`);
			// a member alone need not be reached by others under the name that it advertises
			await etcdctl("endpoint", "health", ...(members.length > 1 ? ["--cluster"] : []));
		});
		const etcd: CaseCluster = {
			namespace,
			kube,
			apply: (object) => kubectl(kubeconfig, ["apply", "-f", "-"], JSON.stringify(object)),
			etcdctl,
			quorate: (command = "", ...args) => quorate(kubeconfig, [command, "-n", namespace, ...args], { cwd: folder }),
			quorateUntil: (pattern, command = "", ...args) =>
				quorate(kubeconfig, [command, "-n", namespace, ...args], { cwd: folder, ...killOn(pattern) }),
			state: async () => {
				const path = '{range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.annotations}{"\\n"}{end}';
				return [
					await kube("get", "sts", "etcd", "-o", "jsonpath={.metadata.generation} {.metadata.annotations}"),
					await kube("get", "pods,pvc,leases", "-o", `jsonpath=${path}`),
					await etcdctl("member", "list"),
				];
			},
			destroy: async () => {
				const volumes = await volumesOf(kubeconfig, namespace);
				await kubectl(kubeconfig, ["delete", "namespace", namespace, "--wait=false", "--ignore-not-found"]);
				if (volumes.length > 0)
					await kubectl(kubeconfig, ["delete", "pv", ...volumes, "--wait=false", "--ignore-not-found"]);
			},
		};
		started.push(etcd);
		return etcd;
	};
	// a lab takes all that is in it away
	const destroyAll = async () => {
		for (const etcd of started) await etcd.destroy();
		await destroy();
	};
	const startAs: CaseLab["startAs"] = (namespace, name, change = (manifest) => manifest) =>
		start(name, (manifest) => change(manifest.replaceAll(name, namespace)), namespace);
	return { ...target, start, startAs, destroy: target.disk === DISK ? destroy : destroyAll };
}

/** Those that were made for claims of the namespace. */
async function volumesOf(kubeconfig: string, namespace: string): Promise<string[]> {
	const path = `jsonpath={.items[?(@.spec.claimRef.namespace=="${namespace}")].metadata.name}`;
	return (await kubectl(kubeconfig, ["get", "pv", "-o", path])).split(" ").filter(Boolean);
}

async function untilDone(attempt: () => Promise<unknown>): Promise<void> {
	for (const until = Date.now() + 60_000; ; await sleep(500)) {
		try {
			await attempt();
			return;
		} catch (error) {
			if (Date.now() > until) throw error;
		}
	}
}
