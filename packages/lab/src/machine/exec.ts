import { spawn } from "node:child_process";
import { lstat } from "node:fs/promises";
import { join } from "node:path";
import { PassThrough, type Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { ExecSession } from "../api/api.ts";
import { findProgram } from "./command.ts";
import { exitCode } from "./exit-code.ts";
import { createPipes, type Pipe } from "./pipes.ts";
import { descendants, signalProcess } from "./processes.ts";
import { CAPABILITIES, type Container, missing, StartError } from "./sandbox.ts";
import { scriptArguments, Terminal } from "./terminal.ts";

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
	input?.stream.on("error", () => {});
	const terminal = options.tty ? new Terminal() : undefined;
	const killed = new AbortController();
	const pipes = { out, err, input };
	const exited = runInContainer(container, options, pipes, terminal, killed.signal);
	exited.finally(() => input?.stream.destroy());
	return {
		stdin: input?.stream ?? new PassThrough().end(),
		stdout: out.stream,
		...(terminal ? {} : { stderr: err.stream }),
		exited: afterOutput(exited, terminal ? [out.stream] : [out.stream, err.stream]),
		resize: (columns, rows) => terminal?.resize(columns, rows),
		kill: () => killed.abort(),
	};
}

async function runInContainer(
	container: Container,
	options: ExecOptions,
	pipes: { out: Pipe; err: Pipe; input: Pipe | undefined },
	terminal: Terminal | undefined,
	killed: AbortSignal,
): Promise<number> {
	const size = await terminal?.firstSize();
	const command = terminal ? scriptArguments(options.command, size) : options.command;
	const { out, err, input } = pipes;
	const child = spawn(findProgram("nsenter") ?? "nsenter", enterArguments(container.pid, options, command), {
		stdio: [input?.fd ?? "ignore", out.fd, err.fd],
		env: terminal ? { TERM: "xterm", ...options.env } : options.env,
		cwd: "/",
	});
	const { pid } = child;
	const exited = new Promise<number>((resolve) => {
		child.on("error", () => resolve(126));
		child.on("exit", (code, signal) => resolve(exitCode(code, signal)));
	});
	await Promise.all([out, err, ...(input ? [input] : [])].map((pipe) => pipe.handOver()));
	if (pid === undefined) return exited;
	let over = false;
	const kill = () => void killBelow(pid, () => over);
	container.sessions.add(pid);
	terminal?.attach(pid);
	if (killed.aborted) kill();
	else killed.addEventListener("abort", kill);
	const code = await exited;
	over = true;
	terminal?.detach();
	container.sessions.delete(pid);
	return code;
}

function enterArguments(pid: number, options: ExecOptions, command: string[]): string[] {
	const args = ["-t", String(pid), "-m", "-u", "-i", "-n", "-p", `--wd=/proc/${pid}/root${options.workingDirectory}`];
	// nsenter enters as root of everything; bubblewrap has taken that from the container itself.
	const setpriv = findProgram("setpriv");
	if (setpriv) args.push(setpriv, `--bounding-set=${["-all", ...CAPABILITIES.map((name) => `+${name}`)].join(",")}`);
	return [...args, ...command];
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

/**
 * Kills what nsenter started, not nsenter itself: its child would run on. nsenter ends with its child.
 */
async function killBelow(pid: number, over: () => boolean): Promise<void> {
	while (!over()) {
		for (const one of await descendants(pid)) signalProcess(one, "SIGKILL");
		await sleep(20);
	}
}
