import type { Pod } from "../../stored.ts";
import type { Cluster, Place } from "../cluster.ts";

/** Why a pod cannot go to a node, in the scheduler's own words. */
export interface Rejection {
	reasons: string[];
	/** false: taking pods off the node would not help either */
	preemptable: boolean;
}

/** One condition on a node. Undefined: the pod may go there, as far as this filter is concerned. */
export type Filter = (pod: Pod, place: Place, cluster: Cluster) => Rejection | undefined;

export const unresolvable = (reason: string): Rejection => ({ reasons: [reason], preemptable: false });
export const inTheWay = (...reasons: string[]): Rejection => ({ reasons, preemptable: true });
