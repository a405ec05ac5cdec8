import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { onLab } from "../cluster-under-test.ts";
import { kubectl, type Ran } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

/** The etcd of one case's manifest in a lab: StatefulSet `etcd` in the namespace of the case's name. */
export interface CaseCluster {
	readonly namespace: string;
	kube(...args: string[]): Promise<string>;
	apply(object: object): Promise<string>;
	etcdctl(...args: string[]): Promise<string>;
	quorate(...args: readonly string[]): Promise<Ran>;
	/** all that an operation could change */
	state(): Promise<string[]>;
	/** ends its pods; the lab stays */
	destroy(): Promise<unknown>;
}

export interface CaseLab {
	/** The lab's. */
	readonly kubeconfig: string;
	/** @param change of the manifest's text; @param namespace that the changed manifest has. @default the case's name */
	start(name: string, change?: (manifest: string) => string, namespace?: string): Promise<CaseCluster>;
	destroy(): Promise<void>;
}

/** @param folder where commands run */
export async function caseLab(folder: string): Promise<CaseLab> {
	const lab = await onLab({ members: 1, nodes: 6, empty: true, etcdVersion: "3.5.35" });
	const { kubeconfig } = lab;
	const start: CaseLab["start"] = async (name, change = (manifest) => manifest, namespace = name) => {
		const kube = (...args: string[]) => kubectl(kubeconfig, [...args, "-n", namespace]);
		const manifest = await readFile(new URL(`${name}.yaml`, import.meta.url), "utf8");
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
		return {
			namespace,
			kube,
			apply: (object) => kubectl(kubeconfig, ["apply", "-f", "-"], JSON.stringify(object)),
			etcdctl,
			quorate: (command = "", ...args) => quorate(kubeconfig, [command, "-n", namespace, ...args], { cwd: folder }),
			state: async () => {
				const path = '{range .items[*]}{.kind} {.metadata.name} {.metadata.uid} {.metadata.annotations}{"\\n"}{end}';
				return [
					await kube("get", "sts", "etcd", "-o", "jsonpath={.metadata.generation} {.metadata.annotations}"),
					await kube("get", "pods,pvc,leases", "-o", `jsonpath=${path}`),
					await etcdctl("member", "list"),
				];
			},
			destroy: () => kubectl(kubeconfig, ["delete", "namespace", namespace, "--wait=false"]),
		};
	};
	return { kubeconfig, start, destroy: lab.destroy };
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
