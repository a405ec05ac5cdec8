import type { Mutation } from "./mutant.ts";
import { type FaultKind, PASSING, type Setup } from "./setup.ts";

const NEXT = "scaling/next-step.ts";
const GROWING = "scaling/growing.ts";
const RESTORING = "scaling/restoring.ts";
const OBSTACLES = "scaling/obstacles.ts";
const LEAVING = "scaling/leaving.ts";
const CLEARING = "scaling/clearing.ts";
const VOLUMES = "scaling/volumes.ts";
const PLAN = "scaling/plan.ts";
const ROLLING = "scaling/rolling.ts";
const VIEW = "cluster/cluster-view.ts";
const HEALTH = "checks/health.ts";
const HISTORIES = "cluster/histories.ts";
const STORAGE = "checks/storage.ts";

const up: Setup = { from: 3, to: 4 };
const down: Setup = { from: 4, to: 3 };
const rolled: Setup = { from: 3, to: 3, outdated: true };
const once = (setup: Setup, ...kinds: FaultKind[]): Setup => ({ ...setup, faults: 1, kinds });
const passing = (setup: Setup): Setup => once(setup, ...PASSING);

export interface CaughtIn extends Mutation {
	/** where it is found out */
	readonly setup: Setup;
}

const looseAndLeft: Setup = {
	...{ from: 1, to: 2, volumes: "loose", leftover: true, discardVolumes: true },
	refused: ["VolumeLocationUnknown"],
};
const wiped = (from: number, to: number): Setup => once({ from, to, bootstraps: true }, "wipe-disk");

const obstacle = (guard: string, setup: Setup): CaughtIn => ({
	name: `the obstacle "${guard}" is not looked for`,
	file: OBSTACLES,
	text: `\nfunction ${guard}(`,
	becomes: `\nfunction ${guard}(..._: unknown[]): undefined {}\nfunction _${guard}(`,
	setup,
});

