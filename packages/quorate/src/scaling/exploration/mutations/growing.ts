import { type CaughtIn, once, up } from "./caught-in.ts";

const GROWING_FILE = "scaling/growing.ts";
const RESTORING = "scaling/restoring.ts";
const VOLUMES = "scaling/volumes.ts";

/** A member that comes. */
export const GROWING: readonly CaughtIn[] = [
	{
		name: "a learner is promoted before it has caught up",
		file: GROWING_FILE,
		text: "if (!isCaughtUp(learner))",
		becomes: "if (learner === undefined)",
		setup: up,
	},
	{
		name: "a member is added before the template can start it",
		file: GROWING_FILE,
		text: `if (set.templateState !== "joining" || set.record?.joining !== ordinal) return fence(view, ordinal);`,
		becomes: "",
		setup: up,
	},
	{
		name: "the fence lets everyone through",
		file: GROWING_FILE,
		text: `return step({ kind: "fence", ordinal, partition: voters(view).length, initialCluster });`,
		becomes: `return step({ kind: "fence", ordinal, partition: 0, initialCluster });`,
		setup: up,
	},
	{
		name: "the new member is told of all but itself",
		file: GROWING_FILE,
		text: `step({ kind: "fence", ordinal, partition: voters(view).length, initialCluster })`,
		becomes: `step({ kind: "fence", ordinal: ordinal + 1, partition: voters(view).length, initialCluster })`,
		setup: up,
	},
	{
		name: "the pod goes on running the join profile",
		file: GROWING_FILE,
		text: `if (pod.revision !== originalRevision(view)) return step({ kind: "restart-pod", ordinal, uid: pod.uid });`,
		becomes: "",
		setup: up,
	},
	{
		name: "a pod goes back to its template as a learner, though it would be Ready",
		file: GROWING_FILE,
		text: "return !view.statefulSet.etcd.readyAsLearner || voters(view).length === 1;",
		becomes: "return true;",
		setup: { ...up, readyAsLearner: true },
	},
	{
		name: "the second of two goes back to its template as a voter",
		file: GROWING_FILE,
		text: "return !view.statefulSet.etcd.readyAsLearner || voters(view).length === 1;",
		becomes: "return !view.statefulSet.etcd.readyAsLearner;",
		setup: { from: 1, to: 2, readyAsLearner: true },
	},
	{
		name: "a pod is restarted though its vote is needed",
		file: RESTORING,
		text: "if (tolerance(view) < 1)",
		becomes: "if (tolerance(view) < -9)",
		setup: once({ from: 1, to: 2 }, "add-member"),
	},
	{
		name: "a roll-out back to the template is not waited for",
		file: RESTORING,
		text: `if (!set.record || set.record.rolling || set.templateState !== "original" || !strayed) return undefined;`,
		becomes: "if (set.name) return undefined;",
		setup: once(up, "edit-template"),
	},
	{
		name: "a pod that was made from another template is waited for",
		file: GROWING_FILE,
		text: `if (learner.name === "" && pod.revision !== set.updateRevision)`,
		becomes: "if (pod.ordinal < 0)",
		setup: once({ ...up, strategy: "OnDelete" }, "edit-template"),
	},
	{
		name: "an ordered controller is asked for the next pod while one is not Ready",
		file: GROWING_FILE,
		text: `if (set.podManagementPolicy === "OrderedReady" && set.record?.joining !== ordinal) {`,
		becomes: "if (set.replicas < 0) {",
		setup: { from: 3, to: 5, policy: "OrderedReady", readyAsLearner: true },
	},
	{
		name: "a new member starts on the claim of an earlier one",
		file: VOLUMES,
		text: `if (stale) return { kind: "blocked", blocked: staleClaim(view, stale, ordinal) };`,
		becomes: "if (stale) continue;",
		setup: { ...up, leftover: true, keepVolumes: true },
	},
	{
		name: "no volume is made",
		file: VOLUMES,
		text: "missing.push(volume);",
		becomes: "",
		setup: up,
	},
	{
		name: "a volume is made in a folder that is another's",
		file: "scaling/new-volume.ts",
		text: "const model = unnamed.find(({ path }) => !sharer(path));",
		becomes: "const [model] = unnamed;",
		setup: { from: 1, to: 2, neighbour: true },
	},
];
