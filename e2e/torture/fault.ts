export const FAULT_KINDS = [
	"sigkill",
	"second-run",
	"api-away",
	"port-forward-cut",
	"kubectl-scale",
	"leader-lost",
	"container-killed",
	"pod-deleted",
	"node-off",
	"node-gone",
	"disk-wiped",
	"other-person",
	"member-frozen",
	"member-cut",
	"database-full",
	"disk-full",
] as const;

export type FaultKind = (typeof FAULT_KINDS)[number];

/** Which pod, told when the fault comes: the one that leads, the last by ordinal, … */
export type Target = "leader" | "newest" | "first" | "second";

/** When, counted in steps that runs of this scaling have ended so far, or after the first of that kind. */
export interface Moment {
	/** 0: from the beginning of the first run */
	readonly after: number | "restart-pod" | "raise-replicas";
	readonly delayMs: number;
}

export type Fault = { readonly at: Moment } & (
	| { readonly kind: "sigkill" | "second-run" | "port-forward-cut" }
	| { readonly kind: "api-away"; readonly lastsMs: number }
	/** replicas more, or fewer, by someone who knows nothing of the run */
	| { readonly kind: "kubectl-scale"; readonly by: number }
	| { readonly kind: "leader-lost" | "container-killed" | "pod-deleted"; readonly target: Target }
	/** between what one person was shown and its start, somebody else scales to `to`, or takes back what is unfinished */
	| { readonly kind: "other-person"; readonly to: number | "abort" }
	/** `node-gone`: it comes back as another machine, with an empty disk; `disk-wiped`: a voter's does */
	| {
			readonly kind:
				| "node-off"
				| "node-gone"
				| "disk-wiped"
				| "member-frozen"
				| "member-cut"
				| "database-full"
				| "disk-full";
			readonly target: Target;
			readonly lastsMs: number;
	  }
);

/** As a person reads it: `member-frozen(leader, 5 s) 0.3 s after step 4`. */
export function describeFault(fault: Fault): string {
	const { after, delayMs } = fault.at;
	const about = [
		"target" in fault ? fault.target : undefined,
		"lastsMs" in fault ? `${fault.lastsMs / 1000} s` : undefined,
		"to" in fault ? `to ${fault.to}` : undefined,
		"by" in fault ? (fault.by > 0 ? `+${fault.by}` : String(fault.by)) : undefined,
	].filter((part) => part !== undefined);
	const what = about.length > 0 ? `${fault.kind}(${about.join(", ")})` : fault.kind;
	const since = after === 0 ? "the beginning" : typeof after === "number" ? `step ${after}` : after;
	return `${what} ${delayMs / 1000} s after ${since}`;
}
