import { spansSets } from "../cluster/members-elsewhere.ts";
import { addresses } from "./addresses.ts";
import { alarms } from "./alarms.ts";
import { auth } from "./auth.ts";
import { beginsAgain } from "./begins-again.ts";
import { CHECK_GROUPS, type Check, type CheckAbout, type CheckInput, type CheckResult } from "./check.ts";
import { claims } from "./claims.ts";
import { clocks } from "./clocks.ts";
import { databaseSize, fragmentation } from "./database.ts";
import { disk } from "./disk.ts";
import { disruptionBudget } from "./disruption-budget.ts";
import { downgrade } from "./downgrade.ts";
import { hashes } from "./hashes.ts";
import { health } from "./health.ts";
import { historyKept } from "./history-kept.ts";
import { join } from "./join.ts";
import { lag } from "./lag.ts";
import { leader } from "./leader.ts";
import { learners } from "./learners.ts";
import { mayastorVolumes } from "./mayastor-volumes.ts";
import { network } from "./network.ts";
import { nodes } from "./nodes.ts";
import { obstacles } from "./obstacles.ts";
import { ownership } from "./ownership.ts";
import { peerUrls } from "./peer-urls.ts";
import { podOrder } from "./pod-order.ts";
import { pools } from "./pools.ts";
import { retention } from "./retention.ts";
import { rights } from "./rights.ts";
import { rollout } from "./rollout.ts";
import { rolloutVersion } from "./rollout-version.ts";
import { size } from "./size.ts";
import { snapshotFile } from "./snapshot-file.ts";
import { spread } from "./spread.ts";
import { startFlags } from "./start-flags.ts";
import { stopHooks } from "./stop-hooks.ts";
import { storage } from "./storage.ts";
import { tls } from "./tls.ts";
import { tolerance } from "./tolerance.ts";
import { unfinished } from "./unfinished.ts";
import { updateStrategy } from "./update-strategy.ts";
import { versions } from "./versions.ts";
import { volumesPlaced } from "./volumes-placed.ts";

/** What is looked at before anything is changed. */
const BEFORE_CHANGE: readonly Check[] = [
	size,
	tolerance,
	unfinished,
	snapshotFile,
	auth,
	tls,
	health,
	alarms,
	obstacles,
	historyKept,
	learners,
	peerUrls,
	startFlags,
	lag,
	hashes,
	leader,
	databaseSize,
	fragmentation,
	versions,
	downgrade,
	rollout,
	rolloutVersion,
	updateStrategy,
	podOrder,
	stopHooks,
	join,
	beginsAgain,
	addresses,
	nodes,
	spread,
	ownership,
	rights,
	storage,
	claims,
	volumesPlaced,
	retention,
];

/** What takes longer to look at, or is no matter of a scaling. */
const BESIDES: readonly Check[] = [disk, network, clocks, disruptionBudget, pools, mayastorVolumes];

/** Of these members to come there are none where the cluster spans several StatefulSets: Quorate adds none to it. */
const ABOUT_NEW_MEMBERS: ReadonlySet<Check> = new Set([join, nodes, storage]);

function judge(check: Check, input: CheckInput): CheckResult {
	if (!ABOUT_NEW_MEMBERS.has(check) || !spansSets(input.view)) return check(input);
	const { id, group } = check.about;
	return { id, group, status: "skip", saw: "not judged: the cluster spans several StatefulSets, and is not scaled" };
}

/** Every check, in the order in which it is told. Pure. */
export function runChecks(input: CheckInput): readonly CheckResult[] {
	const wanted = input.surroundings ? [...BEFORE_CHANGE, ...BESIDES] : BEFORE_CHANGE;
	return byGroup(wanted.map((check) => judge(check, input)));
}

/** The first of those before a change that fails, which is why nothing is begun. Pure. */
export function firstFailure(input: CheckInput): CheckResult | undefined {
	for (const check of REFUSING) {
		const result = judge(check, input);
		if (result.status === "fail") return result;
	}
	return undefined;
}

const REFUSING = Object.keys(CHECK_GROUPS).flatMap((group) =>
	BEFORE_CHANGE.filter(({ about, refuses }) => refuses && about.group === group),
);

/** What each is about, in the same order; `before`: plan and scale make it, too. */
export const allChecks = (): readonly (CheckAbout & { before: boolean; refuses: boolean })[] =>
	byGroup([
		...BEFORE_CHANGE.map(({ about, refuses }) => ({ ...about, refuses, before: true })),
		...BESIDES.map(({ about, refuses }) => ({ ...about, refuses, before: false })),
	]);

function byGroup<T extends Pick<CheckAbout, "group">>(all: readonly T[]): readonly T[] {
	return Object.keys(CHECK_GROUPS).flatMap((group) => all.filter((one) => one.group === group));
}

export { CHECK_GROUPS, type CheckInput, type CheckResult, type CheckStatus } from "./check.ts";
