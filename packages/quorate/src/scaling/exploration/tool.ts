import type { ClusterView } from "../../cluster/cluster-view.ts";
import { PLAIN } from "../../cluster/security-view.ts";
import type { Goal } from "../goal.ts";
import type { Plan } from "../plan.ts";
import type { Decision, Step } from "../step.ts";
import { agreedTo } from "./agreed.ts";
import { beginning } from "./beginning.ts";
import type { Core } from "./core.ts";
import { STRANGER_ID, slotOf } from "./ids.ts";
import { seenKey } from "./keys.ts";
import type { Happening } from "./kubelet.ts";
import { nodeNumber, ONE_PATH } from "./names.ts";
import { ASKS_ETCD, effectOf } from "./perform.ts";
import { Eyes } from "./see.ts";
import { volumeNodesIn } from "./see-record.ts";
import { commandsOf, rollsPods, type Setup } from "./setup.ts";
import type { Expects } from "./visits.ts";
import { type Agreed, toleranceOf, type Wish, type World } from "./world.ts";

export interface Told {
	readonly kind: "done" | "refusal";
	/** of a refusal: the obstacle's own reason, `check:ID` or `wait:KIND` */
	readonly reason: string;
	readonly message: string;
	readonly hint: string;
}

export interface Promised {
	/** the least tolerance on the way; where all is taken back, that of the way back too */
	readonly tolerance: (w: World) => number;
	readonly problem: string | undefined;
}

/** A person with the tool: looks, decides, carries out, and runs the same command again when it has ended. */
export class Tool {
	readonly #core: Core;
	readonly #setup: Setup;
	readonly #eyes: Eyes;
	readonly #decisions = new Map<string, Decision>();
	readonly #refusals = new Map<string, Told | undefined>();
	readonly #plans = new Map<string, Plan>();
	readonly #others = new Map<number, number>();

	constructor(core: Core, setup: Setup) {
		this.#core = core;
		this.#setup = setup;
		this.#eyes = new Eyes(setup, core);
	}

