import { randomBytes } from "node:crypto";
import { type Duplex, PassThrough, Readable, Writable } from "node:stream";
import type { Pod } from "kubernetes-types/core/v1";
import type { ExecSession, LogOptions, PodRuntime } from "../api/api.ts";
import { ApiError } from "../api/api-error.ts";
import { dial } from "../machine/dial.ts";
import { dialInside } from "../machine/dial-inside.ts";
import { listening } from "../machine/listeners.ts";
import { StartError } from "../machine/sandbox.ts";
import { logPath } from "./container-instance.ts";
import type { ContainerRecord } from "./container-record.ts";
import type { ContainerRunner } from "./container-runner.ts";
import { dialMessage } from "./dial-message.ts";
import type { Kubelet } from "./kubelet.ts";
import type { LogFile } from "./log-file.ts";
import { readLog } from "./log-reader.ts";
import { isFinished, type StoredPod } from "./pod.ts";
import type { PodWorker } from "./pod-worker.ts";

/** What nodes answer to `kubectl logs`, `exec`, `attach` and `port-forward`, in the words that they have for it. */
export function podRuntime(kubeletOf: (node: string) => Kubelet | undefined): PodRuntime {
	const kubeletFor = ({ metadata, spec }: StoredPod): Kubelet => {
		if (!spec.nodeName) {
			throw new ApiError(400, "BadRequest", `pod ${metadata.name} does not have a host assigned`);
		}
		const kubelet = kubeletOf(spec.nodeName);
		if (!kubelet?.on) {
			const problem = `dial tcp: lookup ${spec.nodeName}: connect: no route to host`;
			throw new ApiError(500, "InternalError", `error dialing backend: ${problem}`);
		}
		return kubelet;
	};
	const workerOf = (given: Pod): PodWorker => {
		const pod = given as StoredPod;
		const worker = kubeletFor(pod).worker(pod.metadata.uid);
		if (!worker) throw new ApiError(404, "NotFound", `pods ${JSON.stringify(pod.metadata.name)} not found`);
		return worker;
	};
	const logSource = (given: Pod, container: string): LogSource => {
		const pod = given as StoredPod;
		const kubelet = kubeletFor(pod);
		// A pod that had ended when its node was switched on has no worker any more.
		if (isFinished(pod) && !kubelet.worker(pod.metadata.uid)) return ended(pod, container, kubelet.logs(pod));
		const worker = workerOf(pod);
		const live = worker.runner(container)?.instance?.log;
		return {
			pod: pod.metadata.name,
			folder: worker.logs,
			...pick(record(worker, container)),
			...(live ? { live } : {}),
		};
	};
	/** The error of an exec where the node is off: the API server has taken the connection by then. */
	const unreachable = ({ metadata, spec }: Pod, container: string, command: readonly string[]) => {
		const kubelet = kubeletOf(spec?.nodeName ?? "");
		if (!kubelet || kubelet.on) return undefined;
		const query = new URLSearchParams(command.map((word): [string, string] => ["command", word]));
		const url = `https://${kubelet.address}:10250/exec/${metadata?.namespace}/${metadata?.name}/${container}?${query}&error=1&output=1`;
		const message = `error sending request: Post ${JSON.stringify(url)}: dial tcp ${kubelet.address}:10250: connect: no route to host`;
		return new ApiError(500, "InternalError", `Internal error occurred: ${message}`);
	};
	return {
		logs: (pod, container, options, signal) => logs(logSource(pod, container), container, options, signal),
		exec: async (pod, container, { command, stdin, tty }) => {
			const off = unreachable(pod, container, command);
			if (off) return notStarted(off);
			const runner = runningContainer(workerOf(pod), container);
			try {
				return await runner.exec(command, { stdin, tty });
			} catch (error) {
				if (!(error instanceof StartError)) throw error;
				const message = `error executing command in container: failed to exec in container: failed to start exec ${JSON.stringify(randomBytes(32).toString("hex"))}: ${error.message}`;
				return notStarted(
					new ApiError(500, "InternalError", `Internal error occurred: Internal error occurred: ${message}`),
				);
			}
		},
		attach: async (pod, container, options) => attach(runningContainer(workerOf(pod), container), options),
		dial: async (pod, port) => dialPod(workerOf(pod), port),
	};
}

/** What is known of a container whose log is wanted. */
interface LogSource extends Pick<ContainerRecord, "state" | "lastState" | "restartCount"> {
	/** its pod's name */
	pod: string;
	folder: string;
	/** what it writes now */
	live?: LogFile;
}

const pick = ({ state, lastState, restartCount }: ContainerRecord) => ({ state, lastState, restartCount });

