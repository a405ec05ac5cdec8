import { spawn } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { LabError } from "../lab-error.ts";

/** PATH with the system folders, which an ordinary user's PATH lacks on some distributions. */
const SYSTEM_PATH = [
	...new Set([
		...(process.env.PATH ?? "").split(":").filter(Boolean),
		...["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"],
	]),
].join(":");

/** The absolute path of a program, or undefined where this machine has none. */
export function findProgram(name: string): string | undefined {
	for (const folder of SYSTEM_PATH.split(":")) {
		const path = join(folder, name);
		try {
			accessSync(path, constants.X_OK);
			return path;
		} catch {}
	}
	return undefined;
}

/** Runs a program to its end and returns what it printed; a non-zero exit is a {@link LabError} `MachineFailed`. */
export function run(program: string, args: string[], options: { input?: string } = {}): Promise<string> {
	return new Promise((resolve, reject) => {
		const child = spawn(program, args, { stdio: ["pipe", "pipe", "pipe"], env: { PATH: SYSTEM_PATH, LC_ALL: "C" } });
		let stdout = "";
		let stderr = "";
		const failed = (message: string, cause?: unknown) =>
			reject(
				new LabError("MachineFailed", {
					operation: `running ${program} ${args.join(" ")}`,
					message: `${program}: ${message}`,
					cause,
				}),
			);
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			stdout += text;
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
		});
		child.stdin.on("error", () => {});
		child.stdin.end(options.input ?? "");
		child.on("error", (error) => failed(error.message, error));
		child.on("close", (code, signal) => {
			if (code === 0) resolve(stdout);
			else failed(stderr.trim() || stdout.trim() || `ended with ${signal ?? `exit code ${code}`}`);
		});
	});
}