	/** What the command means that is typed now, where a run is unfinished or not. */
	goal(w: World, view = this.#eyes.see(w)): Goal {
		const goal = this.#asked(w, view);
		const volumeNodes = volumeNodesIn(agreedIn(w)?.nodes ?? [], this.#setup);
		return volumeNodes.length > 0 ? { ...goal, volumeNodes } : goal;
	}

	#asked(w: World, view: ClusterView): Goal {
		const { flags, aborted } = w;
		const rollOut = this.#setup.naming ? "initial-cluster" : "template";
		const asked = {
			...(flags.keep ? { keepVolumes: true } : {}),
			...(flags.discard ? { discardVolumes: true } : {}),
		};
		if (aborted) return this.#core.goalFor({ ...asked, replicas: "before" }, view);
		return this.#core.goalFor(
			{
				...asked,
				replicas: w.goal,
				force: true,
				...(this.#setup.onePath ? { volumes: { path: ONE_PATH } } : {}),
				...(rollsPods(this.#setup) ? { rollOut } : {}),
			},
			view,
		);
	}

	decide(w: World, kubernetes?: World): Decision {
		const key = kubernetes ? `${seenKey(w)}/${seenKey(kubernetes)}` : seenKey(w);
		let decision = this.#decisions.get(key);
		if (!decision) {
			const view = this.#eyes.see(w, kubernetes);
			decision = this.#core.nextStep(view, this.goal(w, view));
			this.#decisions.set(key, decision);
		}
		return decision;
	}

	/** What the plan tells of before anything is changed, and what is wrong with it by itself. */
	promise(): Promised {
		const ways = commandsOf(this.#setup).map(({ from, to }) => {
			const there = this.#planned({ ...this.#setup, from, to });
			const back = this.#planned({ ...this.#setup, from: to, to: from });
			return { ...there, back: Math.min(there.tolerance, back.tolerance) };
		});
		return {
			problem: ways.find((way) => way.problem)?.problem,
			tolerance: (w) => {
				const way = ways[w.command];
				const asked = commandsOf(this.#setup)[w.command];
				if (!way || !asked || w.aborted || w.goal === asked.to) return way?.[w.aborted ? "back" : "tolerance"] ?? 0;
				// a hint was followed that names another size
				return Math.min(way.tolerance, this.#toOther(asked, w.goal));
			},
		};
	}

	/** The least tolerance on the way to a size that the setup does not name, from either end of the way that it does. */
	#toOther({ from, to }: { from: number; to: number }, size: number): number {
		let tolerance = this.#others.get(size);
		if (tolerance === undefined) {
			const ways = [from, to].filter((end) => end !== size);
			tolerance = Math.min(...ways.map((end) => this.#planned({ ...this.#setup, from: end, to: size }).tolerance));
			this.#others.set(size, tolerance);
		}
		return tolerance;
	}

	/** As if nothing stood in the way of it that a person has to clear first. */
	#planned({ leftover: _, neighbour: __, next: ___, stopHook: ____, image: _____, ...asked }: Setup): {
		tolerance: number;
		problem?: string;
	} {
		const setup: Setup = asked.volumes === "loose" ? { ...asked, volumes: "static" } : asked;
		const w = beginning(setup);
		try {
			const view = new Eyes(setup, this.#core).see(w);
			const { blocked, toleranceLowest: tolerance } = this.#core.plan(view, this.goal(w, view));
			if (blocked) return { tolerance: 0, problem: `the plan would not get to the goal: ${blocked.message}` };
			if (setup.from >= setup.to || setup.readyAsLearner || tolerance >= toleranceOf(w)) return { tolerance };
			return { tolerance, problem: "the plan gives up tolerance, for which there is no need" };
		} catch (error) {
			return { tolerance: 0, problem: `there is no plan: ${String(error)}` };
		}
	}

	#wish(w: World, kubernetes: World | undefined): Wish {
		const goal = this.goal(w, this.#eyes.see(w, kubernetes));
		const { replicas, keepVolumes, discardVolumes, takesBack } = goal;
		return {
			replicas,
			keep: keepVolumes === true,
			discard: discardVolumes === true,
			takesBack: takesBack === true,
			nodes: agreedIn(w) ? this.#nodesBySlot(w, goal) : [],
		};
	}

	#nodesBySlot(w: World, { volumeNodes = [] }: Goal): readonly number[] {
		const first = this.#setup.firstOrdinal ?? 0;
		return w.pods.map((_, slot) => nodeNumber(volumeNodes.find(({ ordinal }) => ordinal === slot + first)?.node));
	}

	#plan(w: World): Plan {
		const key = seenKey(w);
		let plan = this.#plans.get(key);
		if (!plan) {
			const view = this.#eyes.see(w);
			plan = this.#core.plan(view, this.goal(w, view));
			this.#plans.set(key, plan);
		}
		return plan;
	}

	/** Undefined: what is planned is begun in the same moment. */
	#agreed(w: World): Agreed | undefined {
		if (!this.#setup.approval) return undefined;
		return agreedTo(w, this.#nodesBySlot(w, this.#core.withPlannedNodes(this.goal(w), this.#plan(w))));
	}

	/** Why what was agreed to is not begun; undefined: it holds. */
	#changed(w: World, before: World): string | undefined {
		const then = { plan: this.#plan(before), view: this.#eyes.see(before) };
		const now = { plan: this.#plan(w), view: this.#eyes.see(w) };
		try {
			this.#core.throwIfChanged(then, now, this.goal(w, now.view));
			return undefined;
		} catch (error) {
			const { code } = error as { code?: unknown };
			if (code === "PlanChanged") return code;
			throw error;
		}
	}

	/** Whose data a pod is to find that mounts a volume. */
	#expects(w: World, step: Step, kubernetes: World | undefined): Expects | undefined {
		if (step.kind !== "look-into-volume" && step.kind !== "empty-volume") return undefined;
		const view = this.#eyes.see(w, kubernetes);
		const { member, present, mustHoldLog } = this.#core.expectedData(view, step.claim, step.ordinal);
		return {
			of: member === undefined ? -1 : slotOf(member),
			log: mustHoldLog,
			present: present.reduce((bits, id) => bits | (id === STRANGER_ID ? 0 : 1 << slotOf(id)), 0),
		};
	}

	/** Why the command would not begin now; undefined: it would. */
	#refusal(w: World): Told | undefined {
		const key = seenKey(w);
		if (this.#refusals.has(key)) return this.#refusals.get(key);
		const decision = this.decide(w);
		const told: Told | undefined =
			decision.kind === "blocked"
				? { kind: "refusal", ...decision.blocked }
				: (this.#failedCheck(w) ?? this.#blockedPlan(w));
		this.#refusals.set(key, told);
		return told;
	}

	#failedCheck(w: World): Told | undefined {
		const input = { view: this.#eyes.see(w), goal: this.goal(w), security: PLAIN, missingRights: [], force: true };
		const failed = this.#core.firstFailure(input);
		return failed && { kind: "refusal", reason: `check:${failed.id}`, message: failed.saw, hint: failed.hint ?? "" };
	}

	/** What cannot be brought to its end is not begun. Where nobody looks at the plan, that of the beginning stands for all. */
	#blockedPlan(w: World): Told | undefined {
		const { blocked } = this.#setup.approval ? this.#plan(w) : {};
		return blocked && { kind: "refusal", ...blocked };
	}

	/**
	 * What the tool may do next. More than one: etcd may put it off, or take it.
	 *
	 * @param quiet nothing comes about by itself: looking again would show the same
	 */
	*moves(w: World, quiet: boolean): Generator<Happening & { decided?: Step; effect?: boolean }> {
		const { run } = w;
		if (run.kind === "off") {
			const next = commandsOf(this.#setup)[w.command + 1];
			if (this.decide(w).kind !== "done") {
				if (!this.#refusal(w))
					yield { label: "the command is run", world: { ...w, run: { kind: "looking", agreed: this.#agreed(w) } } };
			} else if (next) yield { label: `next is asked for: ${next.to} members`, world: asked(w, next) };
			return;
		}
		if (run.kind === "looking" && this.#setup.torn) {
			if (quiet && this.decide(w).kind === "wait") return;
			yield {
				label: "Kubernetes is read",
				world: {
					...w,
					run: { kind: "half", agreed: run.agreed, stale: false, kubernetes: { ...w, run: { kind: "off" } } },
				},
			};
			return;
		}
		const looking = { kind: "looking", agreed: run.agreed } as const;
		if (run.kind === "decided") {
			const done = effectOf(w, this.#setup, run.step, run);
			if (done) yield { label: run.step.kind, world: { ...done, run: looking }, effect: true };
			if (!done || ASKS_ETCD.has(run.step.kind))
				yield { label: `${run.step.kind} is put off`, world: { ...w, run: looking } };
			return;
		}
		const decision = this.decide(w, run.kind === "half" ? run.kubernetes : undefined);
		const before = run.agreed?.before;
		const changed = decision.kind === "step" && before ? this.#changed(w, before) : undefined;
		if (changed) yield { label: `the tool refuses: ${changed}`, world: { ...w, run: { kind: "off" } } };
		else if (decision.kind === "step")
			yield {
				label: `the tool decides: ${decision.step.kind}${"ordinal" in decision.step ? ` ${decision.step.ordinal}` : ""}`,
				// the member list is linearizable: what is not in it by now was never proposed to this leader
				world: {
					...w,
					late: undefined,
					said: w.flags.discard ? "discard" : w.flags.keep ? "keep" : w.said,
					run: {
						kind: "decided",
						agreed: run.agreed && { ...run.agreed, before: undefined },
						step: decision.step,
						stale: run.kind === "half" && run.stale,
						gone: false,
						wish: this.#wish(w, run.kind === "half" ? run.kubernetes : undefined),
						expects: this.#expects(w, decision.step, run.kind === "half" ? run.kubernetes : undefined),
					},
				},
				decided: decision.step,
			};
		else if (decision.kind === "wait") {
			if (run.kind === "half") yield { label: `the tool waits: ${decision.wait.kind}`, world: { ...w, run: looking } };
		} else {
			const why = decision.kind === "blocked" ? `refuses: ${decision.blocked.reason}` : "is done";
			yield { label: `the tool ${why}`, world: { ...w, run: { kind: "off" } } };
		}
	}

	/** What a person is told in a world where nothing comes about by itself any more. */
	told(w: World): Told {
		const decision = this.decide(w);
		if (decision.kind === "done") return { kind: "done", reason: "", message: "", hint: "" };
		if (decision.kind === "blocked") return { kind: "refusal", ...decision.blocked };
		if (w.run.kind === "off") {
			const refusal = this.#refusal(w);
			if (refusal) return refusal;
		}
		if (decision.kind !== "wait") throw new Error(`a world with a step to take is no end: ${decision.step.kind}`);
		const { kind, reason, hint } = decision.wait;
		return { kind: "refusal", reason: `wait:${kind}`, message: reason, hint };
	}
}

const agreedIn = ({ run }: World): Agreed | undefined => (run.kind === "off" ? undefined : run.agreed);

/** The person who ran the last command runs another. What was rolled out, taken back or proven then is over. */
const asked = (w: World, { to, flags }: { to: number; flags: World["flags"] }): World => ({
	...w,
	goal: to,
	flags,
	command: w.command + 1,
	aborted: false,
	said: "nothing",
	snapshotTaken: false,
	file: false,
});
