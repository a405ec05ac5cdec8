import { execFile } from "node:child_process";

export interface Ran {
	/** exit code; undefined where a signal ended it or it could not be started */
	code: number | undefined;
	stdout: string;
	stderr: string;
}

/** Runs a program to its end. Rejects only when it is told to stop; what went wrong otherwise is in the answer. */
export function run(
	program: string,
	args: string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv; signal?: AbortSignal; timeout?: number } = {},
): Promise<Ran> {
	return new Promise((resolve, reject) => {
		const { signal, ...rest } = options;
		const settings = { encoding: "utf8" as const, maxBuffer: 1 << 24, ...rest, ...(signal ? { signal } : {}) };
		execFile(program, args, settings, (error, stdout, stderr) => {
			if (signal?.aborted) return reject(signal.reason);
			const code = error === null ? 0 : typeof error.code === "number" ? error.code : undefined;
			resolve({ code, stdout, stderr: stderr || (code === undefined ? (error?.message ?? "") : "") });
		});
	});
}
