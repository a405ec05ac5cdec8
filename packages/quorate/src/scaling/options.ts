import { LARGEST_CLUSTER } from "../cluster/cluster-view.ts";
import { QuorateError } from "../errors.ts";
import { MOST_MEMBERS, type RollOut, type VolumePlace } from "./goal.ts";

/** What a scaling is asked for. */
export interface ScaleOptions {
	/** members that there shall be: a whole number from 1 to 100; "before": as many as before an unfinished scaling, which is so taken back; "present": as many as there are */
	replicas: number | "before" | "present";
	/** bring the pods that are there onto the template, too. @default they are not touched */
	rollOut?: RollOut;
	/**
	 * Where the snapshot goes that is taken and verified before the first change; never overwritten. "none": none is taken.
	 * @default `NAMESPACE-NAME-TIME.db` in the working folder
	 */
	snapshot?: string;
	/** go beyond 7 members, or down to one. @default false */
	force?: boolean;
	/** going down: leave the claims and volumes of the members that leave. @default false */
	keepVolumes?: boolean;
	/**
	 * What is there now is meant, though an earlier operation recorded another cluster or more of it (after a restore, say). Where an unfinished run
	 * recorded it, a snapshot is taken of what is there, even with `snapshot: "none"`. @default false
	 */
	acceptHistory?: boolean;
	/** empty and delete claims and volumes in the way, also those that no run of ours made or made leave. @default false */
	discardVolumes?: boolean;
	/** where static volumes go that are made. @default on nodes chosen, with paths modelled on the present ones */
	volumes?: VolumePlace;
	/** milliseconds that the whole run may take; it then stops between two changes. @default no limit but that of each wait */
	timeoutMs?: number;
}

/** @throws {QuorateError} Usage, before anything is looked at */
export function validateReplicas(replicas: ScaleOptions["replicas"]): void {
	if (typeof replicas === "string" || (Number.isSafeInteger(replicas) && replicas >= 1 && replicas <= LARGEST_CLUSTER))
		return;
	throw new QuorateError("Usage", {
		operation: "reading --replicas",
		message: `--replicas must be a whole number from 1 to ${MOST_MEMBERS} (up to ${LARGEST_CLUSTER} with --force); got ${replicas}`,
		state: "nothing was changed",
		hint: "an odd number of members is best: 3 or 5",
	});
}
