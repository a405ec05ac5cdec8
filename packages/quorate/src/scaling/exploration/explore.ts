import { beginning } from "./beginning.ts";
import { syncStatefulSet } from "./controller.ts";
import type { Core } from "./core.ts";
import { faultsOf } from "./faults.ts";
import { brokenEnd, brokenHint, brokenRest, brokenState, brokenStep } from "./invariants.ts";
import { keyOf } from "./keys.ts";
import { type Happening, happenToPods } from "./kubelet.ts";
import { isDeadlocked, isFinal, isLost, mends } from "./mends.ts";
import { effectOf, wishOf } from "./perform.ts";
import { ALL_FAULTS, LASTING, type Setup } from "./setup.ts";
import { happenToVolumes } from "./storage.ts";
import { Edges, neverEnding, roundAndRound } from "./termination.ts";
import { Tool } from "./tool.ts";
import type { Counterexample } from "./trace.ts";
import type { World } from "./world.ts";

export interface ExploreOptions {
	/** give up beyond this many states, as a defect of the setup. @default 3,000,000 */
	limit?: number;
	/** how many different counterexamples are collected before it stops. @default 1 */
	counterexamples?: number;
}

export interface Explored {
	readonly setup: Setup;
	readonly states: number;
	/** states first reached with that many faults */
	readonly statesByFaults: readonly number[];
	readonly transitions: number;
	/** how often each end was reached: `done`, or a refusal's reason with the lasting faults that led to it */
	readonly ends: ReadonlyMap<string, number>;
	readonly counterexamples: readonly Counterexample[];
}

interface Found {
	readonly world: World;
	readonly parent: number;
	readonly label: string;
}

/**
 * Every state that can be reached from the setup's beginning by any order of what the tool, the controllers, the kubelets, etcd and
 * the faults may do, breadth first; those with fewer faults first, so that each state is met with the most faults still to come.
 */
