import { type ChildProcess, spawn } from "node:child_process";
import { open, readFile, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { findBubblewrap } from "../binaries/find-bubblewrap.ts";
import { findEtcd } from "../binaries/find-etcd.ts";
import { findNearestEtcd } from "../binaries/find-nearest-etcd.ts";
import { labsFolder } from "../binaries/folders.ts";
import { withLock } from "../binaries/lock.ts";
import { etcdImage } from "../images/etcd-image.ts";
import { LabError } from "../lab-error.ts";
import type { Running } from "../progress.ts";
import { timeLimit } from "../time-limit.ts";
import { clearLab } from "./down.ts";
import { SUPERVISOR } from "./lab-processes.ts";
import { fromPlain, type LabConfig, type SupervisorMessage } from "./messages.ts";
import { labCommand, type ParsedUpOptions, parseUpOptions, type UpOptions } from "./options.ts";
import { preflight } from "./preflight.ts";
import { createLabFolder, hasLabFolder, isAlive, logPath, readRecord } from "./record.ts";
import { Report } from "./report.ts";
import { restoreSnapshot } from "./restore-snapshot.ts";
import type { SupervisorStart } from "./supervisor.ts";

/**
 * Brings a lab up. Whatever goes wrong or whoever interrupts it, nothing is left of it. Throws LabError:
 * InvalidOption, UnsupportedPlatform, NamespacesUnavailable, ToolMissing, EtcdNotFound, LabExists, LabStartFailed.
 */
export async function bringUp(options: UpOptions, running: Running): Promise<void> {
	const parsed = parseUpOptions(options);
	const folder = join(labsFolder(), parsed.name);
	await refuseExisting(parsed.name, folder);
	const { name, members, nodes, port, offline } = parsed;
	const named = parsed.etcd === undefined ? {} : { etcd: parsed.etcd };
	const image = parsed.image === undefined ? undefined : etcdImage(parsed.image);
	const asked = image?.version ?? parsed.etcdVersion;
	const version = asked === undefined ? {} : { version: asked };
	const find = image === undefined || image.kind === "plain" ? findEtcd : findNearestEtcd;
	const [namespaces, etcd, bubblewrap] = await Promise.all([
		preflight(running.signal),
		find({ ...running, ...named, ...version, offline }),
		findBubblewrap({ ...running, offline }),
	]);
	await refuseHidden({ "the labs' folder": labsFolder(), etcd: etcd.folder, bubblewrap: bubblewrap.path });
	const volumes = parsed.empty || parsed.snapshot !== undefined ? undefined : parsed.volumes;
	const otherEtcd = { ...named, offline };
	const { tls, clientCertAuth, tlsNames, auth } = parsed;
	const security = { auth, ...(tls ? { tls: { clientCertAuth, names: tlsNames } } : {}) };
	const config = {
		name,
		folder,
		port,
		members,
		nodes,
		volumes,
		restored: parsed.snapshot !== undefined,
		security,
		etcd,
		image: parsed.image,
		realProbes: parsed.realProbes,
		crosswiseVolumes: parsed.crosswiseVolumes,
		stopHook: parsed.stopHook,
		otherEtcd,
		bubblewrap: bubblewrap.path,
	};
	const started = await withLock(
		labLock(folder),
		() => start(config, namespaces, running, parsed.snapshot),
		running.signal,
	);
	await untilUp(started, parsed, folder, running);
}

const operation = "bringing the lab up";

/** Held while a lab of that name begins or ends. */
export const labLock = (folder: string) => `lab ${folder}`;

async function refuseExisting(name: string, folder: string): Promise<void> {
	const record = await readRecord(folder);
	if (!record || !isAlive(record)) return;
	throw new LabError("LabExists", {
		operation: `starting lab "${name}"`,
		message: `lab "${name}" is ${record.phase === "starting" ? "starting" : "up"} already, since ${record.since}`,
		state: `it has ${record.members} members of etcd ${record.etcd.version} on ${record.nodes} nodes`,
		hint: `look at it with ${labCommand("status", name)}, end it with ${labCommand("down", name)}, or bring up another one: ${labCommand("up", `${name}-2`)}`,
	});
}

/** The machine has a /run of its own, so that it finds nothing of this machine's in there. */
async function refuseHidden(places: Record<string, string>): Promise<void> {
	for (const [what, place] of Object.entries(places)) {
		const real = await realpath(place).catch(() => place);
		if (!real.startsWith("/run/")) continue;
		throw new LabError("InvalidOption", {
			operation,
			message: `${what} must not be below /run: ${place}`,
			hint: "the lab's processes have a /run of their own; name another folder (XDG_STATE_HOME, QUORATE_ETCD, QUORATE_BWRAP)",
		});
	}
}

interface Started {
	supervisor: ChildProcess;
	report: Report;
}

/** Returns once the supervisor has written down that it is there. */
async function start(
	config: LabConfig,
	namespaces: [string, ...string[]],
	running: Running,
	snapshot: string | undefined,
): Promise<Started> {
	const { name, folder } = config;
	await refuseExisting(name, folder);
	if (hasLabFolder(folder)) {
		running.onProgress?.({ type: "step", message: `clearing what is left of an earlier lab "${name}"` });
		await clearLab(name, folder);
	}
	await createLabFolder(folder);
	const log = await open(logPath(folder), "a", 0o600);
	try {
		if (snapshot !== undefined) await restore(config, resolve(snapshot), running);
		const program = join(dirname(fileURLToPath(import.meta.url)), SUPERVISOR);
		const supervisor = spawn(process.execPath, [...SUPERVISOR_FLAGS, program, folder], {
			detached: true,
			cwd: "/",
			stdio: ["ignore", log.fd, log.fd, "ipc"],
		});
		const message: SupervisorStart = { config, namespaces };
		const report = new Report(supervisor);
		supervisor.send(message, () => undefined);
		const first = await new Promise<SupervisorMessage | "ended">((resolve) => report.follow(resolve));
		if (first === "ended") throw await startFailed(name, folder, "its supervisor ended at once");
		return { supervisor, report };
	} catch (error) {
		await clearLab(name, folder);
		throw error;
	} finally {
		await log.close();
	}
}

async function restore({ members, etcd, folder, security }: LabConfig, snapshot: string, running: Running) {
	running.onProgress?.({ type: "step", message: `restoring ${members} members from ${snapshot}` });
	const scheme = security.tls ? "https" : "http";
	await restoreSnapshot({ snapshot, members, etcd, scheme, folder }, running.signal);
}

/** It passes bytes; what it allocates is short-lived. */
const SUPERVISOR_FLAGS = ["--max-semi-space-size=1", "--max-old-space-size=64"];

async function untilUp(
	{ supervisor, report }: Started,
	options: ParsedUpOptions,
	folder: string,
	running: Running,
): Promise<void> {
	const { name, timeout } = options;
	const limit = timeLimit(timeout);
	const either = running.signal ? AbortSignal.any([running.signal, limit]) : limit;
	try {
		await new Promise<void>((resolve, reject) => {
			const aborted = () => reject(either.reason);
			if (either.aborted) return aborted();
			either.addEventListener("abort", aborted, { once: true });
			report.follow((message) => {
				if (message === "ended") reject(new LabError("LabStartFailed", { operation, message: "its supervisor ended" }));
				else if (message.type === "progress") running.onProgress?.(message.progress);
				else if (message.type === "failed") reject(fromPlain(message.error));
				else if (message.type === "ready" || (message.type === "serving" && !options.wait)) {
					either.removeEventListener("abort", aborted);
					resolve();
				}
			});
		});
		if (!options.wait) await new Promise((resolve) => supervisor.send({ type: "detach" }, resolve));
	} catch (error) {
		const failed = running.signal?.aborted ? error : await explainFailure(name, folder, timeout, limit.aborted, error);
		await clearLab(name, folder);
		throw failed;
	} finally {
		supervisor.removeAllListeners().on("error", () => undefined);
		if (supervisor.connected) supervisor.disconnect();
		supervisor.unref();
	}
}

function explainFailure(
	name: string,
	folder: string,
	timeout: number,
	late: boolean,
	error: unknown,
): Promise<LabError> {
	if (late) return startFailed(name, folder, `it was not up after ${timeout / 1000} s`, error);
	if (error instanceof LabError) return startFailed(name, folder, error.message, error, error);
	return startFailed(name, folder, String(error), error);
}

/** What has failed leaves nothing behind, so the end of its log goes into the error. */
async function startFailed(
	name: string,
	folder: string,
	message: string,
	cause?: unknown,
	as?: LabError,
): Promise<LabError> {
	const log = (await readFile(logPath(folder), "utf8").catch(() => "")).trim().split("\n").slice(-20).join("\n");
	const state = [
		as?.state,
		`nothing of lab "${name}" is left`,
		log ? `the last lines of its log were:\n${log}` : undefined,
	];
	return new LabError(as?.code ?? "LabStartFailed", {
		operation: as?.operation ?? operation,
		message,
		state: state.filter((line) => line !== undefined).join("; "),
		...(as?.hint ? { hint: as.hint } : {}),
		cause,
	});
}
