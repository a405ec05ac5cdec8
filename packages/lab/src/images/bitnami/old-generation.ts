import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Data, newMemberEnvironment, readData, storeMemberId, wipe } from "./data-folder.ts";
import { complaint, etcdctl, healthyEndpoints, listMembers, run } from "./etcdctl.ts";
import { log } from "./log.ts";
import { ownEntry } from "./member-list.ts";
import { addSelf, knownEndpoints, waitForNames } from "./pod.ts";
import { isInitialMember, ownEndpoint, type Settings } from "./settings.ts";
import { TrialEtcd } from "./trial.ts";

/** How a pod with the old scripts (before 3.5.17-debian-12-r4) comes up. */
export type OldStart =
	| { do: "start"; because: string }
	/** one of the members that the cluster begins with: wait for the others' names, ask nobody */
	| { do: "bootstrap" }
	| { do: "join" }
	| { do: "restore-snapshot" }
	| { do: "start-over" }
	| { do: "update-member"; memberId: string };

/**
 * @param healthy as many of the pods that DNS knows are healthy as the scripts want; looked at only where there is data
 */
export function decideOldStart(settings: Settings, data: Data, healthy: boolean): OldStart {
	if (data.empty) {
		if (settings.initialCluster.length < 2)
			return { do: "start", because: "There is no data from previous deployments" };
		return settings.initialClusterState === "new" && isInitialMember(settings) ? { do: "bootstrap" } : { do: "join" };
	}
	if (!healthy) {
		if (settings.disasterRecovery) return { do: "restore-snapshot" };
		return { do: "start", because: "Cluster not responding, starting with the data that is there" };
	}
	if (data.removed || (!data.hasSnap && data.memberId === "")) return { do: "start-over" };
	if (data.memberId !== "") return { do: "update-member", memberId: data.memberId };
	return {
		do: "start",
		because: "Member ID wasn't properly stored, the member will try to join the cluster by it's own",
	};
}

/** Half of the pods, this one counted: with two of four the scripts take the cluster for healthy. */
export const enoughHealthy = (healthy: number, known: number): boolean => healthy > 0 && healthy * 2 >= known;

/** Prepares the volume for etcd. False: it could not, and the container is to end. */
export async function setUpOld(settings: Settings): Promise<boolean> {
	const data = await readData(settings);
	log("INFO", data.empty ? "There is no data from previous deployments" : "Detected data from previous deployments");
	const start = decideOldStart(settings, data, !data.empty && (await isHealthy(settings)));
	switch (start.do) {
		case "start":
			log("INFO", start.because);
			return true;
		case "bootstrap":
			log("INFO", "Bootstrapping a new cluster");
			return waitForNames(settings, (addresses) => addresses >= settings.initialCluster.length);
		case "join":
			log("INFO", "Adding new member to existing cluster");
			while (!(await isHealthy(settings))) {
				log("WARN", "Cluster not healthy, not adding self to cluster for now, keeping trying...");
				await sleep(1000);
			}
			await addSelf(settings, "for ever");
			return learnMemberId(settings, await newMemberEnvironment(settings));
		case "restore-snapshot":
			return restoreSnapshot(settings);
		case "start-over":
			log("INFO", "Removing data of a former member and adding self to cluster");
			await wipe(settings);
			if (!(await addSelf(settings, "one"))) return false;
			// What `member add` printed is not heeded here, so this etcd believes that its cluster is new.
			return learnMemberId(settings, {});
		case "update-member": {
			log("INFO", "Updating member in existing cluster");
			const { memberId } = start;
			const updated = await etcdctl(
				await healthyEndpoints(await knownEndpoints(settings)),
				...["member", "update", memberId, `--peer-urls=${settings.peerURLs}`],
			);
			if (updated.code !== 0) log("ERROR", complaint(updated));
			return updated.code === 0;
		}
	}
}

async function isHealthy(settings: Settings): Promise<boolean> {
	const known = await knownEndpoints(settings);
	return enoughHealthy((await healthyEndpoints(known)).length, known.length);
}

/** Milliseconds between two looks. The image's own script makes no pause at all, which would take a whole core from the lab. */
const LOOK_INTERVAL = 200;

/** Starts etcd until it says which member it is; for ever, should it have died. */
async function learnMemberId(settings: Settings, environment: Record<string, string>): Promise<boolean> {
	log("INFO", "Obtaining cluster member ID");
	const trial = new TrialEtcd(environment);
	for (;;) {
		const own = ownEntry((await listMembers([ownEndpoint(settings)])) ?? [], settings);
		if (own) {
			await storeMemberId(settings, own.id);
			await trial.stop();
			return true;
		}
		await sleep(LOOK_INTERVAL);
	}
}

async function restoreSnapshot(settings: Settings): Promise<boolean> {
	const { snapshotDir, name, dataDir, initialCluster, initialClusterToken, peerURLs } = settings;
	const newest = (await readdir(snapshotDir).catch(() => []))
		.filter((file) => file.startsWith("db-"))
		.sort()
		.at(-1);
	if (newest === undefined) {
		log("ERROR", "There was no snapshot to restore!");
		return false;
	}
	log("INFO", `Restoring etcd cluster from snapshot ${newest}`);
	await wipe(settings);
	const cluster = initialCluster.map(({ name, url }) => `${name}=${url}`).join(",");
	const restored = await run("etcdctl", [
		...["snapshot", "restore", join(snapshotDir, newest), "--name", name, "--data-dir", dataDir],
		...["--initial-cluster", cluster, "--initial-cluster-token", initialClusterToken],
		...["--initial-advertise-peer-urls", peerURLs],
	]);
	if (restored.code !== 0) log("ERROR", complaint(restored));
	return restored.code === 0;
}
