import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { findEtcd } from "../binaries/find-etcd.ts";
import { findNearestEtcd } from "../binaries/find-nearest-etcd.ts";
import { labsFolder } from "../binaries/folders.ts";
import { LabError } from "../lab-error.ts";
import { serveControl } from "./control.ts";
import { removeFolder } from "./down.ts";
import { MACHINE } from "./lab-processes.ts";
import {
	type DetachMessage,
	fromPlain,
	type LabConfig,
	type MachineCommand,
	type MachineMessage,
	type MachineQuestion,
	type PlainError,
	type SupervisorMessage,
	toPlain,
} from "./messages.ts";
import { processId } from "./process-id.ts";
import { type LabRecord, writeRecord } from "./record.ts";
import { connectIn, SocketFolder } from "./socket-folder.ts";
import { splice } from "./splice.ts";

/** The machine ends its pods one after the other; longer than this it is not waited for. */
const STOP_TIMEOUT = 10_000;

/**
 * The process that outlives `lab up`: it starts the lab's machine, lets it be reached from outside, and ends it. It
 * is told what to start by its first message, and to stop by SIGTERM, or by the end of `lab up` while the lab is
 * still coming up.
 */
class Supervisor {
	readonly #config: LabConfig;
	readonly #namespaces: [string, ...string[]];
	readonly #sockets: SocketFolder;
	readonly #record: LabRecord;
	readonly #asked = new Map<number, { resolve(answer: unknown): void; reject(error: Error): void }>();
	#machine: ChildProcess | undefined;
	#stopping = false;
	#detached = false;
	/** `lab up` ended before the lab was up: nobody else will clear it away */
	#orphaned = false;
	#questions = 0;

