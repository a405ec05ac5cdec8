import { type ChildProcess, spawn } from "node:child_process";
import { readlink, realpath } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable, Writable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { findProgram } from "./command.ts";
import { exitCode } from "./exit-code.ts";
import { createPipes } from "./pipes.ts";
import { isStopped, processesOfContainer, signalProcess } from "./processes.ts";
import { type Mount, placeInRoot, rootFileSystem } from "./root-file-system.ts";
import { scriptArguments } from "./terminal.ts";

export interface ContainerOptions {
	/** path of the bubblewrap program */
	bwrap: string;
	hostname: string;
	/** path of the pod's network namespace; undefined: the machine's own */
	networkNamespace?: string;
	command: string[];
	env: Record<string, string>;
	/** made where it is missing */
	workingDirectory: string;
	/** volumes and files, each over what the root file system has there */
	mounts: Mount[];
	/** @default false */
	readOnlyRoot?: boolean;
	/** @default false: the command reads nothing */
	stdin?: boolean;
	/** run the command on a terminal @default false */
	tty?: boolean;
}

/** A container that runs. */
export interface Container {
	/** its first process, by the machine's count */
	pid: number;
	networkNamespace: string | undefined;
	stdin: Writable | undefined;
	stdout: Readable;
	stderr: Readable;
	/** exit code of its first process, 128 + n where signal n ended it; all its other processes are gone by then */
	exited: Promise<number>;
	/** processes of the machine that wait for commands exec'ed into it */
	sessions: Set<number>;
	/** Signals the first process. */
	signal(signal: NodeJS.Signals): boolean;
	/** Stops (SIGSTOP) or goes on with (SIGCONT) every process in it. */
	freeze(frozen: boolean): Promise<void>;
	isFrozen(): Promise<boolean>;
}

/** The command could not be started; `message` is as the container runtimes word it. */
export class StartError extends Error {}

/** What a container's root may do, as container runtimes have it by default. */
export const CAPABILITIES =
	"chown dac_override fowner fsetid kill setgid setuid setpcap net_bind_service net_raw sys_chroot mknod audit_write setfcap".split(
		" ",
	);

/** Resolves once the command itself is running (or has already ended). */
export async function startContainer(options: ContainerOptions): Promise<Container> {
	const args = await bwrapArguments(options);
	const [out, err, input] = await createPipes(options.stdin ? ["out", "out", "in"] : ["out", "out"]);
	if (!out || !err) throw new StartError("no pipes for the container's output");
	const nsenter = findProgram("nsenter") ?? "nsenter";
	const [program, ...rest] = options.networkNamespace
		? [nsenter, `--net=${options.networkNamespace}`, options.bwrap, ...args]
		: [options.bwrap, ...args];
	const child = spawn(program ?? options.bwrap, rest, {
		stdio: [input?.fd ?? "ignore", out.fd, err.fd, "pipe"],
		env: options.env,
		cwd: "/",
	});
	const exited = new Promise<number>((resolve) => {
		child.on("error", () => resolve(255));
		child.on("exit", (code, signal) => resolve(exitCode(code, signal)));
	});
	// Before anything is waited for: what nobody reads when the child ends is thrown away.
	const status = readStatus(child);
	await Promise.all([out, err, ...(input ? [input] : [])].map((pipe) => pipe.handOver()));
	input?.stream.on("error", () => {});
	const pid = await status.pid;
	if (pid === undefined || !(await running(pid, await realpath(options.bwrap), exited, status.ended))) {
		await exited;
		throw new StartError(startFailure(options.command, await text(err.stream)));
	}
	const sessions = new Set<number>();
	return {
		pid,
		sessions,
		networkNamespace: options.networkNamespace,
		stdin: input?.stream,
		stdout: out.stream,
		stderr: err.stream,
		exited,
		signal: (signal) => signalProcess(pid, signal),
		isFrozen: () => isStopped(pid),
		freeze: async (frozen) => {
			const signal = frozen ? "SIGSTOP" : "SIGCONT";
			for (const one of await processesOfContainer(pid)) signalProcess(one, signal);
			// nsenter stops itself once it sees that its child was stopped, which may be only now
			for (let round = 0; round < (frozen ? 1 : 5); round++) {
				if (round > 0) await sleep(20);
				for (const one of sessions) signalProcess(one, signal);
			}
		},
	};
}

