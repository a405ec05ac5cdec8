import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const COMMAND = fileURLToPath(new URL("../../packages/quorate/bin/quorate.js", import.meta.url));

/** How one run of the command ended. */
export interface Ended {
	readonly args: readonly string[];
	/** undefined: it was killed */
	readonly code: number | undefined;
	/** of the error that it told, `MemberUnreachable` */
	readonly error: string | undefined;
	readonly message: string;
	readonly hint: string;
}

export interface Tool {
	readonly ended: Promise<Ended>;
	/** SIGKILL */
	kill(): void;
	/** SIGINT, as Ctrl-C */
	stop(): void;
	/** SIGSTOP, and SIGCONT: a person who thinks about what is shown */
	hold(): void;
	goOn(): void;
}

const running = new Set<Tool>();

/** Kills every one that still runs. */
export function killTools(): void {
	for (const tool of running) tool.kill();
}

/** On stderr: `Quorate will scale …`. */
const PLAN = /^Quorate will /;
/** One step done, on stderr: `√  3/10 StatefulSet: …`. */
const STEP = /^\S+ +\d+\/\d+ (.*?) {2}[\d.]+\S*$/;

/** Starts the bundled command, as a person would; `onStep` is told of each step that it says is done. */
export function startTool(
	args: readonly string[],
	settings: {
		kubeconfig: string;
		cwd: string;
		log: string;
		onStep?: (words: string) => void;
		/** the plan is shown, and nothing is begun */
		onPlan?: () => void;
	},
): Tool {
	const { log } = settings;
	const tell = (text: string) => appendFileSync(log, `${new Date().toISOString()} ${text}\n`);
	tell(`$ quorate ${args.join(" ")}`);
	const child = spawn(process.execPath, [COMMAND, ...args, "-o", "json"], {
		cwd: settings.cwd,
		env: { ...process.env, KUBECONFIG: settings.kubeconfig },
		stdio: ["ignore", "pipe", "pipe"],
	});
	let line = "";
	let last = "";
	let planned = false;
	child.stderr.setEncoding("utf8").on("data", (text: string) => {
		const lines = (line + text).split("\n");
		line = lines.pop() ?? "";
		for (const one of lines) {
			tell(`  ${one}`);
			if (one.trim() !== "") last = one;
			if (!planned && PLAN.test(one)) {
				planned = true;
				settings.onPlan?.();
			}
			const words = STEP.exec(one)?.[1];
			if (words !== undefined) settings.onStep?.(words);
		}
	});
	child.stdout.resume();
	const ended = new Promise<Ended>((resolve, reject) => {
		child.once("error", reject);
		child.once("close", (code) => {
			const told = code === 0 || code === null ? undefined : parseError(line.trim() || last);
			tell(`  ended with ${code ?? "SIGKILL"}`);
			resolve({
				args,
				code: code ?? undefined,
				error: told?.code,
				message: told?.message ?? "",
				hint: told?.hint ?? "",
			});
		});
	});
	const tool = {
		ended,
		kill: () => child.kill("SIGKILL"),
		stop: () => child.kill("SIGINT"),
		hold: () => child.kill("SIGSTOP"),
		goOn: () => child.kill("SIGCONT"),
	};
	running.add(tool);
	ended.finally(() => running.delete(tool)).catch(() => {});
	return tool;
}

function parseError(line: string): { code?: string; message?: string; hint?: string } {
	try {
		return JSON.parse(line);
	} catch {
		return { message: line };
	}
}
