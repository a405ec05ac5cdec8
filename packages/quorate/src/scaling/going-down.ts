import { type ClusterView, isHealthy, isLocal, type MemberView, tolerance, voters } from "../cluster/cluster-view.ts";
import { nodeOf } from "../cluster/volume-place.ts";
import type { Goal } from "./goal.ts";
import { staticVolume } from "./static-volumes.ts";

/**
 * The last voters, where they are down and the size that is wanted does without them: they need not come back in order to leave. Empty if the
 * others are no quorum. One whose volume is to be emptied, and cannot be where it is, must come back.
 */
export function goingDown(view: ClusterView, goal: Pick<Goal, "replicas" | "keepVolumes">): readonly MemberView[] {
	const { firstOrdinal } = view.statefulSet;
	const all = voters(view);
	const isDown = (ordinal: number) =>
		all.some((member) => member.ordinal === ordinal && !isHealthy(member)) &&
		(goal.keepVolumes === true || canBeEmptied(view, ordinal));
	let count = all.length;
	while (count > goal.replicas && isDown(firstOrdinal + count - 1)) count--;
	if (tolerance(view) < 0) return [];
	return all.filter(({ ordinal }) => ordinal !== undefined && ordinal >= firstOrdinal + count);
}

/** A pod can be started where its volumes are. */
function canBeEmptied(view: ClusterView, ordinal: number): boolean {
	return view.claims.every((claim) => {
		const volume = claim.ordinal === ordinal ? staticVolume(view, claim) : undefined;
		if (!volume || !isLocal(volume)) return true;
		const node = nodeOf(view, volume);
		return view.nodes.some(({ name, ready, schedulable }) => name === node && ready && schedulable);
	});
}
