import { isDeepStrictEqual } from "node:util";
import type { Emit } from "./events.ts";
import type { Step } from "./step.ts";

/** Done by a pod of ours, which reports what came of it. */
const VISITS: ReadonlySet<Step["kind"]> = new Set<Step["kind"]>(["look-into-volume", "empty-volume"]);

/** Keeps the time of each step, from when it is begun until its effect is seen, and tells it. */
export class StepClock {
	readonly done: { step: Step; seconds: number }[] = [];
	readonly #emit: Emit;
	#current: { step: Step; began: number; performed: boolean; detail: string | undefined } | undefined;

	constructor(emit: Emit) {
		this.#emit = emit;
	}

	/** something was changed, be its effect seen or not */
	get changed(): boolean {
		return this.done.length > 0 || this.#current?.performed === true;
	}

	/** begun, and not accepted yet */
	isUnderWay(step: Step): boolean {
		return this.#current?.performed === false && isDeepStrictEqual(this.#current.step, step);
	}

	/** @param left steps from this one to the end, as far as can be told */
	begin(step: Step, left: number): void {
		this.#current = { step, began: performance.now(), performed: false, detail: undefined };
		const number = this.done.length + 1;
		this.#emit({ type: "step-started", step, number, total: this.done.length + left });
	}

	performed(detail: string | undefined): void {
		if (this.#current) Object.assign(this.#current, { performed: true, detail });
	}

	/**
	 * What was waited for after the last step has come about.
	 *
	 * @param blocked nothing more can be done: a pod that was to look into a volume or to wipe it may have refused that
	 */
	settled(blocked: boolean): void {
		if (!this.#current?.performed) return;
		const { step, began, detail } = this.#current;
		if (blocked && VISITS.has(step.kind)) return;
		const milliseconds = performance.now() - began;
		this.#current = undefined;
		this.done.push({ step, seconds: milliseconds / 1000 });
		this.#emit({ type: "step-done", step, milliseconds, ...(detail ? { detail } : {}) });
	}
}
