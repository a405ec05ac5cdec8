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
	/** what it has printed, to stdout or stderr, when it is killed with SIGKILL */
	killOn?: RegExp;
}

export function run(command: string, args: readonly string[], settings: RunSettings = {}): Promise<Ran> {
	return new Promise((resolve, reject) => {
		const child = spawn(command, args, { cwd: settings.cwd, env: settings.env ?? process.env });
		const timer =
			settings.killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), settings.killAfter);
		let stdout = "";
		let stderr = "";
		child.stdout.setEncoding("utf8").on("data", (text: string) => {
			stdout += text;
			if (settings.killOn?.test(stdout)) child.kill("SIGKILL");
		});
		child.stderr.setEncoding("utf8").on("data", (text: string) => {
			stderr += text;
			if (settings.killOn?.test(stderr)) child.kill("SIGKILL");
		});
		child.once("error", reject);
		child.once("close", (code, signal) => {
			clearTimeout(timer);
			resolve({ code, signal, stdout, stderr });
		});
		child.stdin.on("error", () => {}).end(settings.input ?? "");
	});
}
