import { type CaughtIn, once, rolled } from "./caught-in.ts";

const NEXT = "scaling/next-step.ts";
const ROLLING_FILE = "scaling/rolling.ts";

/** Pods that are brought onto another template. */
export const ROLLING: readonly CaughtIn[] = [
	{
		name: "pods are restarted whose volumes may be anywhere",
		file: ROLLING_FILE,
		text: "if (loose) return loose;",
		becomes: "",
		setup: { from: 3, to: 3, volumes: "loose", outdated: true, refused: ["VolumesNotPlaced"] },
	},
	{
		name: "a leader is restarted in a roll-out",
		file: ROLLING_FILE,
		text: "if (member && member.id === view.etcd.leader)",
		becomes: "if (member?.isLearner)",
		setup: rolled,
	},
	{
		name: "members stay named though that is taken back",
		file: NEXT,
		text: "const undone = set.record && !goal.rollOut ? unnaming(view, set.record) : undefined;",
		becomes: "const undone = set.record && goal.rollOut ? undefined : undefined;",
		setup: once({ from: 3, to: 3, naming: true }, "abort"),
	},
	{
		name: "a roll-out is not proven",
		file: NEXT,
		text: "const unproven = record.rolling && !record.proven;",
		becomes: "const unproven = record.rolling && record.proven;",
		setup: rolled,
	},
	{
		name: "pods are restarted whose hook takes their member out",
		file: ROLLING_FILE,
		text: `if (hook) return { kind: "blocked", blocked: hook };`,
		becomes: "",
		setup: { from: 3, to: 3, outdated: true, stopHook: true, refused: ["StopHookRemovesMember"] },
	},
];
