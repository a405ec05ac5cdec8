import type { StatefulSetStatus } from "kubernetes-types/apps/v1";
import type { Api } from "../../api/api.ts";
import { CONTROLLERREVISIONS, PERSISTENTVOLUMECLAIMS, PODS, STATEFULSETS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { controllerKeys, controllerOf, controllerReference } from "../owners.ts";
import { matchesSelector } from "../selector.ts";
import {
	type AnyStored,
	type Claim,
	type ControllerRevision,
	type Pod,
	type StatefulSet,
	splitKey,
} from "../stored.ts";
import { decide } from "./decide.ts";
import { goJson } from "./hash.ts";
import { recordRevision, revisionsOf } from "./history.ts";
import { isParallel, ordinalOf } from "./identity.ts";
import { REVISION_LABEL } from "./new-pod.ts";
import type { Action } from "./observed.ts";
import { Performer } from "./perform.ts";
import { surplusRevisions, templateOf } from "./revision.ts";
import { completed, pruned } from "./status.ts";

/** Keeps a StatefulSet's pods, claims and revisions as its spec wants them. */
export function statefulSetController(api: Api): Controller {
	return {
		name: "statefulset-controller",
		watches: [
			{ resource: STATEFULSETS },
			{ resource: PODS, keys: podKeys },
			{ resource: CONTROLLERREVISIONS, keys: controllerKeys("StatefulSet") },
		],
		reconcile: (key) => reconcile(api, key),
	};
}

/** A pod's set; for an orphan, the set that its name speaks of and that may take it in. */
function podKeys(pod: AnyStored): string[] {
	if (controllerOf(pod)) return controllerKeys("StatefulSet")(pod);
	const parent = /^(.+)-\d+$/.exec(pod.metadata.name)?.[1];
	return parent ? [`${pod.metadata.namespace}/${parent}`] : [];
}

function reconcile(api: Api, key: string): number | undefined {
	const { namespace, name } = splitKey(key);
	const set = api.get<StatefulSet>(STATEFULSETS, namespace, name);
	if (!set) return undefined;
	const history = revisionsOf(api, set);
	const { update, collisions } = recordRevision(api, set, history);
	const current = history.find((revision) => revision.metadata.name === set.status?.currentRevision) ?? update;
	const pods = podsOf(api, set);
	const { actions, status, again } = decide({
		set,
		pods,
		claims: new Map(api.list<Claim>(PERSISTENTVOLUMECLAIMS, { namespace: set.metadata.namespace }).map(named)),
		current: { name: current.metadata.name, template: templateOf(current) },
		update: { name: update.metadata.name, template: templateOf(update) },
		collisions,
		now: Date.now(),
	});
	try {
		performAll(new Performer(api, set), actions, isParallel(set));
	} finally {
		writeStatus(api, set, status);
		dropSurplus(api, set, history, [current, update], pods);
	}
	return again;
}

const named = (object: Claim): [string, Claim] => [object.metadata.name, object];

/** The set's pods; orphans that fit are taken in, its own that no longer fit let go. */
function podsOf(api: Api, set: StatefulSet): Pod[] {
	const { namespace, uid, deletionTimestamp } = set.metadata;
	return api.list<Pod>(PODS, { namespace }).flatMap((pod) => {
		if (ordinalOf(set, pod) === undefined) return [];
		const owner = controllerOf(pod);
		const fits = matchesSelector(set.spec?.selector, pod.metadata.labels);
		if (owner && owner.uid !== uid) return [];
		if (owner && fits) return [pod];
		if ((!owner && !fits) || deletionTimestamp || pod.metadata.deletionTimestamp) return [];
		const changed = api.modify<Pod>(PODS, namespace, pod.metadata.name, (copy) => {
			const others = (copy.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
			copy.metadata.ownerReferences = fits ? [...others, controllerReference(set)] : others;
		});
		return fits && changed ? [changed] : [];
	});
}

/** One failing action ends the round; a Parallel set first tries the others, so that one bad claim does not hold up all. */
function performAll(performer: Performer, actions: readonly Action[], parallel: boolean): void {
	const failures: unknown[] = [];
	for (const action of actions) {
		try {
			performer.perform(action);
		} catch (error) {
			if (!parallel) throw error;
			failures.push(error);
		}
	}
	if (failures.length > 0) throw failures[0];
}

function writeStatus(api: Api, set: StatefulSet, status: StatefulSetStatus): void {
	const wanted = pruned(completed(set, status));
	api.modify<StatefulSet>(
		STATEFULSETS,
		set.metadata.namespace,
		set.metadata.name,
		(copy) => {
			const conditions = copy.status?.conditions;
			const next = conditions ? { ...wanted, conditions } : wanted;
			if (copy.metadata.uid !== set.metadata.uid || goJson(copy.status) === goJson(next)) return false;
			copy.status = next;
		},
		"status",
	);
}

function dropSurplus(
	api: Api,
	set: StatefulSet,
	history: readonly ControllerRevision[],
	kept: readonly ControllerRevision[],
	pods: readonly Pod[],
): void {
	const live = new Set([
		...kept.map((revision) => revision.metadata.name),
		...pods.map((pod) => pod.metadata.labels?.[REVISION_LABEL] ?? ""),
	]);
	for (const revision of surplusRevisions(history, live, set.spec?.revisionHistoryLimit ?? 10)) {
		api.delete(CONTROLLERREVISIONS, revision.metadata.namespace, revision.metadata.name);
	}
}
