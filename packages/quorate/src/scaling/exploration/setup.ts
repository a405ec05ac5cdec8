import { type Flags, isJoin, type Pod } from "./world.ts";

/** What may go wrong, each time once; a state is explored with every choice of them up to the setup's number. */
export type FaultKind =
	/** the tool dies, before or after what it was doing took effect */
	| "kill-tool"
	/** the tool is run again elsewhere, where the snapshot's file is not */
	| "elsewhere"
	/** a request takes effect only after its answer was given up, or never */
	| "late-answer"
	| "kill-pod"
	| "crash"
	| "node-away"
	| "node-gone"
	| "leader-lost"
	| "cleaner-fails"
	/** what someone else does meanwhile */
	| "scale-up"
	| "scale-down"
	| "edit-template"
	| "edit-strategy"
	| "add-member"
	| "remove-member"
	| "alarm"
	| "delete-set"
	| "delete-claim"
	| "wipe-disk"
	/** the run is killed, and `quorate abort` run instead */
	| "abort"
	/** the run is killed, and the command typed again without its flags */
	| "other-flags"
	/** another person scales, or ends what is unfinished, between the approval of a plan and its start */
	| "other-run";

/** These pass by themselves: whatever happens of them, the same command must bring the cluster to the goal. */
export const PASSING: ReadonlySet<FaultKind> = new Set<FaultKind>([
	"kill-tool",
	"elsewhere",
	"late-answer",
	"kill-pod",
	"crash",
	"node-away",
	"leader-lost",
	"abort",
	"other-flags",
	"other-run",
]);

export const LASTING: readonly FaultKind[] = [
	"node-gone",
	"cleaner-fails",
	"scale-up",
	"scale-down",
	"edit-template",
	"edit-strategy",
	"add-member",
	"remove-member",
	"alarm",
	"delete-set",
	"delete-claim",
	"wipe-disk",
];

export const ALL_FAULTS: readonly FaultKind[] = [...PASSING, ...LASTING];

/** One cluster, one goal, and what may go wrong. */
export interface Setup {
	readonly from: number;
	readonly to: number;
	/** how many faults in all. @default 0 */
	readonly faults?: number;
	/** which. @default all */
	readonly kinds?: readonly FaultKind[];
	/** @default "Parallel" */
	readonly policy?: "Parallel" | "OrderedReady";
	/** @default "RollingUpdate" */
	readonly strategy?: "RollingUpdate" | "OnDelete";
	/**
	 * `static` volumes are bound to their nodes and keep their data; `loose` ones too, but name no node, so that their pods may run anywhere;
	 * `dynamic` ones follow the pod and go with the claim. @default "static"
	 */
	readonly volumes?: "static" | "loose" | "dynamic" | "none";
	/** all volumes have the same path, each on the node of its pod. @default false */
	readonly onePath?: boolean;
	/** another cluster has its data where the volume of the next member would be. @default false */
	readonly neighbour?: boolean;
	/** the StatefulSet deletes claims itself. @default false */
	readonly deletesClaims?: boolean;
	/** @default false */
	readonly keepVolumes?: boolean;
	/** @default false */
	readonly discardVolumes?: boolean;
	/** what is asked for next, once that is done */
	readonly next?: readonly Next[];
	/** someone's plain scaling left a claim behind, and a volume with old data in it. @default false */
	readonly leftover?: boolean;
	/**
	 * what the original start-up does in an empty folder: fails, or adds itself as a voter; `takes-over`: on a join profile, too, for an init
	 * container does so, which takes the member of its name out before. @default "plain"
	 */
	readonly image?: "plain" | "adds-itself" | "takes-over";
	/**
	 * in an empty folder a pod begins a cluster by itself: the first under the ids that it had, one whose member was just taken out under others.
	 * @default false
	 */
	readonly bootstraps?: boolean;
	/** when a pod is to end, its hook takes its member out. @default false */
	readonly stopHook?: boolean;
	/** @default false */
	readonly readyAsLearner?: boolean;
	/** @default 0 */
	readonly firstOrdinal?: number;
	/** someone changed the template, held by a partition or OnDelete, and a roll-out is asked for. @default false */
	readonly outdated?: boolean;
	/** members are to be named in the template. @default false */
	readonly naming?: boolean;
	/** what it is refused for, rightly, though nothing went wrong: reasons. @default nothing */
	readonly refused?: readonly string[];
	/** the plan is agreed to before it is begun, and things may change in between. @default false: both in one moment */
	readonly approval?: boolean;
	/** each look reads Kubernetes first and etcd later, and things may change in between. @default false */
	readonly torn?: boolean;
}

