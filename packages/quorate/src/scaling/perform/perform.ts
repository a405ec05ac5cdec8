import type { ClusterView } from "../../cluster/cluster-view.ts";
import type { Step } from "../step.ts";
import { confirmHistory } from "./confirm-history.ts";
import { confirmSteady } from "./confirm-steady.ts";
import type { PerformContext } from "./context.ts";
import { addLearner, confirmMembers, moveLeader, promote, removeMember } from "./membership.ts";
import { proveAndRecord } from "./prove.ts";
import { removeWithPod } from "./remove-with-pod.ts";
import { restartPod } from "./restart-pod.ts";
import { takeSnapshot } from "./snapshot.ts";
import {
	fence,
	lowerReplicas,
	nameMembers,
	noteLeaving,
	raiseReplicas,
	restoreStrategy,
	restoreTemplate,
	rollPod,
	unnameMembers,
} from "./template.ts";
import { createVolume, deleteClaim, deleteVolume, placeVolume, removeCleaner, visitVolume } from "./volume.ts";

/**
 * Carries out one step against the real systems.
 *
 * @returns a few words on what came of it, where there is something to tell
 * @throws {LookAgain} where the step did not take, and deciding anew is all that is needed
 */
export async function perform(context: PerformContext, view: ClusterView, step: Step): Promise<string | undefined> {
	confirmSteady(context, view, step);
	await confirmHistory(context, view, step);
	switch (step.kind) {
		case "take-snapshot":
			return takeSnapshot(context, view, step);
		case "create-volume":
			await createVolume(context, view, step.volume);
			return undefined;
		case "fence":
			await fence(context, view, step);
			return undefined;
		case "add-learner":
			await addLearner(context, view, step);
			return undefined;
		case "raise-replicas":
			await raiseReplicas(context, view, step.replicas);
			return undefined;
		case "name-members":
			await nameMembers(context, view, step);
			return undefined;
		case "unname-members":
			await unnameMembers(context, view, step);
			return undefined;
		case "roll-pod":
			await rollPod(context, view, step);
			return undefined;
		case "restore-template":
			await restoreTemplate(context, view, step);
			return undefined;
		case "restart-pod":
			await restartPod(context, view, step);
			return undefined;
		case "promote":
			await promote(context, view, step);
			return undefined;
		case "prove":
			return proveAndRecord(context, view, step.voters);
		case "move-leader":
			await moveLeader(context, view, step);
			return undefined;
		case "note-leaving":
			await noteLeaving(context, view, step);
			return undefined;
		case "lower-replicas":
			await confirmMembers(context, view);
			await lowerReplicas(context, view, step);
			return undefined;
		case "remove-member":
			await (step.replicas === undefined ? removeMember : removeWithPod)(context, view, step);
			return undefined;
		case "place-volume":
			await placeVolume(context, view, step);
			return undefined;
		case "look-into-volume":
		case "empty-volume":
			await visitVolume(context, view, step);
			return undefined;
		case "remove-cleaner":
			await removeCleaner(context, step.pod, step.uid);
			return undefined;
		case "delete-claim":
			await deleteClaim(context, view, step);
			return undefined;
		case "delete-volume":
			await deleteVolume(context, view, step);
			return undefined;
		case "restore-strategy":
			await restoreStrategy(context, view);
			return undefined;
	}
}
