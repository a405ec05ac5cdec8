import { spawn } from "node:child_process";
import { findKubectl } from "quorate-lab";

/** Runs the real kubectl; rejects with what it printed where it fails. */
export async function kubectl(kubeconfig: string, args: readonly string[], input?: string): Promise<string> {
	const { path } = await findKubectl();
	const { code, stdout, stderr } = await run(path, ["--kubeconfig", kubeconfig, ...args], { input });
	if (code !== 0) throw new Error(`kubectl ${args.join(" ")}: exit code ${code}\n${stderr}`);
	return stdout;
}

export interface Ran {
	code: number | null;
	signal: NodeJS.Signals | null;
	stdout: string;
	stderr: string;
}

export interface RunSettings {
	input?: string | undefined;
	cwd?: string;
	env?: NodeJS.ProcessEnv;
	/** milliseconds after which it is killed with SIGKILL */
	killAfter?: number;
	/** told all that it has printed so far, to stdout or to stderr, whenever that is more; kill() sends a signal. @default SIGKILL */
	onPrint?: (printed: string, kill: (signal?: NodeJS.Signals) => void) => void;
}

/** For {@link RunSettings}: kills it once it has printed this. */
export const killOn = (pattern: RegExp, signal: NodeJS.Signals = "SIGKILL") => ({
	onPrint: (printed: string, kill: (signal: NodeJS.Signals) => void) => {
		if (pattern.test(printed)) kill(signal);
	},
});

export function run(command: string, args: readonly string[], settings: RunSettings = {}): Promise<Ran> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: settings.cwd, env: settings.env ?? process.env });
		const timer =
			settings.killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), settings.killAfter);
		const kill = (signal: NodeJS.Signals = "SIGKILL") => child.kill(signal);
		let stdout = "";
		let stderr = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			stdout += text;
			settings.onPrint?.(stdout, kill);
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
			settings.onPrint?.(stderr, kill);
		});
		child.once("error", reject);
		child.once("close", (code, signal) => {
			clearTimeout(timer);
			resolve({ code, signal, stdout, stderr });
		});
		child.stdin.on("error", () => {}).end(settings.input ?? "");
	});
}
