import type { PersistentVolumeSpec, VolumeNodeAffinity } from "kubernetes-types/core/v1";
import { type ClusterView, isLocal, leavingAt, type NodeView, type VolumeView } from "./cluster-view.ts";
import { matchesTerms } from "./node-fit.ts";

/** Folder on a node's disk; undefined: it is elsewhere. */
export const folderOf = ({ hostPath, local }: PersistentVolumeSpec): string | undefined =>
	hostPath?.path ?? local?.path;

/** Nodes that the volume itself allows. */
const allowedNodes = (view: ClusterView, { spec }: VolumeView): readonly NodeView[] => {
	const terms = spec.nodeAffinity?.required?.nodeSelectorTerms;
	return terms ? view.nodes.filter((node) => matchesTerms(terms, node)) : view.nodes;
};

/** Nodes that run, or will run, a pod of this StatefulSet with the volume. */
function podsNode(view: ClusterView, volume: VolumeView): string | undefined {
	const claim = view.claims.find(({ volume: bound }) => bound === volume.name);
	return claim && view.pods.find(({ ordinal }) => ordinal === claim.ordinal)?.node;
}

/** Whether the volume's folder can be the one on that node. Known to be elsewhere: its pod runs on another node. */
function canBeOn(view: ClusterView, volume: VolumeView, node: string): boolean {
	const there = podsNode(view, volume);
	if (there !== undefined) return there === node;
	if (view.nodes.every(({ name }) => name !== node)) return true;
	return allowedNodes(view, volume).some(({ name }) => name === node);
}

/**
 * The node whose disk the volume is on: the only one that it allows, else the one that its pod runs on or, noted while it ran, was on.
 * Undefined: not known. Only for volumes on a node's disk.
 */
export function nodeOf(view: ClusterView, volume: VolumeView): string | undefined {
	const allowed = volume.spec.nodeAffinity?.required ? allowedNodes(view, volume) : [];
	if (allowed.length === 1) return allowed[0]?.name;
	const seen = podsNode(view, volume) ?? notedNode(view, volume);
	return allowed.length === 0 || allowed.some(({ name }) => name === seen) ? seen : undefined;
}

function notedNode(view: ClusterView, volume: VolumeView): string | undefined {
	const claim = view.claims.find(({ volume: bound }) => bound === volume.name);
	const leaving = claim && leavingAt(view.statefulSet.record, claim.ordinal);
	if (!leaving) return undefined;
	// an earlier release noted no claims
	const same = !leaving.claims || leaving.claims.some(({ uid }) => uid === claim.uid);
	return same ? leaving.node : undefined;
}

const parts = (path: string): string[] => path.split("/").filter((part) => part !== "" && part !== ".");

/** `inside`: the second is the first, or a folder in it. */
function isInside(folder: string, other: string): boolean {
	const inner = parts(other);
	return parts(folder).every((part, index) => inner[index] === part);
}

export interface Sharer {
	/** "volume X (claim NAMESPACE/NAME)" */
	readonly who: string;
	readonly path: string;
}

/**
 * Who else has the folder on that node, one above it or one in it: any other volume that can be there, whoever's it is, and pods of this
 * namespace that mount a folder directly. Such pods often mount a whole disk to watch it: those are no matter.
 */
export function sharerOf(
	view: ClusterView,
	{ path, node, except }: { path: string; node: string; except?: string },
): Sharer | undefined {
	for (const volume of view.volumes) {
		const other = folderOf(volume.spec);
		if (volume.name === except || !isLocal(volume) || other === undefined) continue;
		if (!isInside(path, other) && !isInside(other, path)) continue;
		if (!canBeOn(view, volume, node)) continue;
		const claim = volume.claim ? `claim ${volume.claim.namespace}/${volume.claim.name}` : volume.phase;
		return { who: `volume ${volume.name} (${claim})`, path: other };
	}
	const mounted = view.hostFolders.find((folder) => folder.node === node && isInside(path, folder.path));
	return mounted && { who: `pod ${mounted.pod}`, path: mounted.path };
}

/** Keeps a volume, and so its pod, on the node that holds the data. Volumes are bound by label; undefined: no label stands for that node alone. */
export function onNode(view: Pick<ClusterView, "nodes">, name: string): VolumeNodeAffinity | undefined {
	const key = "kubernetes.io/hostname";
	const label = view.nodes.find((node) => node.name === name)?.labels[key];
	if (label === undefined || view.nodes.filter((node) => node.labels[key] === label).length > 1) return undefined;
	return { required: { nodeSelectorTerms: [{ matchExpressions: [{ key, operator: "In", values: [label] }] }] } };
}
