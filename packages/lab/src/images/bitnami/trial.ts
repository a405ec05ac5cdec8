import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** An etcd that the scripts start for a moment, before the container becomes etcd itself. What it says goes to the log. */
export class TrialEtcd {
	readonly #process: ChildProcess;
	readonly #exited: Promise<void>;

	/** @param environment beside the container's own */
	constructor(environment: Record<string, string> = {}, onLine: (line: string) => void = () => {}) {
		const child = spawn("etcd", [], { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
		this.#process = child;
		this.#exited = new Promise((resolve) => child.on("close", () => resolve()).on("error", () => resolve()));
		for (const stream of [child.stdout, child.stderr]) {
			createInterface({ input: stream }).on("line", (line) => {
				process.stderr.write(`${line}\n`);
				onLine(line);
			});
		}
	}

	/** Ends it; by force after ten seconds. */
	async stop(): Promise<void> {
		this.#process.kill("SIGTERM");
		const patience = new AbortController();
		const late = sleep(10_000, undefined, { signal: patience.signal }).then(
			() => this.#process.kill("SIGKILL"),
			() => false,
		);
		await this.#exited;
		patience.abort();
		await late;
	}
}
