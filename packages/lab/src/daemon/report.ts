import type { ChildProcess } from "node:child_process";
import type { SupervisorMessage } from "./messages.ts";

/** What a supervisor says, from its first word to its end; whoever begins to follow it late misses nothing. */
export class Report {
	readonly #said: (SupervisorMessage | "ended")[] = [];
	#follower: ((message: SupervisorMessage | "ended") => void) | undefined;

	constructor(supervisor: ChildProcess) {
		supervisor.on("message", (message: SupervisorMessage) => this.#take(message));
		// Comes after the last message, as "exit" may not.
		supervisor.on("disconnect", () => this.#take("ended"));
		supervisor.on("error", () => this.#take("ended"));
	}

	/** Calls `follower` with all that was said so far, and with what comes; in place of the former follower. */
	follow(follower: (message: SupervisorMessage | "ended") => void): void {
		this.#follower = follower;
		for (const message of this.#said) follower(message);
	}

	#take(message: SupervisorMessage | "ended"): void {
		this.#said.push(message);
		this.#follower?.(message);
	}
}
