import type { Step } from "../step.ts";
import { type FaultKind, rollsPods, type Setup } from "./setup.ts";

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
const STAGES = ["pending", "waiting", "starting", "behind", "current", "backing-off", "adding"] as const;
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
	readonly leaving: number | undefined;
	/** the node of the one that leaves was noted with it */
	readonly located: boolean;
	/** nothing was ever started in its pod */
	readonly unused: boolean;
	readonly snapshot: boolean;
	readonly proven: number | undefined;
	/** slots of the volumes that the tool made */
	readonly made: readonly number[];
	/** slots whose volumes were verified to be empty */
	readonly emptied: readonly number[];
}

/** A roll-out goes on to a template that someone corrected meanwhile. */
export function followed({ notes, template }: Pick<World, "notes" | "template">): Notes | undefined {
	if (!notes?.rolling || notes.joining !== undefined || notes.template === template) return notes;
	return { ...notes, template, named: false };
}

export type Phase = "none" | "pending" | "bound" | "terminating";
const PHASES: readonly Phase[] = ["none", "pending", "bound", "terminating"];
export type VolumePhase = "none" | "available" | "bound" | "released";
const VOLUME_PHASES: readonly VolumePhase[] = ["none", "available", "bound", "released"];
/** what lies in a member's folder: `own` is a present member's, `stale` one's that has left */
export type Data = "none" | "own" | "stale";
const DATA: readonly Data[] = ["none", "own", "stale"];
/** a pod that looks (`looking`, then `looked` or `unseen`), or one that empties */
export type Cleaner = "none" | "running" | "succeeded" | "failed" | "looking" | "looked" | "unseen";
const CLEANERS: readonly Cleaner[] = ["none", "running", "succeeded", "failed", "looking", "looked", "unseen"];
export type NodeState = "up" | "away" | "gone";
const NODES: readonly NodeState[] = ["up", "away", "gone"];

/** What the tool is about: not running, about to look, half-way through a look, or about to carry out a step it decided on. */
export type Run =
	| { readonly kind: "off" }
	| { readonly kind: "looking" }
	| { readonly kind: "half"; readonly kubernetes: World; readonly stale: boolean }
	/** stale: the StatefulSet was changed since; gone: the pod or member that was meant is no more */
	| { readonly kind: "decided"; readonly step: Step; readonly stale: boolean; readonly gone: boolean };

/**
 * The whole at one moment. Slots are ordinals counted from the first one; each has at most a pod, a claim, a volume, a folder, a
 * member, and a node of its own. Never changed: copied.
 */
export interface World {
	readonly goal: number;
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
	readonly data: readonly Data[];
	/** the volume names its node */
	readonly placed: readonly boolean[];
	readonly cleaners: readonly Cleaner[];
	readonly nodes: readonly NodeState[];
	readonly members: readonly (Member | undefined)[];
	// etcd
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
	/** membership changed since the last proof */
	readonly unproven: boolean;
	readonly snapshotTaken: boolean;
	/** faults that do not pass by themselves, as they happened */
	readonly lasting: readonly FaultKind[];
	/** something that must never happen has happened */
	readonly flaw: string | undefined;
}

/** The partition that was found. */
export const heldFrom = ({ outdated, strategy, from }: Setup): number =>
	outdated && strategy !== "OnDelete" ? from : 0;

