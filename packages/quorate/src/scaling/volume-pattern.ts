import type { ClusterView, StorageView, VolumeView } from "../cluster/cluster-view.ts";
import { folderOf } from "../cluster/volume-place.ts";
import { isProvisioned } from "./static-volumes.ts";

/** How the present volumes are called and where they lie: the same number in both. */
interface VolumePattern {
	readonly nameOf: (number: number) => string;
	readonly pathOf: (number: number) => string;
	/** of the newest ordinal */
	readonly model: VolumeView;
}

interface Numbered {
	readonly before: string;
	readonly number: number;
	readonly after: string;
}

/** Numbers that stand alone: "5" and "90" of `pv-5c1f2e90` do not. */
const NAME_NUMBER = /(?<![a-z0-9])\d+(?![a-z0-9])|(?<=[.-][a-z]+|^[a-z]+)\d+$/g;
const PATH_NUMBER = /(?<!\d)\d+(?!\d)/g;

function numbersIn(text: string, pattern: RegExp): Numbered[] {
	return [...text.matchAll(pattern)]
		.filter(([digits]) => String(Number(digits)) === digits)
		.map(({ 0: digits, index }) => ({
			before: text.slice(0, index),
			number: Number(digits),
			after: text.slice(index + digits.length),
		}))
		.reverse();
}

const fill = ({ before, after }: Numbered, number: number): string => `${before}${number}${after}`;

/**
 * Read from each volume's name against its own path, not against the ordinal of the claim that it is bound to: claims may be bound
 * crosswise. It must hold for the volumes of all present ordinals. Undefined: there is none, or a program makes the volumes.
 *
 * @param toldPath the path is told, so that only the names need be a pattern
 */
export function volumePattern(
	view: ClusterView,
	storage: StorageView,
	toldPath: ((number: number) => string) | undefined,
): VolumePattern | undefined {
	const claims = view.claims
		.filter(({ template, volume }) => template === storage.template && volume !== undefined)
		.sort((one, other) => other.ordinal - one.ordinal);
	const volumes = claims.flatMap(({ volume }) => view.volumes.find(({ name }) => name === volume) ?? []);
	const [model] = volumes;
	const folder = model && folderOf(model.spec);
	if (!model || folder === undefined || volumes.some(isProvisioned)) return undefined;
	for (const inName of numbersIn(model.name, NAME_NUMBER)) {
		const candidates = toldPath ? [undefined] : numbersIn(folder, PATH_NUMBER);
		for (const inPath of candidates) {
			if (inPath && inPath.number !== inName.number) continue;
			const pathOf = toldPath ?? ((number: number) => (inPath ? fill(inPath, number) : folder));
			const holds = volumes.every((volume) => {
				const number = numbersIn(volume.name, NAME_NUMBER).find(
					(one) => one.before === inName.before && one.after === inName.after,
				)?.number;
				return number !== undefined && (toldPath !== undefined || folderOf(volume.spec) === pathOf(number));
			});
			if (holds) return { nameOf: (number) => fill(inName, number), pathOf, model };
		}
	}
	return undefined;
}
