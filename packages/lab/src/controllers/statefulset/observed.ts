import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { availableIn, isRunningAndReady, isTerminating } from "../pod-state.ts";
import type { Claim, Pod, StatefulSet } from "../stored.ts";
import { minReadySeconds } from "./identity.ts";
import type { NewPod } from "./new-pod.ts";

/** What is done next, in this order; the first that fails ends the round. */
export type Action =
	| { do: "create-pod"; ordinal: number; pod: NewPod }
	| { do: "create-claims"; ordinal: number; pod: Pod }
	| { do: "mend-pod"; ordinal: number; pod: Pod }
	| { do: "set-claim-owners"; ordinal: number; pod: Pod }
	| { do: "delete-pod"; pod: Pod; why: "finished" | "scale-down" | "update" };

export interface Observed {
	set: StatefulSet;
	/** the set's own pods, terminating ones too */
	pods: readonly Pod[];
	/** claims of the set's namespace, by name */
	claims: ReadonlyMap<string, Claim>;
	current: { name: string; template: PodTemplateSpec };
	update: { name: string; template: PodTemplateSpec };
	collisions: number;
	/** ms since the epoch: minReadySeconds is counted by it */
	now: number;
}

/** Ready, and for as long as the set asks. */
export function isAvailable({ set, now }: Observed, pod: Pod): boolean {
	return isRunningAndReady(pod) && availableIn(pod, minReadySeconds(set), now) === 0;
}

/** Available, and to stay. */
export const isUp = (observed: Observed, pod: Pod): boolean => isAvailable(observed, pod) && !isTerminating(pod);
