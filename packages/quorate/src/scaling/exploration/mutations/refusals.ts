import type { Setup } from "../setup.ts";
import { type CaughtIn, down, once, up } from "./caught-in.ts";

const OBSTACLES = "scaling/obstacles.ts";

const obstacle = (guard: string, setup: Setup): CaughtIn => ({
	name: `the obstacle "${guard}" is not looked for`,
	file: OBSTACLES,
	text: `\nfunction ${guard}(`,
	becomes: `\nfunction ${guard}(..._: unknown[]): undefined {}\nfunction _${guard}(`,
	setup,
});

/** What refuses: obstacles, and checks before a run. */
export const REFUSALS: readonly CaughtIn[] = [
	obstacle("deleted", once(up, "delete-set")),
	obstacle("foreignTemplate", once(up, "edit-template")),
	obstacle("foreignStrategy", once({ from: 3, to: 5, policy: "OrderedReady" }, "edit-strategy")),
	obstacle("rollout", once({ ...up, strategy: "OnDelete" }, "edit-template")),
	obstacle("foreignMembers", once(up, "add-member")),
	obstacle("unstarted", once(up, "add-member")),
	obstacle("alarms", once(up, "alarm")),
	obstacle("learners", once(up, "add-member")),
	obstacle("order", once(up, "remove-member")),
	obstacle("replicas", once(up, "scale-up")),
	{
		name: "a start that is not understood is let grow",
		file: "scaling/start-obstacle.ts",
		text: "if (unknown.length === 0) return undefined;",
		becomes: "if (unknown.length >= 0) return undefined;",
		setup: { ...up, image: "takes-over", refused: ["check:join-known", "StartNotUnderstood"] },
	},
	{
		name: "a learner that was added by hand counts as ours while a run is unfinished",
		file: OBSTACLES,
		text: `const unfenced = learner.name === "" && set.record?.joining !== expected;`,
		becomes: "const unfenced = false;",
		setup: once({ from: 3, to: 5, policy: "OrderedReady", readyAsLearner: true }, "add-member"),
	},
	{
		name: "one that was sent away must come back where more are wanted",
		file: OBSTACLES,
		text: `if (set.record?.leaving?.ordinal === set.firstOrdinal + set.replicas) return undefined;`,
		becomes: "",
		setup: once(down, "abort"),
	},
	{
		name: "one that is down, and that the size does without, must be well first",
		file: "checks/health.ts",
		text: "!down.includes(member)",
		becomes: "true",
		setup: once(down, "wipe-disk"),
	},
	{
		name: "what is cleared away first is refused",
		file: "checks/storage.ts",
		text: "if (isClearedFirst(input, ordinal, found.blocked.reason)) {",
		becomes: "if (found === undefined) {",
		setup: once(down, "abort"),
	},
	{
		name: "a roll-out under OnDelete is waited for that never ends",
		file: "checks/rollout.ts",
		text: `set.updateStrategy.type !== "OnDelete" && set.currentRevision`,
		becomes: "set.currentRevision",
		setup: once({ ...up, strategy: "OnDelete" }, "edit-template"),
	},
];
