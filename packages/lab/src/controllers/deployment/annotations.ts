import type { ReplicaSet } from "../stored.ts";

export const REVISION = "deployment.kubernetes.io/revision";
const HISTORY = "deployment.kubernetes.io/revision-history";
const DESIRED = "deployment.kubernetes.io/desired-replicas";
const MAX = "deployment.kubernetes.io/max-replicas";

/** Of a Deployment's annotations these are not handed down. */
const OWN = [
	...["kubectl.kubernetes.io/last-applied-configuration", REVISION, HISTORY, DESIRED, MAX],
	"deprecated.deployment.rollback.to",
];

type Annotations = Record<string, string>;

export function revisionOf({ metadata }: Pick<ReplicaSet, "metadata">): number {
	return Number.parseInt(metadata.annotations?.[REVISION] ?? "0", 10) || 0;
}

/** How many replicas the Deployment wanted, and how many it might have had, when it last sized the set. */
export function sizedFor({ metadata }: ReplicaSet): { desired: number | undefined; max: number | undefined } {
	const read = (name: string) => {
		const value = Number.parseInt(metadata.annotations?.[name] ?? "", 10);
		return Number.isNaN(value) ? undefined : value;
	};
	return { desired: read(DESIRED), max: read(MAX) };
}

export const sizeAnnotations = (desired: number, max: number): Annotations => ({
	[DESIRED]: String(desired),
	[MAX]: String(max),
});

/** What the replica set of a Deployment's present template must be annotated with, beyond its size. */
export function newSetAnnotations(before: Annotations, handedDown: Annotations, revision: number): Annotations {
	const own = Object.fromEntries(Object.entries(handedDown).filter(([name]) => !OWN.includes(name)));
	const old = Number.parseInt(before[REVISION] ?? "0", 10) || 0;
	const next = { ...before, ...own };
	if (old >= revision) return next;
	next[REVISION] = String(revision);
	// it has been the present one before: that is remembered
	if (before[REVISION] !== undefined) next[HISTORY] = [before[HISTORY], before[REVISION]].filter(Boolean).join(",");
	return next;
}
