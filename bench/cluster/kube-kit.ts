import { join } from "node:path";
import { guideCluster } from "../../e2e/guide-cluster.ts";
import { kubectl } from "../../e2e/kubectl.ts";
import { runProcess } from "../measure/process.ts";
import { timed } from "../measure/repeat.ts";
import { memoryOf, processes } from "./memory.ts";

const VERSION = "3.5.9";
const NAMESPACE = "bench";

/** A real Kubernetes on this machine, by the script `kube` in the folder that KUBE_KIT names. */
export interface KubeKit {
	/** milliseconds from nothing until three members are Ready, without the making of their image */
	readonly readyMs: number;
	/** bytes of all its processes, without etcd's */
	readonly memory: number;
	readonly kubeconfig: string;
}

/** Undefined: KUBE_KIT is not set. Rejects where a cluster of the kit's is up already, which is then left alone. */
export async function withKubeKit<T>(signal: AbortSignal, use: (kit: KubeKit) => Promise<T>): Promise<T | undefined> {
	const folder = process.env.KUBE_KIT;
	if (folder === undefined || folder === "") return undefined;
	const kube = (...args: string[]) => runProcess(join(folder, "kube"), args, { signal });
	const down = () => runProcess(join(folder, "kube"), ["down"]);
	const up = async () => {
		try {
			return (await kube("up", "--nodes", "5")).ms;
		} catch (error) {
			if (!String(error).includes("already up")) await down().catch(() => {});
			throw error;
		}
	};
	// the first time it gets itself the tools that it needs
	await up();
	await down();
	const before = processes();
	const upMs = await up();
	try {
		await kube("etcd-image", VERSION);
		const kubeconfig = (await kube("kubeconfig")).stdout.trim();
		const readyMs = upMs + (await timed(() => startMembers(kubeconfig)));
		const pids = [...processes()].flatMap(([pid, name]) => (before.has(pid) || name === "etcd" ? [] : [pid]));
		return await use({ readyMs, memory: memoryOf(pids), kubeconfig });
	} finally {
		await down();
	}
}

async function startMembers(kubeconfig: string): Promise<void> {
	const items = guideCluster({ namespace: NAMESPACE, image: `etcd:${VERSION}` });
	const within = ["-n", NAMESPACE, "--timeout=120s"];
	await kubectl(kubeconfig, ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
	await kubectl(kubeconfig, ["rollout", "status", "sts/mayastor-etcd", ...within]);
	await kubectl(kubeconfig, ["wait", "pod", "-l", "app=etcd", "--for=condition=Ready", ...within]);
}
