import type { Step } from "../step.ts";
import { dataOf, type Folder, nodeOf } from "./folders.ts";
import type { FaultKind } from "./setup.ts";
import type { Cleaner, Expects } from "./visits.ts";

/** ORIGINAL, FOREIGN (someone's edit), `joinOf(slot)`, or NAMED (the original with all members named in it). A ControllerRevision is as good as its template. */
export type Template = number;
export const ORIGINAL: Template = 0;
export const FOREIGN: Template = 1;
export const joinOf = (slot: number): Template => slot + 2;
export const NAMED: Template = 15;
export const isJoin = (template: Template): boolean => template > FOREIGN && template !== NAMED;

/**
 * pending: has no node; waiting: its container does not run; starting: runs and does not answer; behind, current: its etcd answers;
 * backing-off: its container is not started for a while; adding: it runs, and is about to add its member by itself
 */
export const STAGES = ["pending", "waiting", "starting", "behind", "current", "backing-off", "adding"] as const;
export type Stage = (typeof STAGES)[number];
const STILL: ReadonlySet<Stage> = new Set<Stage>(["pending", "waiting", "backing-off"]);
/** Its container runs, or ends only now. */
export const containerRuns = ({ stage }: Pod): boolean => !STILL.has(stage);

export interface Pod {
	readonly template: Template;
	readonly stage: Stage;
	readonly terminating: boolean;
	/** it was there before the tool was first run */
	readonly before: boolean;
	/** its container was started again, and by its own start-up is a member once more: the next time it is not started at once */
	readonly again: boolean;
}

export interface Member {
	readonly learner: boolean;
	readonly started: boolean;
}

/** What a run is to reach, as it is noted. */
export interface Wish extends Flags {
	readonly replicas: number;
	readonly takesBack: boolean;
	/** of the volumes that the approved plan makes, by slot; -1: none, or not told */
	readonly nodes: readonly number[];
}

/** What a person agreed to before it was begun. */
export interface Agreed {
	/** the world that the plan was made for; undefined: it was compared with the world of the first step */
	readonly before: World | undefined;
	/** slots, bit by bit: of the voters then; of those of them that nobody sends away; where a member, claim or volume was */
	readonly voters: number;
	readonly staying: number;
	readonly storage: number;
	/** of the volumes that the plan makes, by slot; -1: none */
	readonly nodes: readonly number[];
}

/** What is noted of a member that leaves. */
export interface Leaving {
	readonly slot: number;
	/** of its pod; -1: not known */
	readonly node: number;
	readonly learner: boolean;
	/** nothing was ever started in its pod */
	readonly unused: boolean;
	readonly claim: "none" | "first" | "later";
}

/** The scaling record, as far as it decides anything. */
export interface Notes {
	readonly from: number;
	/** how many there were then */
	readonly voters: number;
	readonly template: Template;
	readonly partition: number;
	readonly joining: number | undefined;
	readonly rolling: "forth" | "back" | undefined;
	/** members were named in the template that was found */
	readonly named: boolean;
	readonly leaving: Leaving | undefined;
	/** who left before, and whose claim is yet to be cleared */
	readonly left: readonly Leaving[];
	readonly snapshot: boolean;
	readonly proven: number | undefined;
	/** slots of the volumes that the tool made */
	readonly made: readonly number[];
	/** volumes that were verified to be empty: `2 * slot`, or one more for one that was made since the beginning */
	readonly emptied: readonly number[];
	/** what was asked for when it began */
	readonly goal: Wish | undefined;
}

/** A roll-out goes on to a template that someone corrected meanwhile. */
export function followed({ notes, template }: Pick<World, "notes" | "template">): Notes | undefined {
	if (!notes?.rolling || notes.joining !== undefined || notes.template === template) return notes;
	return { ...notes, template, named: false };
}

export type Phase = "none" | "pending" | "bound" | "terminating";
export const PHASES: readonly Phase[] = ["none", "pending", "bound", "terminating"];
export type VolumePhase = "none" | "available" | "bound" | "released";
export const VOLUME_PHASES: readonly VolumePhase[] = ["none", "available", "bound", "released"];
export type Twin = "none" | "alone" | "hollow";
export const TWINS: readonly Twin[] = ["none", "alone", "hollow"];
export type NodeState = "up" | "away" | "gone";
export const NODES: readonly NodeState[] = ["up", "away", "gone"];

/** What the tool is about: not running, about to look, half-way through a look, or about to carry out a step it decided on. */
export type Run =
	| { readonly kind: "off" }
	| { readonly kind: "looking"; readonly agreed: Agreed | undefined }
	| { readonly kind: "half"; readonly agreed: Agreed | undefined; readonly kubernetes: World; readonly stale: boolean }
	/** stale: the StatefulSet was changed since; gone: the pod or member that was meant is no more */
	| {
			readonly kind: "decided";
			readonly agreed: Agreed | undefined;
			readonly step: Step;
			readonly stale: boolean;
			readonly gone: boolean;
			/** of a pod that is to mount a volume */
			readonly expects?: Expects | undefined;
			readonly wish: Wish;
	  };

