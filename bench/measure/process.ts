import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";

export interface ProcessRun {
	/** wall time, from before it is started to its end */
	readonly ms: number;
	/** most memory that it had at once, in bytes; 0 where it was not asked for, or it was gone too soon */
	readonly peakBytes: number;
	readonly stdout: string;
	readonly stderr: string;
}

export interface ProcessOptions {
	env?: NodeJS.ProcessEnv;
	cwd?: string;
	/** Look at its memory, every few milliseconds. @default false: it takes time of its own */
	memory?: boolean;
	/** it is ended, and the run fails */
	signal?: AbortSignal;
}

const INTERVAL = 10;

/** Runs a command from its start to its end. Rejects where it fails, with what it said. */
export function runProcess(
	command: string,
	args: readonly string[],
	options: ProcessOptions = {},
): Promise<ProcessRun> {
	const { env = process.env, cwd, memory = false, signal } = options;
	return new Promise((resolve, reject) => {
		const began = performance.now();
		const child = spawn(command, args, { env, stdio: ["ignore", "pipe", "pipe"], ...(cwd ? { cwd } : {}) });
		let peakBytes = 0;
		const look = () => {
			peakBytes = Math.max(peakBytes, peakOf(child.pid));
		};
		const timer = memory ? setInterval(look, INTERVAL) : undefined;
		const abort = () => child.kill("SIGTERM");
		signal?.addEventListener("abort", abort, { once: true });
		const out: Buffer[] = [];
		const err: Buffer[] = [];
		child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
		child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
		const end = () => {
			clearInterval(timer);
			signal?.removeEventListener("abort", abort);
		};
		child.once("error", (error) => {
			end();
			reject(error);
		});
		child.once("close", (code, by) => {
			end();
			const ms = performance.now() - began;
			const stderr = Buffer.concat(err).toString();
			if (code === 0) resolve({ ms, peakBytes, stdout: Buffer.concat(out).toString(), stderr });
			else reject(new Error(`${command} ${args.join(" ")} ended with ${by ?? `exit code ${code}`}\n${stderr}`));
		});
	});
}

/** The kernel's own high-water mark: what lies between two looks is in it too. */
function peakOf(pid: number | undefined): number {
	try {
		const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
		return found ? Number(found[1]) * 1024 : 0;
	} catch {
		return 0;
	}
}
