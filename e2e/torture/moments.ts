import type { Fault } from "./fault.ts";

/** Which faults are due, as the steps of a scaling are done, over all runs of the command. */
export class Moments {
	/** those whose moment has not come */
	readonly waiting: Set<Fault>;
	/** people, who come when a plan is shown */
	readonly others: Set<Fault>;
	#steps = 0;

	constructor(faults: readonly Fault[]) {
		this.waiting = new Set(faults.filter(({ kind }) => kind !== "other-person"));
		this.others = new Set(faults.filter(({ kind }) => kind === "other-person"));
	}

	beginning(): Fault[] {
		return this.#take((fault) => fault.at.after === 0);
	}

	/** `words`: what the command said of the step that it has just done. */
	stepDone(words: string): Fault[] {
		this.#steps++;
		const kind = /recreated from the original template/.test(words)
			? "restart-pod"
			: /which makes pod/.test(words)
				? "raise-replicas"
				: undefined;
		return this.#take(({ at }) => at.after === this.#steps || at.after === kind);
	}

	#take(isDue: (fault: Fault) => boolean): Fault[] {
		const due = [...this.waiting].filter(isDue);
		for (const fault of due) this.waiting.delete(fault);
		return due;
	}
}
