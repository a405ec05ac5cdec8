import { PLAIN } from "../../cluster/security-view.ts";
import type { Goal } from "../goal.ts";
import type { Decision, Step } from "../step.ts";
import type { Core } from "./core.ts";
import type { Happening } from "./kubelet.ts";
import { ASKS_ETCD, effectOf } from "./perform.ts";
import { Eyes } from "./see.ts";
import { rollsPods, type Setup } from "./setup.ts";
import { beginning, seenKey, toleranceOf, type World } from "./world.ts";

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

	constructor(core: Core, setup: Setup) {
		this.#core = core;
		this.#setup = setup;
		this.#eyes = new Eyes(setup);
	}

	goal(w: World): Goal {
		const goal = {
			replicas: w.goal,
			snapshot: !w.aborted,
			keepVolumes: !w.aborted && this.#setup.keepVolumes === true,
			...(!w.aborted && this.#setup.discardVolumes ? { discardVolumes: true } : {}),
		};
		if (w.aborted || !rollsPods(this.#setup)) return goal;
		return { ...goal, rollOut: this.#setup.naming ? "initial-cluster" : "template" };
	}

	decide(w: World, kubernetes?: World): Decision {
		const key = kubernetes ? `${seenKey(w)}/${seenKey(kubernetes)}` : seenKey(w);
		let decision = this.#decisions.get(key);
		if (!decision) {
			decision = this.#core.nextStep(this.#eyes.see(w, kubernetes), this.goal(w));
			this.#decisions.set(key, decision);
		}
		return decision;
	}

	/** What the plan tells of before anything is changed, and what is wrong with it by itself. */
	promise(): Promised {
		const { from, to, readyAsLearner } = this.#setup;
		const setups = [this.#setup, { ...this.#setup, from: to, to: from }];
		const [there, back] = setups.map((setup): [tolerance: number, problem?: string] => {
			const w = beginning({ ...setup, leftover: false });
			try {
				const plan = this.#core.plan(new Eyes(setup).see(w), this.goal(w));
				if (plan.blocked) return [0, `the plan would not get to the goal: ${plan.blocked.message}`];
				return [plan.toleranceLowest];
			} catch (error) {
				return [0, `there is no plan: ${String(error)}`];
			}
		});
		const lowest = there?.[0] ?? 0;
		const given = from < to && !readyAsLearner && lowest < toleranceOf(beginning(this.#setup));
		return {
			problem: there?.[1] ?? (given ? "the plan gives up tolerance, for which there is no need" : undefined),
			tolerance: (w) => (w.aborted ? Math.min(lowest, back?.[0] ?? 0) : lowest),
		};
	}

	/** Why the command would not begin now; undefined: it would. */
	#refusal(w: World): Told | undefined {
		const key = seenKey(w);
		if (this.#refusals.has(key)) return this.#refusals.get(key);
		const decision = this.decide(w);
		const told: Told | undefined =
			decision.kind === "blocked" ? { kind: "refusal", ...decision.blocked } : this.#failedCheck(w);
		this.#refusals.set(key, told);
		return told;
	}

	#failedCheck(w: World): Told | undefined {
		const input = { view: this.#eyes.see(w), goal: this.goal(w), security: PLAIN, missingRights: [], force: true };
		const failed = this.#core.firstFailure(input);
		return failed && { kind: "refusal", reason: `check:${failed.id}`, message: failed.saw, hint: failed.hint ?? "" };
	}

	/**
	 * What the tool may do next. More than one: etcd may put it off, or take it.
	 *
	 * @param quiet nothing comes about by itself: looking again would show the same
	 */
	*moves(w: World, quiet: boolean): Generator<Happening & { decided?: Step; effect?: boolean }> {
		const { run } = w;
		if (run.kind === "off") {
			if (this.decide(w).kind !== "done" && !this.#refusal(w))
				yield { label: "the command is run", world: { ...w, run: { kind: "looking" } } };
			return;
		}
		if (run.kind === "looking" && this.#setup.torn) {
			if (quiet && this.decide(w).kind === "wait") return;
			yield {
				label: "Kubernetes is read",
				world: { ...w, run: { kind: "half", stale: false, kubernetes: { ...w, run: { kind: "off" } } } },
			};
			return;
		}
		if (run.kind === "decided") {
			const done = effectOf(w, this.#setup, run.step, run);
			if (done) yield { label: run.step.kind, world: { ...done, run: { kind: "looking" } }, effect: true };
			if (!done || ASKS_ETCD.has(run.step.kind))
				yield { label: `${run.step.kind} is put off`, world: { ...w, run: { kind: "looking" } } };
			return;
		}
		const decision = this.decide(w, run.kind === "half" ? run.kubernetes : undefined);
		if (decision.kind === "step")
			yield {
				label: `the tool decides: ${decision.step.kind}${"ordinal" in decision.step ? ` ${decision.step.ordinal}` : ""}`,
				// the member list is linearizable: what is not in it by now was never proposed to this leader
				world: {
					...w,
					late: undefined,
					run: { kind: "decided", step: decision.step, stale: run.kind === "half" && run.stale, gone: false },
				},
				decided: decision.step,
			};
		else if (decision.kind === "wait") {
			if (run.kind === "half")
				yield { label: `the tool waits: ${decision.wait.kind}`, world: { ...w, run: { kind: "looking" } } };
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
