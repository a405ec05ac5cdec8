import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { EtcdBinaries } from "../binaries/etcd-folder.ts";
import { run } from "../binaries/run.ts";
import { LabError } from "../lab-error.ts";
import { peerUrl, podName } from "../mayastor/names.ts";
import { etcdVolumePath } from "../mayastor/volumes.ts";
import { memberNode } from "./lab-nodes.ts";

export interface Restore {
	/** absolute */
	snapshot: string;
	members: number;
	etcd: EtcdBinaries;
	scheme: "http" | "https";
	/** the lab's folder */
	folder: string;
}

/** milliseconds for one member */
const TIMEOUT = 30 * 60_000;

/** Writes each member's data directory from a snapshot, on the disk of the node that its volume is bound to. Throws LabError SnapshotNotRestored. */
export async function restoreSnapshot(restore: Restore, signal?: AbortSignal): Promise<void> {
	const { members, etcd, scheme, folder, snapshot } = restore;
	const ordinals = Array.from({ length: members }, (_, ordinal) => ordinal);
	const initialCluster = ordinals.map((ordinal) => `${podName(ordinal)}=${peerUrl(ordinal, scheme)}`).join(",");
	// One after the other: each takes as much memory as etcd does.
	for (const ordinal of ordinals) {
		const data = join(folder, "disks", memberNode(ordinal), etcdVolumePath(ordinal), "data");
		await mkdir(dirname(data), { recursive: true });
		const flags = {
			name: podName(ordinal),
			"initial-cluster": initialCluster,
			"initial-cluster-token": "etcd-cluster-k8s",
			"initial-advertise-peer-urls": peerUrl(ordinal, scheme),
			"data-dir": data,
		};
		const args = [
			"snapshot",
			"restore",
			snapshot,
			...Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
		];
		const { code, stderr } = await run(etcd.etcdutl ?? etcd.etcdctl, args, {
			env: { ...process.env, ETCDCTL_API: "3" },
			timeout: TIMEOUT,
			...(signal ? { signal } : {}),
		});
		if (code !== 0) throw notRestored(snapshot, etcd, stderr);
	}
}

function notRestored(snapshot: string, { version }: EtcdBinaries, stderr: string): LabError {
	const last = stderr.trim().split("\n").at(-1) ?? "";
	return new LabError("SnapshotNotRestored", {
		operation: `restoring ${snapshot} with etcd ${version}`,
		message: last === "" ? "etcd's own tool failed without a word" : last,
		hint: "the file must be a whole snapshot, and etcd's minor version that which wrote it, or later",
	});
}
