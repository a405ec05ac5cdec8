import { spawn } from "node:child_process";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecSession } from "../api/api.ts";
import { findProgram } from "./command.ts";
import { exitCode } from "./exit-code.ts";
import { createPipes } from "./pipes.ts";
import { descendants, signalProcess } from "./processes.ts";
import { CAPABILITIES, type Container, missing, StartError } from "./sandbox.ts";
import { resizeTerminal, scriptArguments } from "./terminal.ts";

export interface ExecOptions {
	command: string[];
	env: Record<string, string>;
	workingDirectory: string;
	/** @default false: the command reads nothing */
	stdin?: boolean;
	/** @default false */
	tty?: boolean;
}

/** Runs a command inside a running container: same files, processes, host name and network. */
export async function execInContainer(container: Container, options: ExecOptions): Promise<ExecSession> {
	await mustExist(container.pid, options);
	const [out, err, input] = await createPipes(options.stdin ? ["out", "out", "in"] : ["out", "out"]);
	if (!out || !err) throw new StartError("no pipes for the command's output");
	const env = options.tty ? { TERM: "xterm", ...options.env } : options.env;
	const child = spawn(findProgram("nsenter") ?? "nsenter", enterArguments(container.pid, options), {
		stdio: [input?.fd ?? "ignore", out.fd, err.fd],
		env,
		cwd: "/",
	});
	const exited = new Promise<number>((resolve) => {
		child.on("error", () => resolve(126));
		child.on("exit", (code, signal) => resolve(exitCode(code, signal)));
	});
	await Promise.all([out, err, ...(input ? [input] : [])].map((pipe) => pipe.handOver()));
	input?.stream.on("error", () => {});
	const pid = child.pid ?? -1;
	let over = false;
	container.sessions.add(pid);
	exited.then(() => {
		over = true;
		container.sessions.delete(pid);
		input?.stream.destroy();
	});
	return {
		stdin: input?.stream ?? new PassThrough().end(),
		stdout: out.stream,
		...(options.tty ? {} : { stderr: err.stream }),
		exited: afterOutput(exited, options.tty ? [out.stream] : [out.stream, err.stream]),
		resize: terminalSize(pid, () => over),
		kill: () => {
			void killBelow(pid, () => over);
		},
	};
}

function enterArguments(pid: number, options: ExecOptions): string[] {
	const args = ["-t", String(pid), "-m", "-u", "-i", "-n", "-p", `--wd=/proc/${pid}/root${options.workingDirectory}`];
	// nsenter enters as root of everything; bubblewrap has taken that from the container itself.
	const setpriv = findProgram("setpriv");
	if (setpriv) args.push(setpriv, `--bounding-set=${["-all", ...CAPABILITIES.map((name) => `+${name}`)].join(",")}`);
	return [...args, ...(options.tty ? scriptArguments(options.command) : options.command)];
}

/** Fails as container runtimes do where there is no such program. */
async function mustExist(pid: number, options: ExecOptions): Promise<void> {
	const program = options.command[0] ?? "";
	const folders = program.includes("/") ? [options.workingDirectory] : (options.env.PATH ?? "").split(":");
	for (const folder of folders) {
		const path = program.startsWith("/") ? program : join(folder, program);
		if (await lstat(`/proc/${pid}/root${path}`).catch(() => undefined)) return;
	}
	const reason = `exec: ${JSON.stringify(program)}: ${missing(program)}: unknown`;
	throw new StartError(`OCI runtime exec failed: exec failed: unable to start container process: ${reason}`);
}

/** The exit code, once what was printed has been read; not for ever, since a process left behind may hold the pipe. */
async function afterOutput(exited: Promise<number>, streams: Readable[]): Promise<number> {
	const read = Promise.all(
		streams.map(
			(stream) => stream.closed || new Promise((resolve) => stream.once("end", resolve).once("close", resolve)),
		),
	);
	const code = await exited;
	const patience = new AbortController();
	await Promise.race([read, sleep(2000, undefined, { signal: patience.signal }).catch(() => {})]);
	patience.abort();
	return code;
}

/** Sizes come before the terminal is there, and faster than they can be set: the latest counts. */
function terminalSize(pid: number, over: () => boolean): (columns: number, rows: number) => void {
	let wanted: [number, number] | undefined;
	let busy = false;
	return async (columns, rows) => {
		wanted = [columns, rows];
		if (busy) return;
		busy = true;
		for (let tries = 0; wanted && tries < 100 && !over(); tries++) {
			const size: [number, number] = wanted;
			const done = await resizeTerminal(pid, ...size).catch(() => false);
			if (done && wanted === size) wanted = undefined;
			if (!done) await sleep(20);
		}
		busy = false;
	};
}

/**
 * Kills what nsenter started, never nsenter itself: its child would be left to the machine's process 1, and a container cannot end
 * before all its processes are reaped. nsenter ends with its child.
 */
async function killBelow(pid: number, over: () => boolean): Promise<void> {
	while (!over()) {
		for (const one of await descendants(pid)) signalProcess(one, "SIGKILL");
		await sleep(20);
	}
}
