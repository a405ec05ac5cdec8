import { realpathSync, rmSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import type { PersistentVolumeSpec } from "kubernetes-types/core/v1";

interface Volume {
	spec?: PersistentVolumeSpec | undefined;
}

/**
 * Empties a hostPath volume on the disk of its node, or of every node where it names none. Throws where its path
 * leads out of that disk. `release` is told of each folder before.
 */
export function removeVolumeData(
	volume: Volume,
	disks: Map<string, string>,
	release: (folder: string) => void = () => {},
): void {
	const path = volume.spec?.hostPath?.path;
	if (path === undefined) throw new Error("it is no hostPath volume");
	const names = nodesOf(volume);
	for (const [name, disk] of disks) {
		if (names.length === 0 || names.includes(name)) removeBelow(disk, path, release);
	}
}

function nodesOf(volume: Volume): string[] {
	const terms = volume.spec?.nodeAffinity?.required?.nodeSelectorTerms ?? [];
	const expressions = terms.flatMap(({ matchExpressions = [] }) => matchExpressions);
	return expressions.flatMap(({ key, values = [] }) => (key === "kubernetes.io/hostname" ? values : []));
}

function removeBelow(disk: string, path: string, release: (folder: string) => void): void {
	const target = join(disk, normalize(join("/", path)));
	let parent: string;
	try {
		parent = realpathSync(dirname(target));
	} catch {
		return; // nothing was ever written there
	}
	const root = realpathSync(disk);
	// A pod may have put a link in the way.
	if (target === disk || !(parent === root || parent.startsWith(`${root}/`)))
		throw new Error(`${path} leads out of the node's disk`);
	release(target);
	rmSync(target, { recursive: true, force: true });
}
