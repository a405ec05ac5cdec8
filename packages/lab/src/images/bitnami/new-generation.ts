import { readData, wipe } from "./data-folder.ts";
import { complaint, etcdctl, listMembers } from "./etcdctl.ts";
import { log } from "./log.ts";
import { type ListedMember, ownEntry } from "./member-list.ts";
import { addSelf, knownEndpoints, waitForNames } from "./pod.ts";
import type { Settings } from "./settings.ts";
import { TrialEtcd } from "./trial.ts";

/** How a pod with the new scripts (from 3.5.17-debian-12-r4 on) comes up. */
export type NewStart = "start" | "bootstrap" | "join" | "try-data";

/** @param answers every member that the cluster knows of answers; looked at only where there is no data */
export function decideNewStart(settings: Settings, data: { empty: boolean }, answers: boolean): NewStart {
	if (!data.empty) return "try-data";
	if (settings.initialCluster.length < 2) return "start";
	return answers ? "join" : "bootstrap";
}

/** DNS has an address for each initial member, or two for each, …: what else there is keeps a new cluster from beginning. */
export const namesForBootstrap = (addresses: number, initialMembers: number): boolean =>
	addresses > 0 && addresses % initialMembers === 0;

export type Verdict = "serves" | "belongs elsewhere" | undefined;

/** What a line of etcd's log says of the data it was started on. */
export function judgeLine(line: string): Verdict {
	if (line.includes("ready to serve client requests")) return "serves";
	const elsewhere =
		/the member has been permanently removed from the cluster|(?:member|cluster) ID mismatch|mismatch(?:ed)? (?:member|cluster) ID/i;
	return elsewhere.test(line) ? "belongs elsewhere" : undefined;
}

/** This pod's own entry, where a voter's is to take its place: it never started, or its data was thrown away. */
export function entryToRemove(members: readonly ListedMember[], settings: Settings, dataLost: boolean) {
	const own = ownEntry(members, settings);
	return own && (dataLost || own.name === "") ? own : undefined;
}

/** Prepares the volume for etcd. False: it could not, and the container is to end. */
export async function setUpNew(settings: Settings): Promise<boolean> {
	const data = await readData(settings);
	log("INFO", data.empty ? "There is no data from previous deployments" : "Detected data from previous deployments");
	const { initialCluster } = settings;
	switch (
		decideNewStart(settings, data, data.empty && initialCluster.length > 1 && (await everyMemberAnswers(settings)))
	) {
		case "start":
			return true;
		case "bootstrap":
			log("INFO", "Bootstrapping a new cluster");
			return waitForNames(settings, (addresses) => namesForBootstrap(addresses, initialCluster.length));
		case "join":
			log("INFO", "Adding new member to existing cluster");
			return join(settings, false);
		case "try-data":
			if (await servesItsData()) return true;
			log("WARN", "The data is not of a member of this cluster: removing it");
			await wipe(settings);
			return join(settings, true);
	}
}

/** Whether there is a cluster is asked so that it must be whole: one member that does not answer, and there is none. */
async function everyMemberAnswers(settings: Settings): Promise<boolean> {
	const known = await knownEndpoints(settings);
	if (known.length === 0) return false;
	return (await etcdctl(known, "endpoint", "status", "--cluster", "--command-timeout=2s")).code === 0;
}

async function join(settings: Settings, dataLost: boolean): Promise<boolean> {
	const known = await knownEndpoints(settings);
	const entry = entryToRemove((await listMembers(known)) ?? [], settings, dataLost);
	if (entry) {
		log("INFO", `Removing member ${entry.id}, which has this pod's peer URL`);
		const removed = await etcdctl(known, "member", "remove", entry.id);
		if (removed.code !== 0) log("ERROR", complaint(removed));
	}
	return addSelf(settings, "for ever");
}

/** Starts etcd and reads its log; waits for ever where it says neither the one nor the other, even if it has ended. */
async function servesItsData(): Promise<boolean> {
	// Node would end with nothing left to wait for.
	const staying = setInterval(() => {}, 2 ** 31 - 1);
	let trial: TrialEtcd | undefined;
	const verdict = await new Promise<Verdict>((resolve) => {
		trial = new TrialEtcd({}, (line) => {
			const said = judgeLine(line);
			if (said) resolve(said);
		});
	});
	clearInterval(staying);
	await trial?.stop();
	return verdict === "serves";
}
