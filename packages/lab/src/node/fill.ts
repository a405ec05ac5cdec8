import { stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { LabError } from "../lab-error.ts";
import type { FullFolders } from "../machine/full-folders.ts";
import { processesOfContainer } from "../machine/processes.ts";
import { growBoltFile } from "./bolt-file.ts";
import type { ContainerRunner } from "./container-runner.ts";
import { type EtcdSettings, etcdSettings, outsidePath, withQuota } from "./etcd-settings.ts";

/** Until the member is up again and has found its database full, in milliseconds. */
const ALARM_TIMEOUT = 60_000;
const RETRY = 250;

const MIB = 1024 ** 2;
/** The database is as large as the next multiple of this. */
const SMALL_QUOTA = 32 * MIB;
const OPERATION = "filling a member";

/**
 * Restarts a member with a small quota and a database as large as that, nearly all of it free pages, and has it find that out: it
 * raises NOSPACE, as one that was written to until it was full, or emptied and not defragmented. Its own quota it has again at its next
 * start. (With that, mostly of 8 GiB, etcd would read as much into memory as it starts.) Says what was done.
 */
export async function fillDatabase(runner: ContainerRunner, pod: string): Promise<string[]> {
	const asked = await etcdctl(runner, ["endpoint", "status", "--write-out=json", "--command-timeout=3s"]);
	const learns = asked.output.includes('"isLearner":true');
	if (asked.code !== 0 || learns)
		throw failed(
			learns
				? `${pod} is a learner: it would raise an alarm, and refuse to tell of it or to disarm it`
				: `etcd of ${pod} does not answer: ${asked.output.trim()}`,
			"nothing was done; a voter that answers can be filled",
		);
	const { settings, mount } = await etcdOf(runner, pod);
	const database = outsidePath([mount], `${settings.dataDir}/member/snap/db`)?.path ?? "";
	const size = (await stat(database).catch(() => undefined))?.size ?? 0;
	const quota = Math.min(settings.quota, Math.ceil(size / SMALL_QUOTA + 1) * SMALL_QUOTA);
	await runner
		.interrupt(
			() => growBoltFile(database, quota),
			(plan) => withQuota(plan, quota),
		)
		.catch((error: Error) => {
			throw failed(`the database cannot be grown: ${error.message}`, "its container is restarted", error);
		});
	const member = await untilAlarm(runner, pod);
	const mebibytes = `${Math.round(quota / MIB)} MiB`;
	return [
		`restarted ${runner.record.name} of ${pod} with a quota of ${mebibytes} and a database of that size, in free pages`,
		`member ${member} has raised NOSPACE: the cluster takes no writes`,
	];
}

/** Writes until the alarm is there: a write that is refused for want of room raises it. */
async function untilAlarm(runner: ContainerRunner, pod: string): Promise<string> {
	const deadline = Date.now() + ALARM_TIMEOUT;
	let last = "";
	while (Date.now() < deadline) {
		const put = await etcdctl(runner, ["put", "quorate-lab/fill", "x", "--command-timeout=3s"]);
		const status = await etcdctl(runner, ["endpoint", "status", "--write-out=json", "--command-timeout=3s"]);
		const alarms = await etcdctl(runner, ["alarm", "list", "--command-timeout=3s"]);
		// An unsigned number too large for JSON.parse.
		const own = /"member_id":(\d+)/.exec(status.output)?.[1];
		// From 3.6 on there is one blank or two between the fields.
		if (own && new RegExp(`memberID:${own}\\s+alarm:NOSPACE`).test(alarms.output)) {
			// A write by way of another member is applied all the same; deleting is allowed.
			await etcdctl(runner, ["del", "quorate-lab/fill", "--command-timeout=3s"]);
			return BigInt(own).toString(16);
		}
		last = put.output.trim().split("\n").at(-1) || last;
		await sleep(RETRY);
	}
	throw new LabError("FaultFailed", {
		operation: OPERATION,
		message: `no alarm after ${ALARM_TIMEOUT / 1000} s${last ? `; the last write was answered: ${last}` : ""}`,
		state: `the database of ${pod} is as large as its quota`,
		hint: "the alarm is raised by the next write that it takes part in, which needs a leader",
	});
}

/**
 * Moves the volume that a member's data is on to a file system that is full: every write to it gets ENOSPC. The member is restarted, since
 * its files are others then.
 */
export async function fillDisk(runner: ContainerRunner, pod: string, full: FullFolders): Promise<string[]> {
	const { folder, target } = await volumeOf(runner, pod, full);
	if (full.has(folder)) {
		await full.fill(folder);
		return [`the volume at ${target} of ${pod} has no room left: writing to it fails with ENOSPC`];
	}
	await runner.interrupt(async () => {
		await full.move(folder);
		await full.fill(folder);
	});
	return [
		`restarted ${runner.record.name} of ${pod} with its volume at ${target} on a file system that is full`,
		"writing to it fails with ENOSPC",
	];
}

/** Undoes both: gives the volume room, defragments the database and disarms alarms. Says what was done. */
export async function clearFull(runner: ContainerRunner, pod: string, full: FullFolders): Promise<string[]> {
	const done: string[] = [];
	for (const { source, target } of runner.plan?.mounts ?? []) {
		if (!full.isFull(source)) continue;
		await full.clear(source);
		done.push(`the volume at ${target} of ${pod} has room again`);
	}
	if (done.length > 0 && !runner.instance) return done;
	const alarms = await etcdctl(runner, ["alarm", "list"]);
	if (!alarms.output.includes("NOSPACE")) return done;
	for (const command of [
		["defrag", "--command-timeout=60s"],
		["alarm", "disarm"],
	]) {
		const { code, output } = await etcdctl(runner, command);
		if (code !== 0) throw failed(`etcdctl ${command.join(" ")} in ${pod}: ${output.trim()}`, done.join("; "));
	}
	return [...done, `defragmented the database of ${pod}`, "disarmed all alarms"];
}

/** The volume of a container that etcd keeps its data in, whether it runs now or is being started over and over. */
async function volumeOf(runner: ContainerRunner, pod: string, full: FullFolders) {
	const before = runner.plan?.mounts.find(({ source }) => full.has(source));
	const mount = before ?? (await etcdOf(runner, pod)).mount;
	return { folder: mount.source, target: mount.target };
}

async function etcdOf(runner: ContainerRunner, pod: string) {
	const { instance } = runner;
	const settings = instance && (await findEtcdProcess(instance.process.pid));
	if (!settings) throw failed(`no etcd runs in container ${runner.record.name} of ${pod}`, "nothing was changed");
	const place = outsidePath(instance.plan.mounts, settings.dataDir);
	if (place) return { settings, mount: place.mount };
	throw failed(`etcd of ${pod} keeps its data in ${settings.dataDir}, which is on no volume`, "nothing was changed");
}

async function findEtcdProcess(pid: number): Promise<EtcdSettings | undefined> {
	for (const one of await processesOfContainer(pid)) {
		const settings = await etcdSettings(one);
		if (settings) return settings;
	}
	return undefined;
}

/** The container's own, with its own settings. */
async function etcdctl(runner: ContainerRunner, args: string[]): Promise<{ code: number; output: string }> {
	try {
		const session = await runner.exec(["etcdctl", ...args], {});
		let output = "";
		for (const stream of [session.stdout, session.stderr]) {
			stream?.setEncoding("utf8").on("data", (text: string) => {
				output += text;
			});
		}
		return { code: await session.exited, output };
	} catch (error) {
		return { code: -1, output: error instanceof Error ? error.message : String(error) };
	}
}

function failed(message: string, state: string, cause?: unknown): LabError {
	return new LabError("FaultFailed", { operation: OPERATION, message, ...(state ? { state } : {}), cause });
}
