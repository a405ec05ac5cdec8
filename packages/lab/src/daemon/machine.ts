import type { EtcdBinaries } from "../binaries/etcd-folder.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import { type LabConfig, type MachineCommand, type MachineMessage, type MachineQuestion, toPlain } from "./messages.ts";

/**
 * The process inside the lab's namespaces: API server, controllers and nodes. It lives as long as the supervisor's
 * channel does, so that nothing outlives the supervisor, however that ends.
 */

let cluster: Promise<Cluster> | undefined;
let stopping = false;
let searches = 0;
const searching = new Map<number, (etcd: EtcdBinaries | undefined) => void>();

process.on("disconnect", () => void stop());
process.on("message", (command: MachineCommand) => {
	if (command.type === "start") void start(command.config);
	else if (command.type === "stop") void stop();
	else if (command.type === "ask") void answer(command.id, command.question);
	else {
		searching.get(command.id)?.(command.etcd);
		searching.delete(command.id);
	}
});

async function start(config: LabConfig): Promise<void> {
	try {
		cluster = startCluster(config, {
			progress: (message) => tell({ type: "progress", progress: { type: "step", message } }),
			log,
			findEtcd,
		});
		const { ready } = await cluster;
		tell({ type: "serving" });
		await ready;
		tell({ type: "ready" });
	} catch (error) {
		if (stopping) return;
		log(error instanceof Error ? (error.stack ?? error.message) : String(error));
		tell({ type: "failed", error: toPlain(error, "bringing the lab up") });
		await stop(1);
	}
}

async function stop(code = 0): Promise<void> {
	if (stopping) return;
	stopping = true;
	await cluster?.then((running) => running.stop()).catch((error: unknown) => log(`stopping: ${error}`));
	process.exit(code);
}

async function answer(id: number, question: MachineQuestion): Promise<void> {
	try {
		if (!cluster) throw new Error("the lab is coming up");
		tell({ type: "answer", id, answer: await (await cluster).ask(question) });
	} catch (error) {
		tell({ type: "answer", id, error: toPlain(error, "asking the lab") });
	}
}

/** Asked of the supervisor: the machine has no way out to any network. */
function findEtcd(version: string, { nearest = false }: { nearest?: boolean } = {}): Promise<EtcdBinaries | undefined> {
	return new Promise((resolve) => {
		const id = ++searches;
		searching.set(id, resolve);
		tell({ type: "findEtcd", id, version, nearest });
	});
}

function tell(message: MachineMessage): void {
	if (process.connected) process.send?.(message, undefined, undefined, () => undefined);
}

function log(line: string): void {
	console.log(`${new Date().toISOString()} machine: ${line}`);
}

// The lab goes on when one of its parts has a bug; the log tells.
process.on("uncaughtException", (error) => log(`uncaught: ${error.stack ?? error.message}`));
process.on("unhandledRejection", (error) => log(`unhandled: ${error instanceof Error ? error.stack : error}`));
