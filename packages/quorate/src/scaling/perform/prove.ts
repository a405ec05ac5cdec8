import { type ClusterView, withoutStayed } from "../../cluster/cluster-view.ts";
import { historyJSON } from "../../cluster/history.ts";
import { assertProof } from "../../proof/proof.ts";
import { recordedByRun } from "../lost-history.ts";
import { proveCluster } from "../prove-cluster.ts";
import type { PerformContext } from "./context.ts";
import { editStatefulSet, recordFor } from "./edit-stateful-set.ts";

/** Proves that nothing was lost, and only then writes down that it was proven. */
export async function proveAndRecord(context: PerformContext, view: ClusterView, voters: number): Promise<string> {
	const snapshot = view.snapshotReadable ? view.statefulSet.record?.snapshot?.file : undefined;
	const proof = await proveCluster(context.cluster, view, {
		...(snapshot === undefined ? {} : { snapshot }),
		recorded: recordedByRun(view),
		signal: context.signal,
		onProgress: (progress) => context.onProgress("proof", progress),
	});
	context.onProof(proof);
	assertProof(proof);
	const history = historyJSON(proof);
	await editStatefulSet(
		context,
		view,
		{ ...withoutStayed(view, recordFor(context, view)), history, proven: { voters, revision: history.revision } },
		() => {},
	);
	return `${proof.keys} keys equal on ${proof.members.length} members at revision ${proof.revision}`;
}