/** The arguments for bubblewrap; every mount's source must exist. */
export async function bwrapArguments(options: ContainerOptions): Promise<string[]> {
	const args = ["--unshare-pid", "--unshare-uts", "--unshare-ipc", "--hostname", options.hostname];
	// The command is process 1 as in any container: no reaper, and signals without a handler are not for it.
	args.push("--die-with-parent", "--as-pid-1", "--new-session", "--json-status-fd", "3");
	args.push("--cap-drop", "ALL", ...CAPABILITIES.flatMap((name) => ["--cap-add", `CAP_${name.toUpperCase()}`]));
	args.push(...(await rootFileSystem()));
	const outerFirst = [...options.mounts].sort((a, b) => depth(a.target) - depth(b.target));
	for (const { source, target: asked, readOnly } of outerFirst) {
		const target = placeInRoot(asked);
		// Made here, since bubblewrap makes the folders above a mount its owner's alone.
		args.push("--dir", dirname(target), readOnly ? "--ro-bind" : "--bind", source, target);
	}
	args.push("--dir", options.workingDirectory);
	if (options.readOnlyRoot) args.push("--remount-ro", "/");
	args.push("--chdir", options.workingDirectory, "--");
	return [...args, ...(options.tty ? scriptArguments(options.command) : options.command)];
}

const depth = (path: string) => path.split("/").filter(Boolean).length;

/** bubblewrap tells the pid of the container's first process, and its exit code only if the command was found. */
function readStatus(child: ChildProcess) {
	let written = "";
	const stream = child.stdio[3] as Readable;
	const ended = new Promise<{ commandRan: boolean }>((resolve) => {
		stream.on("close", () => resolve({ commandRan: written.includes('"exit-code"') }));
	});
	const pid = new Promise<number | undefined>((resolve) => {
		stream.setEncoding("utf8").on("data", (text: string) => {
			written += text;
			const match = /"child-pid": (\d+)/.exec(written);
			if (match) resolve(Number(match[1]));
		});
		stream.on("close", () => resolve(undefined));
		child.on("error", () => resolve(undefined));
	});
	return { pid, ended };
}

/** Waits until process `pid` is the command and no longer bubblewrap setting things up. */
async function running(
	pid: number,
	bwrap: string,
	exited: Promise<number>,
	status: Promise<{ commandRan: boolean }>,
): Promise<boolean> {
	let over = false;
	exited.then(() => {
		over = true;
	});
	for (let wait = 1; !over; wait = Math.min(wait * 2, 16)) {
		const program = await readlink(`/proc/${pid}/exe`).catch(() => undefined);
		if (program !== undefined && program !== bwrap) return true;
		await sleep(wait);
	}
	return (await status).commandRan;
}

function startFailure(command: string[], stderr: string): string {
	const complaint = stderr.trim().replace(/^bwrap: /, "");
	const reason = /execvp .*: No such file or directory$/.test(complaint)
		? `exec: ${JSON.stringify(command[0])}: ${missing(command[0] ?? "")}: unknown`
		: /execvp .*: (.*)$/.test(complaint)
			? `exec: ${JSON.stringify(command[0])}: ${complaint.replace(/^execvp .*: /, "").toLowerCase()}: unknown`
			: complaint;
	return `OCI runtime create failed: runc create failed: unable to start container process: error during container init: ${reason}`;
}

export const missing = (program: string) =>
	program.includes("/") ? `stat ${program}: no such file or directory` : "executable file not found in $PATH";

async function text(stream: Readable): Promise<string> {
	let all = "";
	for await (const chunk of stream.setEncoding("utf8")) all += chunk;
	return all;
}
