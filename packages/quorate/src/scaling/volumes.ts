import {
	type ClaimView,
	type ClusterView,
	claimName,
	isLocal,
	podAt,
	type StorageView,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import { matchesTerms, selects } from "../cluster/node-fit.ts";
import { nodeOf } from "../cluster/volume-place.ts";
import type { Goal, VolumePlace } from "./goal.ts";
import { newVolume } from "./new-volume.ts";
import { isProvisioned } from "./static-volumes.ts";
import type { Blocked, NewVolume } from "./step.ts";
import { describeVolume } from "./volume-refusals.ts";

export type VolumesDecision = { kind: "ok"; missing: readonly NewVolume[] } | { kind: "blocked"; blocked: Blocked };

/** The static volumes that must be made before the pod of `ordinal` can start: none where a provisioner makes them. */
export function volumesFor(
	view: ClusterView,
	ordinal: number,
	{ volumes = {}, volumeNodes }: Pick<Goal, "volumes" | "volumeNodes"> = {},
): VolumesDecision {
	const preferred = volumeNodes?.find((planned) => planned.ordinal === ordinal)?.node;
	const place = { ...volumes, preferred };
	const pointless = withoutUse(view, place);
	if (pointless) return { kind: "blocked", blocked: pointless };
	const missing: NewVolume[] = [];
	for (const storage of view.storage) {
		const name = claimName(view.statefulSet, storage.template, ordinal);
		const stale = view.claims.find((claim) => claim.name === name);
		if (stale) return { kind: "blocked", blocked: staleClaim(view, stale, ordinal) };
		if (storage.provisioner !== undefined) continue;
		const reserved = view.volumes.find(
			(v) => v.claim?.namespace === view.statefulSet.namespace && v.claim.name === name && !isLeftToProgram(v),
		);
		if (reserved && reserved.phase !== "Released" && reserved.phase !== "Failed") continue;
		if (reserved) return { kind: "blocked", blocked: staleVolume(view, reserved) };
		// one that was told where to lie is not taken from anywhere
		if (place.path === undefined && view.volumes.some((volume) => isFree(view, volume, storage, place))) continue;
		const volume = newVolume(view, storage, ordinal, name, place);
		if ("reason" in volume) return { kind: "blocked", blocked: volume };
		missing.push(volume);
	}
	return { kind: "ok", missing };
}

/** A program empties it, or makes another in its place; no new claim is bound to it as it is. */
const isLeftToProgram = (volume: VolumeView): boolean =>
	isProvisioned(volume) && (volume.phase === "Released" || volume.phase === "Failed");

/** What was said of places that no volume will be made in, or two in one. */
function withoutUse(view: ClusterView, { nodes, path }: VolumePlace): Blocked | undefined {
	const made = view.storage.filter((storage) => storage.provisioner === undefined);
	if (made.length === 0 && (nodes || path !== undefined))
		return {
			reason: "VolumesAreProvisioned",
			message: `volumes are provisioned by ${view.storage.map((s) => s.provisioner).join(", ") || "nobody"}; --volume-node and --volume-path do not apply`,
			hint: "leave them out",
		};
	if (made.length > 1 && path !== undefined)
		return {
			reason: "OnePathForSeveral",
			message: `each member has several volumes (${made.map((s) => s.template).join(", ")}), which must not share the folder of --volume-path`,
			hint: "leave --volume-path out, or make the volumes by hand, each with a claimRef",
		};
	return undefined;
}

/** Nobody's, and fit for such a claim, on a node that a new pod may have. */
export function isFree(
	view: ClusterView,
	volume: VolumeView,
	storage: StorageView,
	{ nodes }: VolumePlace = {},
): boolean {
	const { spec } = volume;
	if (volume.phase !== "Available" || volume.claim || volume.terminating) return false;
	if ((spec.storageClassName ?? "") !== storage.className) return false;
	if ((spec.volumeMode ?? "Filesystem") !== (storage.volumeMode ?? "Filesystem")) return false;
	if (!storage.accessModes.every((mode) => spec.accessModes?.includes(mode))) return false;
	if (bytesOf(spec.capacity?.storage) < bytesOf(storage.request)) return false;
	if (storage.selector && !selects(storage.selector, volume.labels)) return false;
	const taken = new Set(view.pods.map(({ node }) => node));
	const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
	return view.nodes.some(
		(node) =>
			node.ready &&
			node.schedulable &&
			(!nodes || nodes.includes(node.name)) &&
			(!view.oneNodeEach || !taken.has(node.name)) &&
			(!terms || matchesTerms(terms, node)),
	);
}

const UNITS: Readonly<Record<string, number>> = {
	...{ "": 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, E: 1e18 },
	...{ Ki: 2 ** 10, Mi: 2 ** 20, Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50, Ei: 2 ** 60 },
};

/** Of a quantity as Kubernetes writes it; what cannot be read is no size. */
function bytesOf(quantity: string | undefined): number {
	const [, number = "", unit = ""] = /^([\d.]+(?:e\d+)?)([A-Za-z]*)$/.exec(quantity ?? "") ?? [];
	return Number(number) * (UNITS[unit] ?? Number.NaN);
}

function staleClaim(view: ClusterView, claim: ClaimView, ordinal: number): Blocked {
	const { namespace } = view.statefulSet;
	const where = podAt(view, ordinal) ? "" : ", though its pod is gone";
	const volume = view.volumes.find(({ name }) => name === claim.volume);
	const bound = volume
		? `, bound to ${describeVolume(volume, isLocal(volume) ? nodeOf(view, volume) : undefined)}`
		: "";
	return {
		reason: "StaleClaim",
		message: `claim ${claim.name} is there already${where}${bound}; a new member must not start on an earlier member's data`,
		hint: `if nobody needs that data, let Quorate empty the volume and delete both: the same command with --discard-volumes; by hand: kubectl delete pvc ${claim.name} -n ${namespace}${claim.volume ? `; kubectl delete pv ${claim.volume}, and empty its folder` : ""}`,
	};
}

function staleVolume(view: ClusterView, volume: VolumeView): Blocked {
	const where = describeVolume(volume, isLocal(volume) ? nodeOf(view, volume) : undefined);
	return {
		reason: "StaleVolume",
		message: `${where}, is ${volume.phase}: it was an earlier member's and holds its data, and no pod can mount it to empty it, for its claim is gone`,
		hint: `if nobody needs that data: empty the folder, then kubectl delete pv ${volume.name}, and run the same command again`,
	};
}
