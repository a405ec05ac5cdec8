import { type CaughtIn, down, once, passing, up } from "./caught-in.ts";

const NEXT = "scaling/next-step.ts";
const VIEW = "cluster/cluster-view.ts";

/** What comes before every change, whichever: all well, a snapshot, proof; and what is put back at the end. */
export const GUARDS: readonly CaughtIn[] = [
	{
		name: "a voter that is down holds nothing up",
		file: NEXT,
		text: "if (needed.length > 0 && !abandons && !endsBeside) return wait(untilHealthy(view, needed));",
		becomes: "",
		setup: once(up, "kill-pod"),
	},
	{
		name: "a run that is to go on ends beside a voter that is down",
		file: NEXT,
		text: "if (!goal.takesBack || record?.rolling",
		becomes: "if (record?.rolling",
		setup: once({ from: 4, to: 3 }, "kill-pod"),
	},
	{
		name: "a run that is taken back ends beside a voter that is down, whatever it changed",
		file: NEXT,
		text: "if (isUnfinished(view) || replicas !== goal.replicas || isUnproven(view, goal)) return false;",
		becomes: "",
		setup: { ...up, faults: 2, kinds: ["abort", "kill-pod"] },
	},
	{
		name: "what someone made of the template stays when a run is taken back",
		file: NEXT,
		text: `if (set.templateState === "foreign" && !learner)`,
		becomes: "if (false)",
		setup: once(up, "edit-template"),
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
		name: "one that was taken out and added itself again counts as proven",
		file: NEXT,
		text: "return goal.replicas >= count && withoutStayed(view, record) !== record;",
		becomes: "return goal.replicas < 0;",
		setup: { ...once({ from: 2, to: 1, image: "adds-itself" }, "kill-tool", "abort"), faults: 2 },
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
		text: "return restoring(view) ?? ready ?? proof",
		becomes: "return ready ?? proof",
		setup: { ...up, readyAsLearner: true },
	},
	{
		name: "the plan promises more tolerance than there is",
		file: "scaling/plan.ts",
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
];
