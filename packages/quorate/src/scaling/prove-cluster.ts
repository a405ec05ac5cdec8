import { type ClusterView, podOf } from "../cluster/cluster-view.ts";
import type { RecordedHistory } from "../cluster/history.ts";
import type { ClusterAccess } from "../cluster/observe.ts";
import { verdictHint } from "../cluster/verdict.ts";
import { QuorateError } from "../errors.ts";
import type { Proof } from "../proof/proof.ts";
import { prove } from "../proof/prove.ts";
import { lostMemberHint } from "./lost-member.ts";

export interface ProveClusterOptions {
	/** the snapshot whose keys must still be there. @default none */
	snapshot?: string;
	/** what was recorded of the cluster before. @default nothing */
	recorded?: readonly RecordedHistory[];
	/** each value is compared byte for byte, though the members' hashes agree. @default false */
	values?: boolean;
	signal?: AbortSignal;
	onProgress?: (progress: { done: number; unit: "keys" }) => void;
}

/**
 * Compares every member of the cluster, each read from its own store.
 *
 * @throws {QuorateError} MemberUnreachable where a member cannot be asked: a proof that leaves one out proves nothing
 */
export function proveCluster(
	cluster: ClusterAccess,
	view: ClusterView,
	options: ProveClusterOptions = {},
): Promise<Proof> {
	const { snapshot, recorded = [], values = false, signal, onProgress } = options;
	const silent = view.etcd.members.find((member) => member.status === undefined);
	if (view.etcd.trouble || silent || view.etcd.members.length === 0)
		throw new QuorateError("MemberUnreachable", {
			operation: `comparing the members of ${view.statefulSet.name}`,
			message:
				view.etcd.trouble ??
				`${silent?.name || "a member that has not started"} does not answer (${silent?.trouble ?? "no members"})`,
			state: "nothing was changed",
			hint:
				verdictHint(view) ??
				(silent ? lostMemberHint(view, silent) : undefined) ??
				`kubectl get pods -n ${view.statefulSet.namespace}`,
		});
	const members = view.etcd.members.flatMap((member) => {
		const pod = podOf(view, member);
		if (!pod) return [];
		return [{ id: member.id, name: member.name, isLearner: member.isLearner, client: cluster.members.to(pod) }];
	});
	return prove(members, {
		...(snapshot === undefined ? {} : { snapshot }),
		recorded,
		values,
		...(signal ? { signal } : {}),
		onProgress: ({ keys }) => onProgress?.({ done: keys, unit: "keys" }),
	});
}
