import type { ClusterAccess } from "../../cluster/observe.ts";
import type { SavedSnapshot } from "../../etcd/snapshot/save.ts";
import type { Progress } from "../../progress.ts";
import type { Proof } from "../../proof/proof.ts";
import type { Goal } from "../goal.ts";

/** What a step needs to be carried out. */
export interface PerformContext {
	readonly cluster: ClusterAccess;
	/** written into the record with every change of it */
	readonly goal: Goal;
	/** where the snapshot goes; undefined: none is taken */
	readonly snapshotFile: string | undefined;
	/** what this run saved already */
	readonly saved: { snapshot?: SavedSnapshot };
	readonly onProgress: (what: "snapshot" | "proof", progress: Progress) => void;
	readonly onProof: (proof: Proof) => void;
	/** ends reading steps; a change that was begun is carried out */
	readonly signal: AbortSignal;
}

/**
 * The change was not accepted, or its answer was lost, or the cluster is not what it was when the step was decided. Nothing is
 * wrong with that: look again and decide again.
 */
export class LookAgain extends Error {
	readonly hint: string;

	constructor(reason: string, hint: string, options?: { cause?: unknown }) {
		super(reason, options);
		this.name = "LookAgain";
		this.hint = hint;
	}
}