	constructor(config: LabConfig, namespaces: [string, ...string[]]) {
		this.#config = config;
		this.#namespaces = namespaces;
		this.#sockets = new SocketFolder(config.folder);
		const self = processId(process.pid);
		if (!self) throw new Error("cannot read /proc/self");
		const { name, members, nodes, etcd } = config;
		const { version, folder } = etcd;
		const since = new Date().toISOString();
		this.#record = {
			name,
			since,
			phase: "starting",
			port: 0,
			members,
			nodes,
			etcd: { version, folder },
			supervisor: self,
		};
	}

	async run(): Promise<void> {
		const { folder } = this.#config;
		process.on("SIGTERM", () => this.stop());
		process.on("disconnect", () => {
			if (this.#record.phase !== "starting" || this.#detached) return;
			this.#orphaned = true;
			this.stop();
		});
		process.on("message", (message: DetachMessage) => {
			this.#detached = message.type === "detach";
		});
		await this.#update({});
		tell({ type: "started" });
		const relay = await this.#listen();
		const control = await serveControl(this.#sockets, {
			status: () => ({ record: this.#record }),
			ask: (question) => this.#ask(question),
		});
		const failure = await this.#runMachine();
		relay.close();
		control.close();
		if (this.#orphaned) await this.#writing.then(() => removeFolder(folder));
		if (failure && !this.#stopping) {
			const cameUp = this.#record.phase === "up";
			await this.#update({ phase: "failed" });
			log(`the machine ended: ${failure.message}`);
			if (!cameUp) tell({ type: "failed", error: failure });
		}
		process.exit(failure && !this.#stopping ? 1 : 0);
	}

	stop(): void {
		if (this.#stopping) return;
		this.#stopping = true;
		log("stopping");
		void this.#update({ phase: "stopping" }).catch(() => undefined);
		void this.#stopMachine();
	}

	async #stopMachine(): Promise<void> {
		const machine = this.#machine;
		if (!machine || machine.exitCode !== null || machine.signalCode !== null) return;
		const ended = once(machine, "exit");
		this.#command({ type: "stop" });
		await Promise.race([ended, sleep(STOP_TIMEOUT, undefined, { ref: false })]);
		// unshare takes its child with it, and that all that runs in its process namespace.
		machine.kill("SIGKILL");
	}

	/** Takes TCP connections from this machine, and passes them to the API server in the lab's. */
	async #listen(): Promise<Server> {
		const { folder, port } = this.#config;
		const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
			client.on("error", () => undefined);
			connectIn(folder, "api.sock").then(
				(api) => splice(client, api),
				() => client.destroy(),
			);
		});
		server.listen(port, "127.0.0.1");
		await once(server, "listening").catch((cause: NodeJS.ErrnoException) => {
			const why = cause.code === "EADDRINUSE" ? "is in use" : `cannot be listened on (${cause.code})`;
			const hint = "choose another one, or none: any that is free will be taken";
			throw new LabError("LabStartFailed", {
				operation: "bringing the lab up",
				message: `port ${port} ${why}`,
				hint,
				cause,
			});
		});
		await this.#update({ port: (server.address() as AddressInfo).port });
		return server;
	}

	/** Runs the machine to its end. Returns why it ended, where nobody had asked for it. */
	async #runMachine(): Promise<PlainError | undefined> {
		if (this.#stopping) return undefined;
		const { folder } = this.#config;
		const program = join(dirname(fileURLToPath(import.meta.url)), MACHINE);
		const [unshare, ...args] = this.#namespaces;
		const machine = spawn(unshare, [...args, ...INIT, process.execPath, ...MACHINE_FLAGS, program, folder], {
			stdio: ["ignore", "inherit", "inherit", "ipc"],
		});
		this.#machine = machine;
		let failure: PlainError | undefined;
		machine.on("message", (message: MachineMessage) => {
			if (message.type === "progress" || message.type === "serving") tell(message);
			else if (message.type === "failed") failure = message.error;
			else if (message.type === "ready") void this.#update({ phase: "up" }).then(() => tell({ type: "ready" }));
			else if (message.type === "findEtcd") void this.#findEtcd(message);
			else this.#answer(message);
		});
		machine.on("error", (error) => {
			failure ??= toPlain(error, "starting the lab's machine");
		});
		const id = machine.pid === undefined ? undefined : processId(machine.pid);
		await this.#update(id ? { machine: id } : {});
		this.#command({ type: "start", config: { ...this.#config, port: this.#record.port } });
		const [code, signal] = (await once(machine, "exit").catch(() => [])) as [number | null, string | null];
		for (const { reject } of this.#asked.values()) reject(new Error("the lab's machine has ended"));
		const how = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
		return failure ?? { code: "LabStartFailed", operation: "running the lab's machine", message: `it ${how}` };
	}

	/** For an image of another version: from this machine, or from the network, which the lab's own does not reach. */
	async #findEtcd({ id, version, nearest }: Extract<MachineMessage, { type: "findEtcd" }>): Promise<void> {
		const find = nearest ? findNearestEtcd : findEtcd;
		const etcd = await find({ ...this.#config.otherEtcd, version }).catch((error: unknown) => {
			log(`no etcd ${version}: ${error instanceof LabError ? `${error.message}; ${error.state ?? ""}` : error}`);
			return undefined;
		});
		this.#command({ type: "foundEtcd", id, etcd });
	}

	#command(command: MachineCommand): void {
		if (this.#machine?.connected) this.#machine.send(command, () => undefined);
	}

	#ask(question: MachineQuestion): Promise<unknown> {
		return new Promise((resolve, reject) => {
			if (!this.#machine?.connected) return reject(new Error("the lab's machine is not running"));
			const id = ++this.#questions;
			this.#asked.set(id, { resolve, reject });
			this.#command({ type: "ask", id, question });
		});
	}

	#answer(message: Extract<MachineMessage, { type: "answer" }>): void {
		const asked = this.#asked.get(message.id);
		this.#asked.delete(message.id);
		if (message.error) asked?.reject(fromPlain(message.error));
		else asked?.resolve(message.answer);
	}

	#writing = Promise.resolve();

	#update(change: Partial<LabRecord>): Promise<void> {
		Object.assign(this.#record, change);
		this.#writing = this.#writing.then(() => writeRecord(this.#config.folder, this.#record));
		return this.#writing;
	}
}

/**
 * Process 1 of the machine: a shell, which reaps what is left to it, as Node does not. Without that a container with such a process
 * could not end. It ends with Node, and all the machine with it.
 */
const INIT = ["sh", "-c", '"$@"; exit $?', "sh"];

/** Fewer threads and a smaller heap than Node would take on a large machine. */
const MACHINE_FLAGS = ["--max-semi-space-size=4"];

function tell(message: SupervisorMessage): void {
	if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function log(line: string): void {
	console.log(`${new Date().toISOString()} supervisor: ${line}`);
}

/** The first message, from `lab up`. */
export interface SupervisorStart {
	config: LabConfig;
	namespaces: [string, ...string[]];
}

/** `lab up` ended before it could say what to start. */
function neverStarted(): void {
	const folder = process.argv[2] ?? "";
	const isLab = process.send !== undefined && dirname(folder) === labsFolder();
	if (isLab) void removeFolder(folder).finally(() => process.exit(1));
}

process.once("disconnect", neverStarted);
// It may have happened while this program was being loaded.
if (!process.connected) neverStarted();
process.once("message", ({ config, namespaces }: SupervisorStart) => {
	process.off("disconnect", neverStarted);
	new Supervisor(config, namespaces).run().catch((error: unknown) => {
		if (!(error instanceof LabError)) log(error instanceof Error ? (error.stack ?? error.message) : String(error));
		tell({ type: "failed", error: toPlain(error, "starting the lab") });
		process.exit(1);
	});
});
