import { resolve4 } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { storeNewMember } from "./data-folder.ts";
import { complaint, etcdctl } from "./etcdctl.ts";
import { log } from "./log.ts";
import { endpoints, type Settings } from "./settings.ts";

/** How many addresses the headless Service's name has. */
export async function countAddresses({ domain }: Settings): Promise<number> {
	if (domain === "") return 0;
	return (await resolve4(domain).catch(() => [])).length;
}

/** As many pods as DNS knows, this one among them: the first by their ordinals, whoever DNS meant. */
export async function knownEndpoints(settings: Settings): Promise<string[]> {
	return endpoints(settings, await countAddresses(settings));
}

/** Milliseconds for DNS to know as many pods as are waited for. */
const NAMES_TIMEOUT = 60_000;

/** Waits for the headless Service's addresses; false: they did not come in time, and the container is to end. */
export async function waitForNames(settings: Settings, enough: (addresses: number) => boolean): Promise<boolean> {
	if (settings.domain === "") return true;
	const deadline = Date.now() + NAMES_TIMEOUT;
	while (!enough(await countAddresses(settings))) {
		if (Date.now() > deadline) {
			log("ERROR", "Headless service domain does not have an IP per initial member in the cluster");
			return false;
		}
		await sleep(500);
	}
	return true;
}

/** Milliseconds between two tries. */
const ADD_INTERVAL = 10_000;

/** Has the cluster add this pod's member, as a voter. False where it refused and only one try was to be made. */
export async function addSelf(settings: Settings, tries: "one" | "for ever"): Promise<boolean> {
	const { name, peerURLs } = settings;
	for (;;) {
		const others = (await knownEndpoints(settings)).filter((endpoint) => !endpoint.includes(`//${name}.`));
		const added = await etcdctl(others, "member", "add", name, `--peer-urls=${peerURLs}`);
		await storeNewMember(settings, added.stdout);
		if (added.code === 0) return true;
		log("ERROR", complaint(added));
		if (tries === "one") return false;
		log("WARN", "Failed to add self to cluster, keeping trying...");
		await sleep(ADD_INTERVAL);
	}
}
