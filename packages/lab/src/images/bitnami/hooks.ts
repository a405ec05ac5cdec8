import { appendFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { removalLog } from "./data-folder.ts";
import { complaint, etcdctl, healthyEndpoints, listMembers } from "./etcdctl.ts";
import { log } from "./log.ts";
import { ownEntry, unwanted } from "./member-list.ts";
import { knownEndpoints } from "./pod.ts";
import { endpoints, type Settings } from "./settings.ts";

/** prestop.sh of the old images: takes the member out of the cluster, at every termination, and writes it down on the volume. */
export async function preStop(settings: Settings): Promise<boolean> {
	const healthy = await healthyEndpoints(await knownEndpoints(settings));
	const others = healthy.filter((endpoint) => !endpoint.includes(`//${settings.name}.`));
	const own = ownEntry((await listMembers(others)) ?? [], settings);
	if (!own) return false;
	const removed = await etcdctl(others, "member", "remove", own.id);
	await appendFile(removalLog(settings), removed.stdout + removed.stderr);
	return removed.code === 0;
}

/**
 * preupgrade.sh of the new images, run by a Job before each `helm upgrade`: removes every member beyond those that the chart is told
 * to have. It looks neither at the quorum nor at who leads.
 */
export async function preUpgrade(settings: Settings): Promise<boolean> {
	const { initialCluster } = settings;
	const known = endpoints(settings, initialCluster.length);
	const members = await listMembers(known);
	if (!members) {
		log("ERROR", "No member answers");
		return false;
	}
	const extra = unwanted(
		members,
		initialCluster.map(({ name }) => name),
	);
	for (const { id, name } of extra) {
		log("INFO", `Removing obsolete member ${name}`);
		const removed = await etcdctl(known, "member", "remove", id);
		if (removed.code !== 0) {
			log("ERROR", complaint(removed));
			return false;
		}
	}
	return true;
}

/** snapshot.sh, run by the chart's CronJob: a snapshot of the first healthy member; older ones go. */
export async function saveSnapshot(settings: Settings): Promise<boolean> {
	const { snapshotDir, snapshotsKept } = settings;
	const [healthy] = await healthyEndpoints(await knownEndpoints(settings));
	if (healthy === undefined) {
		log("ERROR", "No healthy member to take a snapshot of");
		return false;
	}
	const file = join(snapshotDir, `db-${new Date().toISOString().slice(0, 16).replace(":", "-")}`);
	const saved = await etcdctl([healthy], "snapshot", "save", file);
	if (saved.code !== 0) {
		log("ERROR", complaint(saved));
		return false;
	}
	const all = (await readdir(snapshotDir)).filter((name) => name.startsWith("db-")).sort();
	for (const old of all.slice(0, -snapshotsKept)) await rm(join(snapshotDir, old));
	return true;
}
