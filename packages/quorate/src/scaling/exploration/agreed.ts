import type { Step } from "../step.ts";
import { rollsPods, type Setup } from "./setup.ts";
import { slotOfVolume } from "./volumes.ts";
import type { Agreed, World } from "./world.ts";

const bits = (slots: readonly number[]): number => slots.reduce((sum, slot) => sum | (1 << slot), 0);

/** Of the world as it is: what a person sees who agrees to the plan. @param nodes of the volumes that the plan makes, by slot */
export function agreedTo(w: World, nodes: readonly number[]): Agreed {
	const voters = w.members.flatMap((member, slot) => (member && !member.learner ? [slot] : []));
	const used = (slot: number) => w.members[slot] || w.claims[slot] !== "none" || w.volumes[slot] !== "none";
	const storage = w.claims.flatMap((_, slot) => (used(slot) ? [slot] : []));
	return {
		before: { ...w, run: { kind: "off" } },
		voters: bits(voters),
		staying: bits(voters.filter((slot) => slot < w.replicas && slot !== w.notes?.leaving?.slot)),
		storage: bits(storage),
		nodes,
	};
}

/** What must hold of a step by what was agreed to, whatever others did since. */
export function brokenAgreement(w: World, setup: Setup, step: Step): string | undefined {
	const agreed = w.run.kind === "off" ? undefined : w.run.agreed;
	if (!agreed) return undefined;
	const first = setup.firstOrdinal ?? 0;
	const slot = "ordinal" in step ? step.ordinal - first : -1;
	const among = (mask: number, one: number) => (mask & (1 << one)) !== 0;
	const nobody = "which nobody agreed to";
	switch (step.kind) {
		case "lower-replicas":
			return goesUnasked(w, agreed, step.replicas) ? `sends member ${step.replicas} away, ${nobody}` : undefined;
		case "remove-member":
			return goesUnasked(w, agreed, slot) ? `takes member ${slot} out, ${nobody}` : undefined;
		case "add-learner":
			return among(agreed.staying, slot) ? `adds member ${slot} anew, ${nobody}` : undefined;
		case "restart-pod":
		case "roll-pod":
			return w.pods[slot]?.before && !rollsPods(setup) ? `restarts pod ${slot}, ${nobody}` : undefined;
		case "empty-volume":
		case "delete-claim":
		case "delete-volume": {
			const target = step.kind === "delete-volume" ? slotOfVolume(w, step.volume, first) : slot;
			// what was made for a member to come is taken back where that is not wanted any more
			const ours = w.notes?.made.includes(target) || target < w.goal;
			return ours || among(agreed.storage, target) ? undefined : `deletes the volume of ${target}, ${nobody}`;
		}
		case "create-volume": {
			const planned = agreed.nodes[slot] ?? -1;
			const node = Number(step.volume.node?.split("-").at(-1)) - 1;
			const fit = planned >= 0 && w.nodes[planned] === "up" && !w.pods.some((pod, s) => pod && w.at[s] === planned);
			return fit && node !== planned ? `makes a volume on node ${node}, and the plan told of ${planned}` : undefined;
		}
		default:
			return undefined;
	}
}

/** A voter that was none then. */
const goesUnasked = (w: World, { voters }: Agreed, slot: number): boolean =>
	w.members[slot]?.learner === false && (voters & (1 << slot)) === 0;