export function beginning(setup: Setup): World {
	const slots = Math.max(setup.from, setup.to) + 1;
	const each = <T, R>(present: T, absent: R) =>
		Array.from({ length: slots }, (_, slot) => (slot < setup.from ? present : absent));
	const hasVolumes = setup.volumes !== "none";
	const leftover = setup.leftover === true && hasVolumes;
	const orLeft = <T>(list: T[], value: T): T[] => (leftover ? put(list, setup.from, value) : list);
	const outdated = setup.outdated === true;
	const old = outdated ? FOREIGN : ORIGINAL;
	return {
		goal: setup.to,
		aborted: false,
		replicas: setup.from,
		template: ORIGINAL,
		partition: heldFrom(setup),
		observed: true,
		deleting: false,
		currentRevision: old,
		updateRevision: ORIGINAL,
		notes: undefined,
		pods: each({ template: old, stage: "current", terminating: false, before: true, again: false }, undefined),
		claims: orLeft(each<Phase, Phase>(hasVolumes ? "bound" : "none", "none"), "bound"),
		volumes: orLeft(each<VolumePhase, VolumePhase>(hasVolumes ? "bound" : "none", "none"), "bound"),
		data: orLeft(each<Data, Data>("own", "none"), "stale"),
		placed: orLeft(each<boolean, boolean>(rollsPods(setup), false), setup.discardVolumes === true),
		cleaners: each("none", "none"),
		nodes: each("up", "up"),
		members: each({ learner: false, started: true }, undefined),
		stranger: "none",
		leader: 0,
		alarm: false,
		run: { kind: "off" },
		file: false,
		late: undefined,
		unproven: false,
		snapshotTaken: false,
		lasting: leftover ? ["scale-up"] : [],
		flaw: undefined,
	};
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

/** Its etcd answers and can be reached. */
export function isUp(w: World, slot: number): boolean {
	const pod = w.pods[slot];
	return (
		w.members[slot] !== undefined &&
		pod !== undefined &&
		!pod.terminating &&
		(pod.stage === "behind" || pod.stage === "current") &&
		w.nodes[slot] === "up"
	);
}

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

const flag = (set: boolean, bit: number): number => (set ? 1 << bit : 0);
const bits = (slots: readonly number[]): number => slots.reduce((sum, slot) => sum | (1 << slot), 0);

/** Reused, since keys are made by the hundred thousand: one at a time. Each code fits in 16 bits. */
const codes: number[] = [];

const text = (length: number): string => {
	codes.length = length;
	return String.fromCharCode.apply(undefined, codes);
};

/** @returns how many codes it wrote */
function writeSeen(w: World): number {
	const n = w.notes;
	let at = 0;
	codes[at++] = w.goal + 16 * w.replicas + 256 * w.partition;
	codes[at++] = w.template + 16 * w.currentRevision + 256 * w.updateRevision;
	codes[at++] =
		flag(w.observed, 0) |
		flag(w.deleting, 1) |
		flag(w.alarm, 2) |
		flag(w.file, 3) |
		flag(w.aborted, 4) |
		flag(w.stranger === "voter", 5) |
		flag(w.stranger === "learner", 6) |
		flag(n?.snapshot === true, 7) |
		flag(n?.rolling === "forth", 8) |
		flag(n?.rolling === "back", 9) |
		flag(n?.named === true, 10) |
		((w.leader === undefined ? 0 : w.leader + 1) << 11);
	codes[at++] =
		n === undefined ? 0 : n.from + 16 * n.partition + 256 * n.template + (flag(n.unused, 12) | flag(n.located, 13));
	codes[at++] =
		n === undefined
			? 0
			: (n.joining ?? -1) + 1 + 16 * ((n.leaving ?? -1) + 1) + 256 * ((n.proven ?? -1) + 1) + 4096 * n.voters;
	codes[at++] = n === undefined ? 0 : bits(n.made);
	codes[at++] = n === undefined ? 0 : bits(n.emptied);
	for (let slot = 0; slot < w.pods.length; slot++) {
		const pod = w.pods[slot];
		const member = w.members[slot];
		codes[at++] =
			pod === undefined
				? 0
				: 1 +
					(flag(pod.terminating, 0) | flag(pod.before, 1) | flag(pod.again, 2)) +
					8 * STAGES.indexOf(pod.stage) +
					64 * pod.template;
		codes[at++] =
			PHASES.indexOf(w.claims[slot] ?? "none") +
			4 * VOLUME_PHASES.indexOf(w.volumes[slot] ?? "none") +
			16 * DATA.indexOf(w.data[slot] ?? "none") +
			64 * CLEANERS.indexOf(w.cleaners[slot] ?? "none") +
			512 * NODES.indexOf(w.nodes[slot] ?? "up") +
			2048 * (member === undefined ? 0 : 1 + (flag(member.learner, 0) | flag(member.started, 1))) +
			flag(w.placed[slot] === true, 14);
	}
	return at;
}

/** What can be seen of it, and no more: two worlds that look alike decide alike. */
export const seenKey = (w: World): string => text(writeSeen(w));

const stepNumbers = new Map<string, number>();
const numberOf = new WeakMap<Step, number>();

/** Steps that do the same have the same number, from 1. */
function stepNumber(step: Step): number {
	let number = numberOf.get(step);
	if (number !== undefined) return number;
	const json = JSON.stringify(step, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
	// volumes and member lists follow from the kind and the ordinal
	const key = json.length > 120 ? `${step.kind}${"ordinal" in step ? step.ordinal : ""}` : json;
	number = stepNumbers.get(key) ?? stepNumbers.size + 1;
	stepNumbers.set(key, number);
	numberOf.set(step, number);
	return number;
}

export function keyOf(w: World, lastingKinds: readonly FaultKind[]): string {
	const { run, lasting } = w;
	let at = writeSeen(w);
	let history = flag(w.unproven, 0) | flag(w.snapshotTaken, 1);
	for (const kind of lasting) history |= flag(lastingKinds.includes(kind), 2 + lastingKinds.indexOf(kind));
	codes[at++] = history;
	codes[at++] = runCode(run);
	codes[at++] = w.late ? stepNumber(w.late) : 0;
	const key = text(at);
	return run.kind === "half" ? key + seenKey(run.kubernetes) : key;
}

function runCode(run: Run): number {
	if (run.kind === "decided") return 4 * stepNumber(run.step) + (flag(run.stale, 0) | flag(run.gone, 1));
	if (run.kind === "half") return run.stale ? 3 : 2;
	return run.kind === "off" ? 0 : 1;
}