/** What the user adds to the command. */
export interface Flags {
	readonly keep: boolean;
	readonly discard: boolean;
}

/**
 * The whole at one moment. Slots are ordinals counted from the first one; each has at most a pod, a claim, a volume, a folder, a
 * member, and a node of its own. Never changed: copied.
 */
export interface World {
	readonly goal: number;
	/** which of the setup's commands is typed, and with which flags */
	readonly command: number;
	readonly flags: Flags;
	/** what was begun is to be taken back */
	readonly aborted: boolean;
	// StatefulSet
	readonly replicas: number;
	readonly template: Template;
	readonly partition: number;
	readonly observed: boolean;
	readonly deleting: boolean;
	readonly currentRevision: Template;
	readonly updateRevision: Template;
	readonly notes: Notes | undefined;
	// slots
	readonly pods: readonly (Pod | undefined)[];
	readonly claims: readonly Phase[];
	readonly volumes: readonly VolumePhase[];
	/** pods of the tool that mount the claim */
	readonly cleaners: readonly (readonly Cleaner[])[];
	/** claims and volumes that are there from the beginning on, bit by bit */
	readonly firstClaims: number;
	readonly firstVolumes: number;
	readonly members: readonly (Member | undefined)[];
	/** the node of its pod, or where that was last */
	readonly at: readonly number[];
	/** the number that its volume is called by, and its path */
	readonly numbers: readonly number[];
	/** the node that its volume is bound to; -1: to none */
	readonly bound: readonly number[];
	// nodes
	readonly nodes: readonly NodeState[];
	readonly folders: readonly Folder[];
	/** all volumes have the same path */
	readonly onePath: boolean;
	/** volumes follow their pods from node to node */
	readonly follows: boolean;
	// etcd
	/** what became of the first member when its disk was emptied: it leads a cluster of its own, or follows the others without their data */
	readonly twin: Twin;
	/** a member that is no pod of the StatefulSet */
	readonly stranger: "none" | "voter" | "learner";
	readonly leader: number | undefined;
	readonly alarm: boolean;
	// the tool
	readonly run: Run;
	readonly file: boolean;
	/** a request that was given up and may yet take effect */
	readonly late: Step | undefined;
	// history, for the invariants
	/** what was said in this run of what members leave, or left before */
	readonly said: "nothing" | "keep" | "discard";
	/** membership changed since the last proof */
	readonly unproven: boolean;
	readonly snapshotTaken: boolean;
	/** faults that do not pass by themselves, as they happened */
	readonly lasting: readonly FaultKind[];
	/** something that must never happen has happened */
	readonly flaw: string | undefined;
}

export function put<T>(list: readonly T[], slot: number, value: T): T[] {
	const copy = list.slice();
	copy[slot] = value;
	return copy;
}

export const quorumOf = (voters: number): number => Math.floor(voters / 2) + 1;

export const votersOf = (w: World): number =>
	w.members.reduce((sum, m) => (m && !m.learner ? sum + 1 : sum), w.stranger === "voter" ? 1 : 0);

export const membersOf = (w: World): number =>
	w.members.reduce((sum, m) => (m ? sum + 1 : sum), w.stranger === "none" ? 0 : 1);

/** Its etcd answers, whatever it has to say. */
export function isAnswering(w: World, slot: number): boolean {
	const pod = w.pods[slot];
	return (
		pod !== undefined &&
		!pod.terminating &&
		(pod.stage === "behind" || pod.stage === "current") &&
		nodeOf(w, slot) === "up"
	);
}

/** Its member was taken out, and its etcd leads a cluster of its own. */
export const isApart = (w: World, slot: number): boolean =>
	w.members[slot] === undefined && isAnswering(w, slot) && dataOf(w, slot) === "foreign";

/** It answers as a member of the cluster. */
export const isUp = (w: World, slot: number): boolean =>
	w.members[slot] !== undefined && isAnswering(w, slot) && !(slot === 0 && w.twin === "alone");

export function upVoters(w: World): number {
	let up = 0;
	for (let slot = 0; slot < w.members.length; slot++) if (w.members[slot]?.learner === false && isUp(w, slot)) up++;
	return up;
}

export const toleranceOf = (w: World): number => upVoters(w) - quorumOf(votersOf(w));

/** A leader steps down when it is gone, or no quorum hears it. */
export function settledLeader(w: World): World {
	if (w.leader === undefined) return w;
	const leads = isUp(w, w.leader) && w.members[w.leader]?.learner === false && toleranceOf(w) >= 0;
	return leads ? w : { ...w, leader: undefined };
}
