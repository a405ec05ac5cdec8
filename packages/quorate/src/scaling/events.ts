import type { CheckResult } from "../checks/index.ts";
import type { Proof } from "../proof/proof.ts";
import type { Plan } from "./plan.ts";
import type { Step, Wait } from "./step.ts";

/** What a run tells while it goes on. Times are milliseconds since the run began. */
export type ScaleEvent =
	| { readonly type: "checked"; readonly at: number; readonly checks: readonly CheckResult[] }
	| { readonly type: "planned"; readonly at: number; readonly plan: Plan }
	| {
			readonly type: "step-started";
			readonly at: number;
			readonly step: Step;
			readonly number: number;
			readonly total: number;
	  }
	/** told when the step has had its effect, not only been accepted */
	| {
			readonly type: "step-done";
			readonly at: number;
			readonly step: Step;
			readonly milliseconds: number;
			readonly detail?: string;
	  }
	/** told when a wait begins, and again whenever what is waited for, or the reason, changes */
	| {
			readonly type: "waiting";
			readonly at: number;
			readonly wait: Wait;
			readonly milliseconds: number;
			readonly limit: number;
	  }
	| { readonly type: "waited"; readonly at: number; readonly wait: Wait; readonly milliseconds: number }
	| {
			readonly type: "progress";
			readonly at: number;
			readonly what: "snapshot" | "proof";
			readonly done: number;
			/** absent where it cannot be known */
			readonly total?: number;
			readonly unit: "bytes" | "keys";
	  }
	| { readonly type: "proved"; readonly at: number; readonly proof: Proof }
	| { readonly type: "finished"; readonly at: number; readonly result: ScaleResult };

/** The snapshot that the run rests on. */
export interface SavedAs {
	readonly file: string;
	readonly revision: string;
	readonly sha256: string;
	/** that file can be read from here and is that snapshot; false: it is elsewhere, or another file has its name now */
	readonly found: boolean;
}

export interface ScaleResult {
	readonly from: number;
	readonly to: number;
	/** an unfinished run was undone; `to`: what it was to reach, where that was written down */
	readonly tookBack?: { readonly to: number | undefined };
	readonly seconds: number;
	readonly steps: readonly { readonly step: Step; readonly seconds: number }[];
	readonly snapshot: SavedAs | undefined;
	/** absent where nothing had to be done */
	readonly proof: Proof | undefined;
	readonly members: readonly { readonly id: bigint; readonly name: string }[];
	/** restarts of pods that were there when the run began */
	readonly restarts: number;
}

type Untimed<T> = T extends unknown ? Omit<T, "at"> : never;

/** Tells an event; the time is put to it by the one who listens. */
export type Emit = (event: Untimed<ScaleEvent>) => void;
