import { type ClusterView, isLeaving, podAt, voters } from "../../cluster/cluster-view.ts";
import { describeBreach, type History, parseHistory } from "../../cluster/history.ts";
import { QuorateError } from "../../errors.ts";
import { EtcdError } from "../../etcd/member-client.ts";
import { countKeysAt } from "../../proof/recorded-histories.ts";
import { runBegun } from "../lost-history.ts";
import type { Step } from "../step.ts";
import { LookAgain, type PerformContext } from "./context.ts";
import { proveAndRecord } from "./prove.ts";

/** After these something that may hold the last copy of the data is gone, or nobody looks any more. */
const TAKES_AWAY: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>([
	"lower-replicas",
	"remove-member",
	"empty-volume",
	"delete-claim",
	"delete-volume",
	"restore-strategy",
]);

/**
 * Before anything is taken away, the members that stay show that they have the history that this run recorded. An id and a revision do
 * not: a member that lost its disk may begin again under the same ids, and be written to until its revision is higher. So its keys at
 * the recorded revision are counted on each; where that revision is compacted, all of it is proven once more, and then looked at anew.
 *
 * @throws {QuorateError} HistoryLost
 * @throws {LookAgain} a member does not answer, or all was proven once more
 */
export async function confirmHistory(context: PerformContext, view: ClusterView, step: Step): Promise<void> {
	if (!TAKES_AWAY.has(step.kind)) {
		return;
	}
	const { record } = view.statefulSet;
	const history = record?.history && parseHistory(record.history);
	const counts = history?.keys === undefined ? [] : await countOnEach(context, view, history.revision);
	for (const { name, keys } of counts) {
		if (history && keys !== undefined && keys !== history.keys) {
			throw historyLost(view, name, { ...history, keys }, history);
		}
	}
	const isKnown = counts.length > 0 && counts.every(({ keys }) => keys !== undefined);
	// one that is on its way out cannot be compared; it was just before
	if (!isKnown && view.etcd.members.every(({ status }) => status !== undefined)) {
		await proveAndRecord(context, view, voters(view).length);
		throw new LookAgain(
			"all keys were compared once more, which takes a while: nothing is taken away by what was seen before",
			"if it goes on, see how often etcd compacts: --auto-compaction-retention",
		);
	}
}

/** By member; keys undefined: that revision is compacted. */
function countOnEach({ cluster, signal }: PerformContext, view: ClusterView, revision: bigint) {
	const staying = voters(view).filter((member) => member.status && !isLeaving(view, member));
	return Promise.all(
		staying.flatMap(({ name, ordinal }) => {
			const pod = ordinal === undefined ? undefined : podAt(view, ordinal);
			if (!pod) {
				return [];
			}
			const client = cluster.members.to(pod);
			return [countKeysAt(revision, { name, client }, { signal }).then((keys) => ({ name, keys }), lookAgain)];
		}),
	);
}

/** A member that has just started has yet to apply what is recorded, or to answer. */
function lookAgain(error: unknown): never {
	if (error instanceof EtcdError) {
		throw new LookAgain(
			`${error.member} does not say what it held when this run recorded it: ${error.message}`,
			"see the pods and their logs; nothing is taken away until every member answers",
			{ cause: error },
		);
	}
	throw error;
}

function historyLost({ statefulSet: set }: ClusterView, member: string, now: History, recorded: History): QuorateError {
	const by = set.record ? runBegun(set.record) : "this run";
	return new QuorateError("HistoryLost", {
		operation: `counting the keys of ${member} at revision ${recorded.revision}`,
		message: describeBreach("other-keys", now, { ...recorded, by }),
		hint: `delete no pod, claim, volume or folder now: one of them may hold the data; if it was restored or replaced on purpose: quorate abort sts/${set.name} -n ${set.namespace} --accept-history`,
	});
}