export interface Next {
	readonly to: number;
	readonly keepVolumes?: boolean;
	readonly discardVolumes?: boolean;
}

interface Command {
	readonly from: number;
	readonly to: number;
	readonly flags: Flags;
}

/** One after the other; there is a first. */
export function commandsOf(setup: Setup): readonly [Command, ...Command[]] {
	const typed = (from: number, { to, keepVolumes = false, discardVolumes = false }: Next): Command => ({
		from,
		to,
		flags: { keep: keepVolumes, discard: discardVolumes },
	});
	let { to: size } = setup;
	const commands: [Command, ...Command[]] = [typed(setup.from, setup)];
	for (const next of setup.next ?? []) {
		commands.push(typed(size, next));
		size = next.to;
	}
	return commands;
}

/** Of the cluster, before and after each command. */
export const sizesOf = (setup: Setup): readonly number[] => [setup.from, ...commandsOf(setup).map(({ to }) => to)];

/** Pods that were there before are restarted, since that is asked for. */
export const rollsPods = ({ outdated, naming }: Setup): boolean => outdated === true || naming === true;

/** Join profiles have no hook. */
export const runsHook = (setup: Setup, pod: Pod): boolean => setup.stopHook === true && !isJoin(pod.template);

function kindsOf(kinds: readonly FaultKind[]): string {
	const lasting = kinds.filter((kind) => !PASSING.has(kind));
	if (lasting.length === 0) return "that pass";
	return `${lasting.length < kinds.length ? "passing or " : ""}${lasting.join(", ")}`;
}

export function describeSetup(setup: Setup): string {
	const words = [`${setup.from}→${setup.to}`, setup.volumes ?? "static", setup.policy ?? "Parallel"];
	if (setup.strategy === "OnDelete") words.push("OnDelete");
	if (setup.deletesClaims) words.push("whenScaled=Delete");
	if (setup.onePath) words.push("one path");
	if (setup.neighbour) words.push("another cluster's folder");
	if (setup.keepVolumes) words.push("--keep-volumes");
	if (setup.discardVolumes) words.push("--discard-volumes");
	for (const { to, flags } of commandsOf(setup).slice(1))
		words.push(`then ${to}${flags.keep ? " --keep-volumes" : ""}${flags.discard ? " --discard-volumes" : ""}`);
	if (setup.leftover) words.push("a claim left over");
	if (setup.image === "adds-itself") words.push("image adds itself");
	if (setup.image === "takes-over") words.push("an init container adds members");
	if (setup.bootstraps) words.push("the first begins by itself");
	if (setup.stopHook) words.push("a hook removes members");
	if (setup.readyAsLearner) words.push("Ready as learner");
	if (setup.firstOrdinal) words.push(`from ordinal ${setup.firstOrdinal}`);
	if (setup.outdated) words.push("rolled out");
	if (setup.naming) words.push("members named");
	if (setup.approval) words.push("agreed to before");
	if (setup.torn) words.push("torn looks");
	if (setup.faults) words.push(`${setup.faults} fault${setup.faults > 1 ? "s" : ""}`);
	if (setup.faults && setup.kinds) words.push(kindsOf(setup.kinds));
	return words.join(", ");
}
