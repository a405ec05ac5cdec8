import { join } from "node:path";
import { guideCluster } from "../../e2e/guide-cluster.ts";
import { run } from "../../e2e/kubectl.ts";
import { runProcess } from "../measure/process.ts";
import { kubectl } from "./commands.ts";
import { memoryOf, processes } from "./memory.ts";

const VERSION = "3.5.9";

/** A real Kubernetes on this machine, by the script `kube` in the folder that KUBE_KIT names. */
export interface KubeKit {
	/** from nothing until three members are Ready; milliseconds */
	readonly readyMs: number;
	/** bytes of all its processes but etcd's members */
	readonly memory: number;
	readonly kubeconfig: string;
}

/** Undefined: KUBE_KIT is not set. Takes it down afterwards; one that is up already is not touched. */
export async function withKubeKit<T>(signal: AbortSignal, use: (kit: KubeKit) => Promise<T>): Promise<T | undefined> {
	const folder = process.env.KUBE_KIT;
	if (folder === undefined || folder === "") return undefined;
	const script = join(folder, "kube");
	const before = processes();
	const began = performance.now();
	await runProcess(script, ["up", "--nodes", "5"], { signal });
	try {
		await runProcess(script, ["etcd-image", VERSION], { signal });
		const kubeconfig = (await runProcess(script, ["kubeconfig"])).stdout.trim();
		await startMembers(kubeconfig);
		const readyMs = performance.now() - began;
		const pids = [...processes()].filter(([pid, name]) => !before.has(pid) && name !== "etcd").map(([pid]) => pid);
		return await use({ readyMs, memory: memoryOf(pids), kubeconfig });
	} finally {
		await runProcess(script, ["down"]);
	}
}

async function startMembers(kubeconfig: string): Promise<void> {
	const namespace = "bench";
	const items = guideCluster({ namespace, image: `etcd:${VERSION}` });
	const list = JSON.stringify({ apiVersion: "v1", kind: "List", items });
	const applied = await run("kubectl", ["--kubeconfig", kubeconfig, "apply", "-f", "-"], { input: list });
	if (applied.code !== 0) throw new Error(`kubectl apply: ${applied.stderr}`);
	const timeout = "--timeout=120s";
	await kubectl(kubeconfig, ["rollout", "status", "sts/mayastor-etcd", "-n", namespace, timeout]);
	await kubectl(kubeconfig, ["wait", "pod", "-n", namespace, "-l", "app=etcd", "--for=condition=Ready", timeout]);
}
