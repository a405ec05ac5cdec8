import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findKubectl } from "quorate-lab";
import type { NodePower } from "../cluster-under-test.ts";
import { kubectl, run } from "../kubectl.ts";
import { type Chapter, type Operation, words } from "./operation.ts";

/** What a command printed, and how it ended. */
export interface Outcome {
	operation: Operation;
	code: number | null;
	stdout: string;
	stderr: string;
	/** false: what was awaited did not come */
	came: boolean;
}

/** A Kubernetes that the script runs on. */
export interface Server {
	kubeconfig: string;
	/** of the chapter; the same on both servers, so that nothing that is derived from it differs */
	namespace: string;
	/** pulls a node's plug, or puts it back in */
	power?: NodePower | undefined;
	/** @default the one that is found */
	kubectl?: string;
	/** for every command */
	env?: Record<string, string>;
}

/** Milliseconds between two looks, and after which what was awaited does not come. */
const INTERVAL = 300;
const PATIENCE = 60_000;

/** Runs a chapter's operations in order. */
export async function perform(server: Server, chapter: Chapter): Promise<Outcome[]> {
	const path = server.kubectl ?? (await findKubectl()).path;
	const dir = await mkdtemp(join(tmpdir(), "quorate-twin-"));
	const running = new Map<string, Running>();
	const settings = { dir, path, nodes: new Map(), ...server };
	const outcomes: Outcome[] = [];
	try {
		for (const operation of chapter.operations) {
			if (operation.ends !== undefined) outcomes.push(await end(running, operation.ends));
			else if (operation.power) outcomes.push(await switchNode(settings, operation, operation.power));
			else if (operation.begins !== undefined) running.set(operation.begins, begin(settings, operation));
			else outcomes.push(await untilSo(settings, operation));
		}
	} finally {
		for (const name of running.keys()) await end(running, name);
		await rm(dir, { recursive: true });
	}
	return outcomes;
}

interface Settings extends Server {
	dir: string;
	/** of kubectl */
	path: string;
	/** of pods, by their names */
	nodes: Map<string, string>;
}

async function switchNode(settings: Settings, operation: Operation, power: "off" | "on"): Promise<Outcome> {
	await settings.power?.(await fill(settings, operation.run), power);
	return { operation, code: 0, stdout: "", stderr: "", came: settings.power !== undefined };
}

async function untilSo(settings: Settings, operation: Operation): Promise<Outcome> {
	const deadline = Date.now() + PATIENCE;
	for (;;) {
		const outcome = await runOnce(settings, operation);
		const isSo = operation.until === undefined || operation.until.test(outcome.stdout + outcome.stderr);
		if (isSo || Date.now() > deadline) return { ...outcome, came: isSo };
		await sleep(INTERVAL);
	}
}

async function runOnce(settings: Settings, operation: Operation): Promise<Outcome> {
	const { input } = operation;
	const text = input === undefined || typeof input === "string" ? input : JSON.stringify(input);
	const ran = await run(settings.path, await commandLine(settings, operation), {
		input: text === undefined ? undefined : await fill(settings, text),
		cwd: settings.dir,
		env: { ...process.env, ...settings.env, ...operation.env },
		killAfter: PATIENCE,
	});
	return { operation, code: ran.code, stdout: ran.stdout, stderr: ran.stderr, came: true };
}

async function commandLine(settings: Settings, operation: Operation): Promise<string[]> {
	const args = await Promise.all(words(operation.run).map((word) => fill(settings, word)));
	return ["--kubeconfig", settings.kubeconfig, "-n", settings.namespace, ...args];
}

/** Where a pod was when it was first named: a command may well send it elsewhere. */
async function fill(settings: Settings, text: string): Promise<string> {
	const filled = text.replaceAll("{ns}", settings.namespace).replaceAll("{dir}", settings.dir);
	const [placeholder, pod] = /\{node:([\w-]+)\}/.exec(filled) ?? [];
	if (placeholder === undefined || pod === undefined) return filled;
	const get = ["get", "pod", pod, "-n", settings.namespace, "-o", "jsonpath={.spec.nodeName}"];
	const node = settings.nodes.get(pod) ?? (await kubectl(settings.kubeconfig, get));
	settings.nodes.set(pod, node);
	return filled.replaceAll(placeholder, node);
}

interface Running {
	operation: Operation;
	started: Promise<ChildProcess>;
	printed: { stdout: string; stderr: string };
}

function begin(settings: Settings, operation: Operation): Running {
	const printed = { stdout: "", stderr: "" };
	const started = commandLine(settings, operation).then((args) => {
		const child = spawn(settings.path, args, {
			stdio: ["ignore", "pipe", "pipe"],
			env: { ...process.env, ...settings.env },
		});
		for (const stream of ["stdout", "stderr"] as const)
			child[stream].setEncoding("utf8").on("data", (text: string) => {
				printed[stream] += text;
			});
		return child;
	});
	return { operation, started, printed };
}

async function end(running: Map<string, Running>, name: string): Promise<Outcome> {
	const found = running.get(name);
	if (!found) throw new Error(`nothing began under the name ${name}`);
	running.delete(name);
	const child = await found.started;
	// what was done last is still on its way
	await sleep(1000);
	const closed = child.exitCode === null && child.signalCode === null ? once(child, "close") : undefined;
	child.kill("SIGTERM");
	await closed;
	return { operation: found.operation, code: child.exitCode, came: true, ...found.printed };
}