/** What is left out of the core, one at a time, and where the exploration must find that out. */
export const MUTATIONS: readonly CaughtIn[] = [
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
		name: "a voter that is down holds nothing up",
		file: NEXT,
		text: "if (unwell.length > 0 && !abandons) return wait(untilHealthy(view, unwell));",
		becomes: "",
		setup: once(up, "kill-pod"),
	},
	{
		name: "a voter that lags holds nothing up",
		file: NEXT,
		text: "if (behind.length > 0) return wait(untilHealthy(view, behind));",
		becomes: "",
		setup: once(up, "kill-pod"),
	},
	{
		name: "the controller need not have seen the newest StatefulSet",
		file: NEXT,
		text: "if (!set.observed)",
		becomes: "if (set === undefined)",
		setup: passing(up),
	},
	{
		name: "no snapshot is taken",
		file: NEXT,
		text: "if (beginning && goal.snapshot && !(set.record?.snapshot && view.snapshotReadable))",
		becomes: "if (set === undefined)",
		setup: up,
	},
	{
		name: "what someone else began is finished without a snapshot",
		file: NEXT,
		text: `if (goal.snapshot && !set.record?.snapshot && isUnfinished(view)) return step({ kind: "take-snapshot" });`,
		becomes: "",
		setup: once(down, "scale-down"),
	},
	{
		name: "nothing is proven",
		file: NEXT,
		text: `if (isUnproven(view, goal)) return step({ kind: "prove", voters: voters(view).length });`,
		becomes: "",
		setup: up,
	},
	{
		name: "a pod that is no member any more is sent away while its image may add it again",
		file: LEAVING,
		text: "if (!pod || pod.backingOff) return lower;",
		becomes: "if (pod !== null) return lower;",
		setup: once({ from: 2, to: 1, image: "adds-itself" }, "kill-tool"),
	},
	{
		name: "one that was taken out and added itself again counts as proven",
		file: NEXT,
		text: "return goal.replicas >= count && withoutStayed(view, record) !== record;",
		becomes: "return goal.replicas < 0;",
		setup: { ...once({ from: 2, to: 1, image: "adds-itself" }, "kill-tool", "abort"), faults: 2 },
	},
	{
		name: "nothing is cleared",
		file: NEXT,
		text: "const leftovers = beginning || set.record || goal.discardVolumes ? clearing(view, goal) : undefined;",
		becomes: "const leftovers = goal.replicas < 0 ? clearing(view, goal) : undefined;",
		setup: down,
	},
	{
		name: "a learner is promoted before it has caught up",
		file: GROWING,
		text: "if (!isCaughtUp(learner))",
		becomes: "if (learner === undefined)",
		setup: up,
	},
	{
		name: "a member is added before the template can start it",
		file: GROWING,
		text: `if (set.templateState !== "joining" || set.record?.joining !== ordinal) return fence(view, ordinal);`,
		becomes: "",
		setup: up,
	},
	{
		name: "the fence lets everyone through",
		file: GROWING,
		text: `return step({ kind: "fence", ordinal, partition: voters(view).length, initialCluster });`,
		becomes: `return step({ kind: "fence", ordinal, partition: 0, initialCluster });`,
		setup: up,
	},
	{
		name: "the new member is told of all but itself",
		file: GROWING,
		text: `step({ kind: "fence", ordinal, partition: voters(view).length, initialCluster })`,
		becomes: `step({ kind: "fence", ordinal: ordinal + 1, partition: voters(view).length, initialCluster })`,
		setup: up,
	},
	{
		name: "the pod goes on running the join profile",
		file: GROWING,
		text: `if (pod.revision !== originalRevision(view)) return step({ kind: "restart-pod", ordinal, uid: pod.uid });`,
		becomes: "",
		setup: up,
	},
	{
		name: "a pod goes back to its template as a learner, though it would be Ready",
		file: GROWING,
		text: "return !view.statefulSet.etcd.readyAsLearner || voters(view).length === 1;",
		becomes: "return true;",
		setup: { ...up, readyAsLearner: true },
	},
	{
		name: "the second of two goes back to its template as a voter",
		file: GROWING,
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
		file: GROWING,
		text: `if (learner.name === "" && pod.revision !== set.updateRevision)`,
		becomes: "if (pod.ordinal < 0)",
		setup: once({ ...up, strategy: "OnDelete" }, "edit-template"),
	},
	{
		name: "the strategy is not put back",
		file: NEXT,
		text: `proof ?? tidying(view) ?? step({ kind: "restore-strategy" });`,
		becomes: `proof ?? tidying(view) ?? { kind: "done" };`,
		setup: up,
	},
	{
		name: "the template is not put back",
		file: NEXT,
		text: "return restoring(view) ?? untilReady(view) ?? proof",
		becomes: "return untilReady(view) ?? proof",
		setup: { ...up, readyAsLearner: true },
	},
	{
		name: "an ordered controller is asked for the next pod while one is not Ready",
		file: GROWING,
		text: `if (set.podManagementPolicy === "OrderedReady" && set.record?.joining !== ordinal) {`,
		becomes: "if (set.replicas < 0) {",
		setup: { from: 3, to: 5, policy: "OrderedReady", readyAsLearner: true },
	},
	{
		name: "the leader goes without handing on",
		file: LEAVING,
		text: "if (victim.id === view.etcd.leader) return",
		becomes: "if (victim.id === 0n) return",
		setup: once(down, "leader-lost"),
	},
	{
		name: "a member is taken out before its pod",
		file: LEAVING,
		text: `return step({ kind: "lower-replicas", replicas: count - 1 });`,
		becomes: `return step({ kind: "remove-member", ordinal, memberId: victim.id });`,
		setup: down,
	},
	{
		name: "the second of two loses its pod before its vote",
		file: LEAVING,
		text: "if (count === 2) {",
		becomes: "if (count === 0) {",
		setup: { from: 2, to: 1 },
	},
	{
		name: "a member is taken out while its pod may start again",
		file: LEAVING,
		text: `if (pod && !pod.terminating) return wait(untilEnding(view, ordinal));
	return step({ kind: "remove-member", ordinal, memberId: victim.id });`,
		becomes: `return step({ kind: "remove-member", ordinal, memberId: victim.id });`,
		setup: once({ ...down, policy: "OrderedReady" }, "crash"),
	},
	{
		name: "volumes that are to be kept are deleted",
		file: CLEARING,
		text: "if (ours ? goal.keepVolumes : !goal.discardVolumes) continue;",
		becomes: "if (!ours && !goal.discardVolumes) continue;",
		setup: { ...down, keepVolumes: true },
	},
	{
		name: "a static volume is let go with its data",
		file: CLEARING,
		text: "const unemptied = volume && !leftBy(view, claim)?.unused ? untilEmptied(view, claim, volume) : undefined;",
		becomes: "const unemptied = untilEmptied === undefined ? untilEmptied : undefined;",
		setup: down,
	},
	{
		name: "a claim is deleted while its volume is being emptied",
		file: CLEARING,
		text: "if (cleaner.node !== node) return step",
		becomes: "if (cleaner) return undefined;\n\tif (cleaner !== null) return step",
		setup: down,
	},
	{
		name: "volumes whose claims are gone are left",
		file: CLEARING,
		text: "return emptiedVolume(view) ?? (goal.keepVolumes",
		becomes: "return emptiedVolume(view) === null || (goal.keepVolumes",
		setup: down,
	},
	{
		name: "volumes that were made for nobody are left",
		file: CLEARING,
		text: "(goal.keepVolumes ? undefined : unusedVolume(view, goal));",
		becomes: "undefined;",
		setup: once(up, "abort"),
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
		name: "pods are restarted whose volumes may be anywhere",
		file: ROLLING,
		text: "if (loose) return loose;",
		becomes: "",
		setup: { from: 3, to: 3, volumes: "loose", outdated: true, refused: ["VolumesNotPlaced"] },
	},
	{
		name: "a leader is restarted in a roll-out",
		file: ROLLING,
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
		name: "the plan promises more tolerance than there is",
		file: PLAN,
		text: `restartsPod(step) ? !isHealthy(member) : step.kind === "lower-replicas" && isLeaving(view, member);`,
		becomes: `restartsPod(step) && !isHealthy(member);`,
		setup: down,
	},
	{
		name: "everyone counts as healthy",
		file: VIEW,
		text: "member.status !== undefined && member.status.leader !== 0n && member.status.errors.length === 0;",
		becomes: "member !== undefined;",
		setup: once(up, "kill-pod"),
	},
	{
		name: "everyone who answers counts as caught up",
		file: VIEW,
		text: "isHealthy(member) && member.lag !== undefined && member.lag <= CAUGHT_UP_LAG &&",
		becomes: "isHealthy(member) &&",
		setup: up,
	},
	{
		name: "a member that someone's plain scaling sends away must be well first",
		file: HEALTH,
		text: "!isCaughtUp(member) && !isLeaving(view, member)",
		becomes: "!isCaughtUp(member)",
		setup: once(down, "scale-down"),
	},
	{
		name: "what is cleared away first is refused",
		file: STORAGE,
		text: "if (isClearedFirst(input, ordinal, found.blocked.reason)) {",
		becomes: "if (found === undefined) {",
		setup: once(down, "abort"),
	},
	{
		name: "a volume is emptied wherever its pod happens to run",
		file: CLEARING,
		text: `if (isLocal(volume) && node === undefined) return { kind: "blocked", blocked: notPlaced(view, claim, volume) };`,
		becomes: "",
		setup: looseAndLeft,
	},
	{
		name: "a member leaves before its volume names its node",
		file: LEAVING,
		text: "?? placing(view, ordinal);",
		becomes: ";",
		setup: { from: 2, to: 1, volumes: "loose", keepVolumes: true, next: [{ to: 2, discardVolumes: true }] },
	},
	{
		name: "a volume is made in a folder that is another's",
		file: "scaling/new-volume.ts",
		text: "const model = unnamed.find(({ path }) => !sharer(path));",
		becomes: "const [model] = unnamed;",
		setup: { from: 1, to: 2, neighbour: true },
	},
	{
		name: "what was left before is cleared without being asked for",
		file: CLEARING,
		text: "if (ours ? goal.keepVolumes : !goal.discardVolumes) continue;",
		becomes: "if (goal.keepVolumes) continue;",
		setup: { from: 2, to: 1, leftover: true },
	},
	{
		name: "volumes are deleted that were never seen to be empty",
		file: CLEARING,
		text: "if (isProvisioned(one) || !emptied.some(({ uid }) => uid === one.uid)) return false;",
		becomes: `if (isProvisioned(one) || one.phase === "Available") return false;`,
		setup: once({ from: 1, to: 2, leftover: true, discardVolumes: true }, "delete-claim"),
	},
	{
		name: "a claim that someone deletes is waited for while a pod of ours mounts it",
		file: CLEARING,
		text: "const [visitor] = claim.terminating && !emptying ? visitors : [];",
		becomes: "const [visitor] = claim.terminating && emptying ? [] : [];",
		setup: once(down, "delete-claim"),
	},
	{
		name: "the first answer is believed, though the others tell of another history",
		file: HISTORIES,
		text: "if (sides.length < 2) {",
		becomes: "if (sides.length > 0) {",
		setup: wiped(3, 4),
	},
	{
		name: "a member of the same ids counts, whatever it holds",
		file: HISTORIES,
		text: ".flatMap((side) => byRevision(side, before));",
		becomes: ";",
		setup: wiped(3, 4),
	},
	{
		name: "pods are restarted whose hook takes their member out",
		file: ROLLING,
		text: `if (hook) return { kind: "blocked", blocked: hook };`,
		becomes: "",
		setup: { from: 3, to: 3, outdated: true, stopHook: true, refused: ["StopHookRemovesMember"] },
	},
	{
		name: "a roll-out under OnDelete is waited for that never ends",
		file: "checks/rollout.ts",
		text: `set.updateStrategy.type !== "OnDelete" && set.currentRevision`,
		becomes: "set.currentRevision",
		setup: once({ ...up, strategy: "OnDelete" }, "edit-template"),
	},
];
