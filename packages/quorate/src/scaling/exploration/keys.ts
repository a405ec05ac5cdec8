import type { Step } from "../step.ts";
import { folderCode } from "./folders.ts";
import type { FaultKind } from "./setup.ts";
import { cleanerCode, expectsCode } from "./visits.ts";
import { type Leaving, NODES, PHASES, type Run, STAGES, TWINS, VOLUME_PHASES, type World } from "./world.ts";

const flag = (set: boolean, bit: number): number => (set ? 1 << bit : 0);

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
	codes[at++] = n === undefined ? 0 : n.from + 16 * n.partition + 256 * n.template;
	codes[at++] =
		n === undefined
			? 0
			: (n.joining ?? -1) + 1 + 16 * ((n.leaving?.slot ?? -1) + 1) + 256 * ((n.proven ?? -1) + 1) + 4096 * n.voters;
	codes[at++] =
		w.command |
		flag(w.flags.keep, 4) |
		flag(w.flags.discard, 5) |
		flag(n?.goal?.keep === true, 6) |
		flag(n?.goal?.discard === true, 7) |
		(TWINS.indexOf(w.twin) << 8) |
		((n?.goal?.replicas ?? 0) << 10) |
		flag(n?.goal?.takesBack === true, 14);
	codes[at++] = n?.leaving ? leavingCode(n.leaving) : 0;
	codes[at++] = n?.left.length ?? 0;
	for (const left of n?.left ?? []) codes[at++] = leavingCode(left) + 512 * left.slot;
	codes[at++] = w.firstClaims;
	codes[at++] = w.firstVolumes;
	let emptied = 0;
	for (const volume of n?.emptied ?? []) emptied |= 1 << volume;
	codes[at++] = emptied & 0xffff;
	codes[at++] = emptied >> 16;
	codes[at++] = n === undefined ? 0 : n.made.reduce((sum, slot) => sum | (1 << slot), 0);
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
			16 * (w.cleaners[slot]?.length ?? 0) +
			64 * (member === undefined ? 0 : 1 + (flag(member.learner, 0) | flag(member.started, 1)));
		codes[at++] = (w.at[slot] ?? 0) + 16 * (1 + (w.bound[slot] ?? -1)) + 512 * (w.numbers[slot] ?? slot);
		for (const cleaner of w.cleaners[slot] ?? []) {
			codes[at++] = cleanerCode(cleaner);
			codes[at++] = cleaner.expects.present;
		}
	}
	at = writeNodes(n?.goal?.nodes ?? [], at);
	at = writeNodes(w.run.kind === "off" ? [] : (w.run.agreed?.nodes ?? []), at);
	let nodes = 0;
	for (const node of w.nodes) nodes = 3 * nodes + NODES.indexOf(node);
	codes[at++] = nodes & 0xffff;
	codes[at++] = nodes >> 16;
	codes[at++] = w.folders.length;
	for (const folder of w.folders) codes[at++] = folderCode(folder);
	return at;
}

/** Of volumes, by slot; as a rule none. */
function writeNodes(nodes: readonly number[], from: number): number {
	let at = from;
	codes[at++] = nodes.length;
	for (let slot = 0; slot < nodes.length; slot += 3)
		codes[at++] = 1 + (nodes[slot] ?? -1) + 32 * (1 + (nodes[slot + 1] ?? -1)) + 1024 * (1 + (nodes[slot + 2] ?? -1));
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
	let history = flag(w.unproven, 0) | flag(w.snapshotTaken, 1) | flag(w.said === "keep", 15);
	for (const kind of lasting) history |= flag(lastingKinds.includes(kind), 2 + lastingKinds.indexOf(kind));
	codes[at++] = history;
	codes[at++] = runCode(run);
	const expects = run.kind === "decided" ? run.expects : undefined;
	codes[at++] = expects ? expectsCode(expects) : 0;
	codes[at++] = expects?.present ?? 0;
	codes[at++] = (w.late ? stepNumber(w.late) : 0) | flag(w.said === "discard", 15);
	const agreed = run.kind === "off" ? undefined : run.agreed;
	if (agreed) for (const mask of [agreed.voters, agreed.staying, agreed.storage]) codes[at++] = mask;
	let key = text(at);
	if (run.kind === "half") key += seenKey(run.kubernetes);
	if (agreed?.before) key += seenKey(agreed.before);
	return key;
}

const CLAIMS = ["none", "first", "later"] as const;
const leavingCode = ({ node, learner, unused, claim }: Leaving): number =>
	node + 1 + 32 * (flag(learner, 0) | flag(unused, 1)) + 128 * CLAIMS.indexOf(claim);

function runCode(run: Run): number {
	if (run.kind === "decided") return 4 * stepNumber(run.step) + (flag(run.stale, 0) | flag(run.gone, 1));
	if (run.kind === "half") return run.stale ? 3 : 2;
	return run.kind === "off" ? 0 : 1;
}
