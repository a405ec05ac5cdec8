import type { Probe } from "kubernetes-types/core/v1";

/** Counts a probe's results: it turns only after so many of the other kind in a row. */
export class ProbeState {
	readonly #successThreshold: number;
	readonly #failureThreshold: number;
	#passing: boolean | undefined;
	#last: boolean | undefined;
	#row = 0;

	constructor(probe: Pick<Probe, "successThreshold" | "failureThreshold">) {
		this.#successThreshold = probe.successThreshold ?? 1;
		this.#failureThreshold = probe.failureThreshold ?? 3;
	}

	/** true, false, or undefined while neither threshold has been reached */
	get passing(): boolean | undefined {
		return this.#passing;
	}

	/** Takes one result in; returns whether the verdict is new. A failing verdict is new each time that it is reached again. */
	record(passed: boolean): boolean {
		this.#row = this.#last === passed ? this.#row + 1 : 1;
		this.#last = passed;
		if (this.#row < (passed ? this.#successThreshold : this.#failureThreshold)) return false;
		const turned = this.#passing !== passed;
		this.#passing = passed;
		return turned || !passed;
	}
}