function ended({ metadata, status }: StoredPod, container: string, folder: string): LogSource {
	const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
	const found = all.find(({ name }) => name === container);
	if (!found) throw notValid(container, metadata.name);
	const { state = {}, lastState = {}, restartCount } = found;
	return { pod: metadata.name, folder, state, lastState, restartCount };
}

const notValid = (container: string, pod: string) =>
	new ApiError(400, "BadRequest", `container ${container} is not valid for pod ${pod}`);

/** The connection is there before the command: that it cannot be started is said on it. */
function notStarted(error: ApiError): ExecSession {
	const ended = () => Readable.from([]);
	const stdin = new Writable({ write: (_chunk, _encoding, done) => done() });
	return { stdin, stdout: ended(), stderr: ended(), resize: () => {}, exited: Promise.reject(error), kill: () => {} };
}

function record(worker: PodWorker, container: string): ContainerRecord {
	const runner = worker.runner(container);
	if (runner) return runner.record;
	throw notValid(container, worker.pod.metadata.name);
}

function runningContainer(worker: PodWorker, container: string): ContainerRunner {
	const { name } = record(worker, container);
	const runner = worker.runner(name);
	if (runner?.instance) return runner;
	throw new ApiError(
		500,
		"InternalError",
		`unable to upgrade connection: container not found (${JSON.stringify(name)})`,
	);
}

async function* logs(
	source: LogSource,
	container: string,
	options: LogOptions,
	signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
	const { state, lastState, restartCount, live } = source;
	const what = `container ${JSON.stringify(container)} in pod ${JSON.stringify(source.pod)}`;
	const ran = state.running || state.terminated || lastState.terminated;
	if (options.previous && !lastState.terminated) {
		throw new ApiError(400, "BadRequest", `previous terminated ${what.replace(/ in pod/, " in pod")} not found`);
	}
	if (!ran) {
		const reason = state.waiting?.reason ?? "ContainerCreating";
		const failing = /Err|BackOff|InvalidImageName/.test(reason);
		const why = failing ? `trying and failing to pull image` : reason;
		throw new ApiError(400, "BadRequest", `${what} is waiting to start: ${why}`);
	}
	const run = options.previous ? restartCount - (state.waiting ? 0 : 1) : restartCount;
	const path = logPath(source.folder, container, run);
	yield* readLog(path, live?.path === path ? live : undefined, options, signal);
}

/** Joins in with what the container itself reads and writes. */
function attach(runner: ContainerRunner, { stdin, tty }: { stdin: boolean; tty: boolean }): ExecSession {
	const { instance } = runner;
	if (!instance) throw new ApiError(500, "InternalError", "the container is gone");
	const { process } = instance;
	const copies = [process.stdout, process.stderr].map((stream) => {
		const copy = new PassThrough();
		stream.on("data", (chunk) => copy.write(chunk));
		stream.once("end", () => copy.end());
		copy.once("close", () => stream.off("data", copy.write));
		return copy;
	});
	const [stdout = new PassThrough(), stderr = new PassThrough()] = copies;
	const input = new PassThrough();
	if (stdin && process.stdin) input.pipe(process.stdin, { end: runner.record.container.stdinOnce ?? false });
	let leave = (_code: number) => {};
	const left = new Promise<number>((resolve) => {
		leave = resolve;
	});
	return {
		stdin: input,
		stdout,
		...(tty ? {} : { stderr }),
		resize: () => {},
		exited: Promise.race([instance.ended, left]),
		kill: () => {
			for (const copy of copies) copy.destroy();
			input.unpipe();
			leave(0);
		},
	};
}

/** As a kubelet: localhost in the pod. What listens on every address is dialled by the pod's, so that a cut cable cuts this as well. */
async function dialPod(worker: PodWorker, port: number): Promise<Duplex> {
	const { podIP } = worker.pod.status ?? {};
	const { name, uid } = worker.pod.metadata;
	const failed = (problem: string) =>
		new ApiError(500, "InternalError", `error forwarding port ${port} to pod ${name}, uid ${uid}: ${problem}`);
	const refused = (problem: string) => failed(`failed to connect to localhost:${port}: ${problem}`);
	const [runner] = worker.running();
	const pid = runner?.instance?.process.pid;
	if (!podIP || pid === undefined) throw failed("pod is not running");
	const { network } = worker;
	if (network) {
		const where = await listening(pid, port);
		if (where === "on localhost") return dialInside(network.namespace, port);
		if (where === "on another address") throw refused(`dial tcp 127.0.0.1:${port}: connect: connection refused`);
	}
	return dial(podIP, port).catch((error: NodeJS.ErrnoException) => {
		throw refused(dialMessage(error, `127.0.0.1:${port}`));
	});
}
