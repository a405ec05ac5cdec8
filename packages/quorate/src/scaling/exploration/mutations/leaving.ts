import { type CaughtIn, down, once } from "./caught-in.ts";

const LEAVING_FILE = "scaling/leaving.ts";

/** A member that goes. */
export const LEAVING: readonly CaughtIn[] = [
	{
		name: "one that is down, and that the size does without, must come back first",
		file: "scaling/next-step.ts",
		text: "const down = goingDown(view, goal);",
		becomes: "const down: readonly MemberView[] = [];",
		setup: once(down, "wipe-disk"),
	},
	{
		name: "the last that are to go are taken for down",
		file: "scaling/going-down.ts",
		text: "while (count > goal.replicas && isDown(firstOrdinal + count - 1)) count--;",
		becomes: "while (count > goal.replicas) count--;",
		setup: { from: 5, to: 3 },
	},
	{
		name: "who left is forgotten as soon as another is to leave",
		file: "scaling/static-volumes.ts",
		text: "const leaving = leavingAt(record, claim.ordinal);",
		becomes: "const leaving = record?.leaving?.ordinal === claim.ordinal ? record.leaving : undefined;",
		setup: { from: 5, to: 3, faults: 2, kinds: ["scale-down"] },
	},
	{
		name: "a pod that is no member any more is sent away while its image may add it again",
		file: LEAVING_FILE,
		text: "if (!pod || pod.backingOff) return lower;",
		becomes: "if (pod !== null) return lower;",
		setup: once({ from: 2, to: 1, image: "adds-itself" }, "kill-tool"),
	},
	{
		name: "the leader goes without handing on",
		file: LEAVING_FILE,
		text: "if (victim.id === view.etcd.leader) return",
		becomes: "if (victim.id === 0n) return",
		setup: once(down, "leader-lost"),
	},
	{
		name: "a member is taken out before its pod",
		file: LEAVING_FILE,
		text: `return step({ kind: "lower-replicas", replicas: count - 1 });`,
		becomes: `return step({ kind: "remove-member", ordinal, memberId: victim.id });`,
		setup: down,
	},
	{
		name: "the second of two loses its pod before its vote",
		file: LEAVING_FILE,
		text: "if (count === 2) {",
		becomes: "if (count === 0) {",
		setup: { from: 2, to: 1 },
	},
	{
		name: "a member is taken out while its pod may start again",
		file: LEAVING_FILE,
		text: `if (pod && !pod.terminating) return wait(untilEnding(view, ordinal));
	return step({ kind: "remove-member", ordinal, memberId: victim.id });`,
		becomes: `return step({ kind: "remove-member", ordinal, memberId: victim.id });`,
		setup: once({ ...down, policy: "OrderedReady" }, "crash"),
	},
	{
		name: "a member leaves before its volume names its node",
		file: LEAVING_FILE,
		text: "?? placing(view, ordinal);",
		becomes: ";",
		setup: { from: 2, to: 1, volumes: "loose", keepVolumes: true, next: [{ to: 2, discardVolumes: true }] },
	},
];
