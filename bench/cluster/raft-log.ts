import { kubectl } from "./commands.ts";
import { type BenchLab, NAMESPACE, STATEFULSET } from "./lab.ts";

const FEW = [
	"ETCD_SNAPSHOT_COUNT=100",
	"ETCD_SNAPSHOT_CATCHUP_ENTRIES=50",
	// as it was called before 3.6
	"ETCD_EXPERIMENTAL_SNAPSHOT_CATCHUP_ENTRIES=50",
];

/** etcd keeps its newest entries in memory: with gigabytes written at once, and all members on one machine, too much. */
export async function keepRaftLogShort({ kubeconfig }: BenchLab): Promise<void> {
	const set = `sts/${STATEFULSET}`;
	await kubectl(kubeconfig, ["set", "env", set, "-n", NAMESPACE, ...FEW]);
	await kubectl(kubeconfig, ["rollout", "status", set, "-n", NAMESPACE, "--timeout=120s"]);
}