export function explore(setup: Setup, core: Core, options: ExploreOptions = {}): Explored {
	const { limit = 3_000_000, counterexamples: wanted = 1 } = options;
	const kinds = setup.kinds ?? ALL_FAULTS;
	const lastingKinds = LASTING.filter((kind) => kinds.includes(kind));
	const tool = new Tool(core, setup);
	const start = beginning(setup);
	const { tolerance: promised, problem } = tool.promise();
	const ids = new Map<string, number>();
	const parents: number[] = [];
	const labels: string[] = [];
	const edges = new Edges();
	const ends = new Map<string, number>();
	const good: number[] = [];
	const counterexamples: Counterexample[] = [];
	const seenProblems = new Set<string>();
	const statesByFaults: number[] = [];

	const pathTo = (id: number): string[] => {
		const path: string[] = [];
		for (let at = id; at > 0; at = parents[at] ?? 0) path.push(labels[at] ?? "");
		return path.reverse();
	};
	const report = (problem: string, id: number, last?: string) => {
		if (seenProblems.has(problem)) return;
		seenProblems.add(problem);
		counterexamples.push({ setup, problem, path: last === undefined ? pathTo(id) : [...pathTo(id), last] });
	};

	let layer: Found[] = [{ world: start, parent: -1, label: "" }];
	for (let faults = 0; layer.length > 0; faults++) {
		const next: Found[] = [];
		const nextKeys = new Set<string>();
		const before = ids.size;
		const queue: (World | undefined)[] = [];
		const queueIds: number[] = [];
		const meet = (world: World, parent: number, label: string): number => {
			const key = keyOf(world, lastingKinds);
			const known = ids.get(key);
			if (known !== undefined) return known;
			const id = ids.size;
			if (id >= limit) throw new RangeError(`more than ${limit} states`);
			ids.set(key, id);
			parents.push(parent);
			labels.push(label);
			const broken = brokenState(world, setup, promised(world), faults);
			if (broken) {
				report(broken, id);
				good.push(id);
			} else {
				queue.push(world);
				queueIds.push(id);
			}
			return id;
		};
		/** Nothing comes about by itself any more: it is done, or a person reads why not. */
		const rest = (world: World, id: number): void => {
			const told = tool.told(world);
			const cause = world.lasting.join("+");
			const end = told.kind === "done" ? "done" : `${told.reason} after ${cause || "nothing that lasts"}`;
			ends.set(end, (ends.get(end) ?? 0) + 1);
			if (told.kind === "done") {
				const hidden = brokenRest(world);
				if (hidden) report(hidden, id);
			}
			if (told.kind === "done" || isDeadlocked(world, setup)) {
				good.push(id);
				return;
			}
			if (told.hint === "" || told.message === "") report(`${told.reason} says not what to do`, id);
			const expected = setup.refused?.includes(told.reason) === true;
			if (cause === "" && !expected)
				report(`it ends in ${told.reason} (${told.message}), though everything passed`, id);
			const ways = mends(world, setup, told);
			for (const { label, world: after } of ways) {
				const lost = brokenHint(world, after);
				if (lost) report(`${lost} by a hint: ${told.hint}`, id, label);
				edges.add(id, meet(after, id, label), false);
			}
			const refused = expected && !world.notes;
			if (refused || (cause !== "" && (isFinal(world, told.reason) || isLost(world)))) good.push(id);
			else if (ways.length === 0)
				report(`nobody can mend ${told.reason} (${told.message}) by its hint: ${told.hint}`, id);
		};
		for (const { world, parent, label } of layer) meet(world, parent, label);
		layer = [];
		for (let at = 0; at < queue.length && counterexamples.length < wanted; at++) {
			const world = queue[at];
			const id = queueIds[at] ?? 0;
			queue[at] = undefined;
			if (!world) continue;
			let moves = 0;
			for (const { label, world: after } of byItself(world, setup)) {
				moves++;
				edges.add(id, meet(after, id, label), false);
			}
			for (const { label, world: after, decided, effect } of tool.moves(world, moves === 0)) {
				moves++;
				const broken =
					decided && world.run.kind === "looking" ? brokenStep(world, setup, decided, promised(world)) : undefined;
				if (broken) report(broken, id, label);
				if (label === "the tool is done") {
					const unfinished = brokenEnd(world, setup);
					if (unfinished) report(unfinished, id, label);
				}
				edges.add(id, meet(after, id, label), effect === true);
			}
			if (moves === 0) rest(world, id);
			if (faults === (setup.faults ?? 0)) continue;
			for (const { label, world: after } of faultsOf(world, setup, kinds)) {
				const key = keyOf(after, lastingKinds);
				if (ids.has(key) || nextKeys.has(key)) continue;
				nextKeys.add(key);
				next.push({ world: after, parent: id, label });
			}
		}
		statesByFaults.push(ids.size - before);
		if (counterexamples.length >= wanted) break;
		layer = next;
	}
	if (counterexamples.length === 0) {
		const stuck = neverEnding(ids.size, edges, good);
		if (stuck !== undefined) report("from here it never ends", stuck);
		if (problem !== undefined) report(problem, 0);
		const round = roundAndRound(ids.size, edges);
		if (round !== undefined) report("the tool goes round in circles from here", round);
	}
	return { setup, states: ids.size, statesByFaults, transitions: edges.size, ends, counterexamples };
}

/** All that comes about without the tool and without a fault. */
export function* byItself(w: World, setup: Setup): Generator<Happening> {
	const synced = syncStatefulSet(w, setup);
	if (synced) yield { label: "the StatefulSet controller works", world: synced };
	yield* happenToPods(w, setup);
	if (setup.volumes !== "none") yield* happenToVolumes(w, setup);
	if (w.late && w.run.kind !== "decided") {
		const landed = effectOf({ ...w, late: undefined }, setup, w.late, { stale: true, gone: false, wish: wishOf(w) });
		if (landed) yield { label: `${w.late.kind} takes effect late`, world: landed };
		yield { label: `${w.late.kind} never took effect`, world: { ...w, late: undefined } };
	}
}
