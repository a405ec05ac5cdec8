import { type CaughtIn, down, once } from "./caught-in.ts";

const LEAVING_FILE = "scaling/leaving.ts";

/** A member that goes. */
export const LEAVING: readonly CaughtIn[] = [
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
