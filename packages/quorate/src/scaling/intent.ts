import { type ClusterView, voters } from "../cluster/cluster-view.ts";
import { QuorateError } from "../errors.ts";
import { describeState, waysOut } from "./describe-state.ts";
import type { Goal, VolumePlace } from "./goal.ts";
import type { ScaleOptions } from "./options.ts";

/**
 * What is wanted now. A run that resumes an unfinished one to the same size keeps to what was agreed to then; one to another size asks
 * for everything again. Volumes that were to be kept stay kept in either, unless they are discarded by name.
 *
 * @throws {QuorateError} Refused: a roll-out is asked for, and members are half-way in or out
 */
export function goalFor(options: ScaleOptions, view: ClusterView): Goal {
	const { record } = view.statefulSet;
	if (options.replicas === "present" && isHalfWay(view)) throw unfinished(view);
	const replicas = wantedReplicas(options, view);
	const takesBack = options.replicas === "before";
	const was = record?.goal;
	const agreed = was?.replicas === replicas && (was.takesBack ?? false) === takesBack ? was : undefined;
	const keepVolumes = !options.discardVolumes && (options.keepVolumes === true || was?.keepVolumes === true);
	const discardVolumes = options.discardVolumes === true || (agreed?.discardVolumes === true && !keepVolumes);
	// said of the data that there is now, and of no other
	const { acceptHistory } = options;
	const volumes = placeOf(options.volumes, agreed?.volumes);
	const volumeNodes = options.volumes?.nodes ? undefined : agreed?.volumeNodes;
	const places = { keepVolumes, discardVolumes, volumes, volumeNodes };
	if (takesBack)
		// taking back needs no snapshot: nothing is done that the snapshot of the run that is taken back would not serve
		return compact({ replicas, snapshot: false, ...places, acceptHistory, force: true, takesBack });
	return compact({
		replicas,
		snapshot: options.snapshot === undefined ? (agreed?.snapshot ?? true) : options.snapshot !== "none",
		...places,
		acceptHistory,
		rollOut: rollOutOf(options.rollOut, agreed?.rollOut),
		force: options.force === true || agreed?.force === true,
	});
}

function wantedReplicas({ replicas }: ScaleOptions, view: ClusterView): number {
	const present = voters(view).length;
	if (replicas === "before") return view.statefulSet.record?.from ?? present;
	return replicas === "present" ? present : replicas;
}

/** Naming the members is a roll-out of the template, too. */
const rollOutOf = (asked: Goal["rollOut"], agreed: Goal["rollOut"]): Goal["rollOut"] =>
	agreed === "initial-cluster" ? agreed : (asked ?? agreed);

function placeOf(asked: VolumePlace | undefined, agreed: VolumePlace | undefined): VolumePlace | undefined {
	return asked || agreed ? { ...agreed, ...asked } : undefined;
}

/** As it is written down: what is not the case is left out. */
function compact(goal: { [Key in keyof Goal]: Goal[Key] | undefined }): Goal {
	const entries = Object.entries(goal).filter(
		([key, value]) => value !== undefined && (value !== false || key === "snapshot"),
	);
	return Object.fromEntries(entries) as unknown as Goal;
}

/** Members are on their way in or out: how many there shall be is not what there is. */
function isHalfWay({ statefulSet: set, etcd }: ClusterView): boolean {
	const { members } = etcd;
	if (!set.record) return false;
	const whole = members.every(({ isLearner }) => !isLearner) && members.length === set.replicas;
	return !whole || (!set.record.rolling && members.length !== set.record.from);
}

function unfinished(view: ClusterView): QuorateError {
	return new QuorateError("Refused", {
		operation: `looking whether ${view.statefulSet.name} can be rolled out`,
		message: `a scaling that was begun with ${view.statefulSet.record?.from} members is unfinished`,
		state: describeState(view),
		hint: waysOut(view),
	});
}
