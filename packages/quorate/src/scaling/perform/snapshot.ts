import type { ClusterView } from "../../cluster/cluster-view.ts";
import { historyJSON } from "../../cluster/history.ts";
import { rememberSaved } from "../../cluster/recorded-snapshot.ts";
import { pickSource } from "../../cluster/snapshot-source.ts";
import { saveSnapshot } from "../../etcd/snapshot/save.ts";
import { hasLostHistory } from "../lost-history.ts";
import type { Step } from "../step.ts";
import type { PerformContext } from "./context.ts";
import { editStatefulSet, recordFor } from "./edit-stateful-set.ts";

/** Saves and verifies a snapshot, then writes down that there is one, with the StatefulSet as it was found. */
export async function takeSnapshot(
	context: PerformContext,
	view: ClusterView,
	{ rolling }: Extract<Step, { kind: "take-snapshot" }>,
): Promise<string> {
	const { cluster, signal, snapshotFile, saved } = context;
	if (snapshotFile === undefined) throw new Error("no file to save the snapshot to");
	const pod = pickSource(view);
	// the file may be there, and only the writing down have failed
	saved.snapshot ??= await saveSnapshot(cluster.members.to(pod), snapshotFile, {
		signal,
		onProgress: ({ bytes, total }) => context.onProgress("snapshot", { done: bytes, total, unit: "bytes" }),
	});
	const { path, revision, sha256, keys, size } = saved.snapshot;
	const snapshot = { file: path, revision: String(revision), sha256, takenAt: new Date().toISOString(), size };
	await rememberSaved(snapshot);
	const { proven, ...record } = recordFor(context, view);
	const history = historyJSON({ clusterId: view.etcd.clusterId, revision, keys });
	await editStatefulSet(
		context,
		view,
		{
			...record,
			snapshot,
			history,
			// what was proven of data that is no more says nothing of what was accepted in its place
			...(proven && !hasLostHistory(view) ? { proven } : {}),
			...(rolling ? { rolling } : {}),
		},
		() => {},
	);
	return `${keys} keys at revision ${revision} from ${pod.name}, in ${path}`;
}
