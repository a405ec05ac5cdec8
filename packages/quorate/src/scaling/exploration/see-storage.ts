import type { VolumeNodeAffinity } from "kubernetes-types/core/v1";
import type { ClaimView, CleanerOrigin, CleanerView, ClusterView, VolumeView } from "../../cluster/cluster-view.ts";
import { onNode } from "../../cluster/volume-place.ts";
import { claimName, claimUid, folderPath, nodeName, volumeName, volumeUid } from "./names.ts";
import type { Setup } from "./setup.ts";
import type { Cleaner } from "./visits.ts";
import type { World } from "./world.ts";

type Storage = Pick<ClusterView, "claims" | "volumes" | "cleaners">;

/** Claims, volumes, and the pods of the tool that mount them. @param base the cluster that all of it is modelled on */
export function seeStorage(w: World, setup: Setup, base: ClusterView): Storage {
	return {
		claims: setup.volumes === "none" ? [] : w.claims.flatMap((_, slot) => claimSeen(w, setup, slot)),
		volumes: w.follows
			? []
			: [...w.volumes.flatMap((_, slot) => volumeSeen(w, setup, base, slot)), ...neighbours(setup, base)],
		cleaners: w.cleaners.flatMap((cleaners, slot) =>
			cleaners.map((cleaner) =>
				cleanerSeen(cleaner, setup, { ...base.statefulSet, claimUid: claimUid(w, setup, slot) }, slot),
			),
		),
	};
}

const CLEANER_PHASES = { running: "Running", succeeded: "Succeeded", failed: "Failed" } as const;

function cleanerSeen(cleaner: Cleaner, setup: Setup, madeFor: CleanerOrigin, slot: number): CleanerView {
	const { task, phase, node, report } = cleaner;
	const claim = claimName(setup, slot);
	const seen = { found: [], refused: report === "refused" ? "other data" : undefined, emptied: report === "emptied" };
	return {
		pod: `quorate-${task}-${claim}`,
		uid: `uid-${task}-${slot}`,
		claim,
		task,
		madeFor,
		node: node < 0 ? undefined : nodeName(node),
		phase: CLEANER_PHASES[phase],
		report: report === "none" ? undefined : seen,
		trouble: undefined,
	};
}

function claimSeen(w: World, setup: Setup, slot: number): ClaimView[] {
	const claim = w.claims[slot];
	if (claim === undefined || claim === "none") return [];
	return [
		{
			ordinal: slot + (setup.firstOrdinal ?? 0),
			template: "data",
			name: claimName(setup, slot),
			uid: claimUid(w, setup, slot),
			phase: claim === "pending" ? "Pending" : "Bound",
			volume: w.volumes[slot] === "bound" ? volumeName(w, setup, slot) : undefined,
			terminating: claim === "terminating",
		},
	];
}

function volumeSeen(w: World, setup: Setup, base: ClusterView, slot: number): VolumeView[] {
	const phase = w.volumes[slot];
	const model = base.volumes[0];
	if (!model || phase === undefined || phase === "none") return [];
	return [
		{
			...model,
			name: volumeName(w, setup, slot),
			uid: volumeUid(w, setup, slot),
			phase: phase === "available" ? "Available" : phase === "bound" ? "Bound" : "Released",
			claim: { namespace: "mayastor", name: claimName(setup, slot) },
			spec: {
				...model.spec,
				hostPath: { path: folderPath(setup, w.numbers[slot] ?? slot), type: "" },
				...((w.bound[slot] ?? -1) < 0 ? {} : boundTo(base, w.bound[slot] ?? 0)),
			},
		},
	];
}

function boundTo(base: ClusterView, node: number): { nodeAffinity?: VolumeNodeAffinity } {
	const nodeAffinity = onNode(base, nodeName(node));
	return nodeAffinity ? { nodeAffinity } : {};
}

/** A volume of another namespace. */
function neighbours(setup: Setup, base: ClusterView): VolumeView[] {
	const model = base.volumes[0];
	if (!setup.neighbour || !model) return [];
	const slot = setup.from;
	const hostPath = { path: folderPath(setup, slot), type: "" };
	const claim = { namespace: "elsewhere", name: `data-etcd-${slot}` };
	return [
		{
			...model,
			name: "elsewhere-0",
			uid: "uid-elsewhere",
			claim,
			labels: {},
			spec: { ...model.spec, hostPath, ...boundTo(base, slot) },
		},
	];
}
