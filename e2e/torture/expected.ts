import type { FaultKind } from "./fault.ts";

/** Ends of a run that a fault explains; every other failure is a defect. */
const BY_FAULT: Readonly<Partial<Record<FaultKind, readonly string[]>>> = {
	sigkill: [],
	// one plan was shown, and another one is there: nothing is done that nobody agreed to; it stands still meanwhile, and a request may time out
	"other-person": ["Refused", "PlanChanged", "Blocked", "Locked", "Conflict", "Unreachable", "MemberUnreachable"],
	"second-run": ["Locked"],
	// what was under way is lost; a member whose tunnel breaks while it is looked at does not answer
	"api-away": ["Refused", "Unreachable", "MemberUnreachable", "SnapshotFailed", "TimedOut", "LockLost"],
	"port-forward-cut": ["Refused", "Unreachable", "MemberUnreachable", "SnapshotFailed"],
	// it may come between the plan and the start; and the pod that is asked may be the one that goes
	"kubectl-scale": ["Refused", "PlanChanged", "Blocked", "Conflict", "TimedOut", "SnapshotFailed", "MemberUnreachable"],
};

/** A member that is down, slow to come back, without quorum or full: refused before, stopped half-way after. */
const MEMBERS: readonly string[] = [
	"Refused",
	"Blocked",
	"TimedOut",
	"MemberUnreachable",
	"EtcdRefused",
	"SnapshotFailed",
];

/** A disk that is gone may have been that of the only member with the data: then what is there is less than what was recorded, or another cluster. */
const DISK: readonly string[] = [...MEMBERS, "HistoryLost", "KeyspaceDiffers"];

/**
 * Whether a run may end with this error after these faults. Pure; `error`: the code that it told, see docs/errors.md; `starved`: the
 * machine was so busy that members may have seemed down.
 */
export function isExpected(error: string | undefined, faults: readonly FaultKind[], starved: boolean): boolean {
	if (error === undefined) return false;
	// a run that stood still cannot have renewed its lock
	if (starved && (MEMBERS.includes(error) || error === "LockLost")) return true;
	return faults.some((kind) => (kind === "disk-wiped" ? DISK : (BY_FAULT[kind] ?? MEMBERS)).includes(error));
}

/** Whose volume is to be kept, as it holds other data than that of the member that left. */
export function keptByHint({ message, hint }: { message: string; hint: string }): number | undefined {
	const ordinal = /VolumeNotTheMembers/.test(message) && / claim \S+-(\d+) is not touched/.exec(message)?.[1];
	return ordinal && hint.includes("keep claim and volume: --keep-volumes") ? Number(ordinal) : undefined;
}

/** What the command tells a person to do with kubectl, where it is a plain scaling. */
export function scaleInHint(hint: string): number | undefined {
	const replicas = /kubectl scale sts \S+ -n \S+ --replicas=(\d+)/.exec(hint)?.[1];
	return replicas === undefined ? undefined : Number(replicas);
}
