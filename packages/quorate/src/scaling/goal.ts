/** What the user asked for. */
export interface Goal {
	/** how many members (and replicas) there shall be */
	readonly replicas: number;
	/** whether a verified snapshot must exist before the first change. @default true */
	readonly snapshot: boolean;
	/** leave claims and volumes of members that leave where they are. @default false */
	readonly keepVolumes?: boolean;
	/** what is there now is meant, though an operation recorded another cluster or more of it. @default false */
	readonly acceptHistory?: boolean;
	/** also empty and delete claims and volumes that no run of ours made or made leave. @default false */
	readonly discardVolumes?: boolean;
	/** bring every pod onto the template, one at a time, no leader among them. @default the pods that are there are not touched */
	readonly rollOut?: RollOut;
	/** where static volumes go that are made; @default chosen, and modelled on the present ones */
	readonly volumes?: VolumePlace;
	/** where the approved plan puts them; another node only where that one is not fit any more. @default chosen when they are made */
	readonly volumeNodes?: readonly VolumeNode[];
	/** sizes that are refused otherwise were agreed to. @default false */
	readonly force?: boolean;
	/** an unfinished run is undone. @default false */
	readonly takesBack?: boolean;
}

/** The template as it is, or with every member named in it, so that a pod whose volume is lost finds the cluster that there is. */
export type RollOut = "template" | "initial-cluster";

/** Where static volumes go that are made. */
export interface VolumePlace {
	/** nodes in the order in which new ordinals take them; none other are used */
	readonly nodes?: readonly string[];
	/** folder on the node, with `{ordinal}` in it */
	readonly path?: string;
}

/** The node that the static volumes of one new member go to. */
export interface VolumeNode {
	readonly ordinal: number;
	readonly node: string;
}

/** More members than this cost write latency and win nothing (etcd's own advice); only with `force`. */
export const MOST_MEMBERS = 7;
