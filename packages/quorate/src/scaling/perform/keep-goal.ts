import { isDeepStrictEqual } from "node:util";
import type { ClusterView } from "../../cluster/cluster-view.ts";
import type { PerformContext } from "./context.ts";
import { editStatefulSet, lasting, recordFor } from "./edit-stateful-set.ts";

/**
 * Not every step writes the StatefulSet: a run that resumes another with other flags writes its goal down before its first change, so that
 * whoever resumes it keeps to them; and so one that rolls out a template that was corrected since.
 */
export async function keepGoal(context: PerformContext, view: ClusterView): Promise<void> {
	const { record, followsTemplate } = view.statefulSet;
	if (!record || (!followsTemplate && isDeepStrictEqual(record.goal, lasting(context.goal)))) return;
	await editStatefulSet(context, view, recordFor(context, view), () => {});
}
