import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { controllerReference } from "../owners.ts";
import type { ControllerRevision, StatefulSet } from "../stored.ts";
import { fnv32, goJson, safeEncode } from "./hash.ts";

const HASH_LABEL = "controller.kubernetes.io/hash";

/** What a revision remembers of a set: a strategic merge patch that puts the whole template in place. */
export interface RevisionData {
	spec: { template: PodTemplateSpec & { $patch: "replace" } };
}

export type RevisionDraft = Omit<ControllerRevision, "metadata"> & {
	metadata: Omit<ControllerRevision["metadata"], "uid" | "resourceVersion" | "creationTimestamp">;
};

/** Which revision the set's template is: one that is there and last, an older one that comes back, or a new one. */
export type UpdateRevision =
	| { kind: "latest"; revision: ControllerRevision }
	| { kind: "reused"; revision: ControllerRevision; number: number }
	| { kind: "new"; revision: RevisionDraft };

export function revisionData(set: StatefulSet): RevisionData {
	return { spec: { template: { ...(set.spec?.template ?? {}), $patch: "replace" } } };
}

export function templateOf(revision: Pick<ControllerRevision, "data">): PodTemplateSpec {
	const { $patch: _, ...template } = (revision.data as unknown as RevisionData).spec.template;
	return template;
}

/** The order of history: by number, then by age, then by name. */
export function sortRevisions(revisions: readonly ControllerRevision[]): ControllerRevision[] {
	const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
	return [...revisions].sort(
		(a, b) =>
			a.revision - b.revision ||
			compare(a.metadata.creationTimestamp, b.metadata.creationTimestamp) ||
			compare(a.metadata.name, b.metadata.name),
	);
}

/** @param collisions how often the set's hashes have met another's name: part of the hash. */
export function newRevision(set: StatefulSet, number: number, collisions: number): RevisionDraft {
	const data = revisionData(set);
	const hash = safeEncode(String(fnv32(goJson(data) + collisions)));
	const annotations = set.metadata.annotations;
	return {
		apiVersion: "apps/v1",
		kind: "ControllerRevision",
		metadata: {
			name: `${set.metadata.name.slice(0, 223)}-${hash}`,
			namespace: set.metadata.namespace,
			labels: { ...set.spec?.template.metadata?.labels, [HASH_LABEL]: hash },
			...(annotations ? { annotations: { ...annotations } } : {}),
			ownerReferences: [controllerReference(set)],
		},
		data,
		revision: number,
	};
}

/** @param history sorted */
export function chooseUpdateRevision(
	set: StatefulSet,
	history: readonly ControllerRevision[],
	collisions: number,
): UpdateRevision {
	const latest = history.at(-1);
	const number = (latest?.revision ?? 0) + 1;
	const wanted = goJson(revisionData(set));
	const equal = history.findLast((revision) => goJson(revision.data) === wanted);
	if (!equal || !latest) return { kind: "new", revision: newRevision(set, number, collisions) };
	if (goJson(latest.data) === wanted) return { kind: "latest", revision: latest };
	return { kind: "reused", revision: equal, number };
}

/** The oldest of those that no pod and no status needs any more, beyond the limit. */
export function surplusRevisions(
	history: readonly ControllerRevision[],
	live: ReadonlySet<string>,
	limit: number,
): ControllerRevision[] {
	const dead = history.filter((revision) => !live.has(revision.metadata.name));
	return limit < 0 ? [] : dead.slice(0, Math.max(0, dead.length - limit));
}
