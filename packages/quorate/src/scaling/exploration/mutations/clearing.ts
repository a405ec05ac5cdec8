import type { Setup } from "../setup.ts";
import { type CaughtIn, down, once, up } from "./caught-in.ts";

const CLEARING_FILE = "scaling/clearing.ts";

const looseAndLeft: Setup = {
	...{ from: 1, to: 2, volumes: "loose", leftover: true, discardVolumes: true },
	refused: ["VolumeLocationUnknown"],
};

/** What a member leaves behind. */
export const CLEARING: readonly CaughtIn[] = [
	{
		name: "nothing is cleared",
		file: "scaling/next-step.ts",
		text: "const leftovers = beginning || set.record || goal.discardVolumes ? clearing(view, goal) : undefined;",
		becomes: "const leftovers = goal.replicas < 0 ? clearing(view, goal) : undefined;",
		setup: down,
	},
	{
		name: "volumes that are to be kept are deleted",
		file: CLEARING_FILE,
		text: "(ours ? goal.keepVolumes : !goal.discardVolumes)",
		becomes: "(!ours && !goal.discardVolumes)",
		setup: { ...down, keepVolumes: true },
	},
	{
		name: "a static volume is let go with its data",
		file: CLEARING_FILE,
		text: "const unemptied = volume && !leftBy(view, claim)?.unused ? untilEmptied(view, claim, volume) : undefined;",
		becomes: "const unemptied = untilEmptied === undefined ? untilEmptied : undefined;",
		setup: down,
	},
	{
		name: "a claim is deleted while its volume is being emptied",
		file: CLEARING_FILE,
		text: "if (cleaner.node !== node) return step",
		becomes: "if (cleaner) return undefined;\n\tif (cleaner !== null) return step",
		setup: down,
	},
	{
		name: "volumes whose claims are gone are left",
		file: CLEARING_FILE,
		text: "return emptiedVolume(view) ?? (goal.keepVolumes",
		becomes: "return emptiedVolume(view) === null || (goal.keepVolumes",
		setup: down,
	},
	{
		name: "volumes that were made for nobody are left",
		file: CLEARING_FILE,
		text: "(goal.keepVolumes ? undefined : unusedVolume(view, goal));",
		becomes: "undefined;",
		setup: once(up, "abort"),
	},
	{
		name: "a volume is emptied wherever its pod happens to run",
		file: CLEARING_FILE,
		text: `if (isLocal(volume) && node === undefined) return { kind: "blocked", blocked: notPlaced(view, claim, volume) };`,
		becomes: "",
		setup: looseAndLeft,
	},
	{
		name: "what was left before is cleared without being asked for",
		file: CLEARING_FILE,
		text: "(ours ? goal.keepVolumes : !goal.discardVolumes)",
		becomes: "goal.keepVolumes",
		setup: { from: 2, to: 1, leftover: true },
	},
	{
		name: "a claim that the run deletes is not waited for where it is taken back",
		file: CLEARING_FILE,
		text: "if (!isGoing(view, claim) && !inTheWay",
		becomes: "if (!inTheWay",
		setup: {
			...once({ from: 2, to: 1, keepVolumes: true, next: [{ to: 2, discardVolumes: true }] }, "abort"),
			refused: ["check:storage-ready", "StaleClaim"],
		},
	},
	{
		name: "volumes are deleted that were never seen to be empty",
		file: CLEARING_FILE,
		text: "if (isProvisioned(one) || !emptied.some(({ uid }) => uid === one.uid)) return false;",
		becomes: `if (isProvisioned(one) || one.phase === "Available") return false;`,
		setup: once({ from: 1, to: 2, leftover: true, discardVolumes: true }, "delete-claim"),
	},
	{
		name: "a claim that someone deletes is waited for while a pod of ours mounts it",
		file: CLEARING_FILE,
		text: "const [visitor] = claim.terminating && !emptying ? visitors : [];",
		becomes: "const [visitor] = claim.terminating && emptying ? [] : [];",
		setup: once(down, "delete-claim"),
	},
];
