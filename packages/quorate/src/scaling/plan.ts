import { type ClusterView, isHealthy, isLeaving, type MemberView, quorum, voters } from "../cluster/cluster-view.ts";
import type { Goal } from "./goal.ts";
import { restoresAsLearner } from "./growing.ts";
import { applyStep, settle } from "./model.ts";
import { nextStep } from "./next-step.ts";
import type { Blocked, Step } from "./step.ts";

export interface PlannedStep {
	readonly step: Step;
	/** members once the step is done */
	readonly voters: number;
	readonly learners: number;
	readonly quorum: number;
	/** voters that may fail while and after the step is done, without losing quorum */
	readonly tolerance: number;
}

export interface Plan {
	readonly from: number;
	readonly to: number;
	readonly steps: readonly PlannedStep[];
	/** why it would not get to the goal */
	readonly blocked: Blocked | undefined;
	/** the least tolerance on the way, beside that at the start */
	readonly toleranceBefore: number;
	readonly toleranceLowest: number;
	/** voters restarted on the way: none of them was there before */
	readonly restarts: number;
	/** the pods that are there go onto the template, too */
	readonly rollsOut: boolean;
	/** an unfinished run is undone */
	readonly takesBack: boolean;
	/** pods go back to their template while they are learners */
	readonly restoresAsLearner: boolean;
}

export const restartsPod = (step: Step): step is Extract<Step, { kind: "restart-pod" | "roll-pod" }> =>
	step.kind === "restart-pod" || step.kind === "roll-pod";

/** Voters that a step takes down: one that restarts comes back, one that leaves still counts against quorum until it is taken out. */
const goesDown =
	(view: ClusterView, step: Step) =>
	(member: MemberView): boolean =>
		restartsPod(step) ? !isHealthy(member) : step.kind === "lower-replicas" && isLeaving(view, member);

/** Nothing takes more for each member, claim and volume: about a dozen steps. Beyond it the core goes round in circles, which is a defect. */
const MOST_STEPS = 40;

/**
 * What will be done, found by letting {@link nextStep} decide again and again on a model of the cluster: the same code that
 * decides in the run. Pure; takes a few milliseconds.
 */
export function plan(view: ClusterView, goal: Goal): Plan {
	const steps: PlannedStep[] = [];
	let now = view;
	let blocked: Blocked | undefined;
	let waiting = false;
	const touched = Math.abs(goal.replicas - voters(view).length) + view.claims.length + view.volumes.length;
	const limit = MOST_STEPS * (touched + 1);
	for (let round = 0; ; round++) {
		if (round > limit) throw new Error(`planning does not come to an end: ${JSON.stringify(steps.at(-1)?.step.kind)}`);
		const decision = nextStep(now, goal);
		if (decision.kind === "done") break;
		if (decision.kind === "blocked") {
			blocked = decision.blocked;
			break;
		}
		if (decision.kind === "wait") {
			// the model brings about all that comes by itself; what is waited for twice must be mended by someone, and so must a silent etcd
			if (waiting || now.etcd.trouble !== undefined) {
				const { reason, hint } = decision.wait;
				blocked = { reason: "NotSettled", message: reason, hint };
				break;
			}
			waiting = true;
			now = settle(now);
			continue;
		}
		waiting = false;
		now = applyStep(now, decision.step);
		const count = voters(now).length;
		const down = voters(now).filter(goesDown(now, decision.step)).length;
		steps.push({
			step: decision.step,
			voters: count,
			learners: now.etcd.members.length - count,
			quorum: quorum(count),
			tolerance: count - down - quorum(count),
		});
	}
	const toleranceBefore = voters(view).filter(isHealthy).length - quorum(voters(view).length);
	return {
		from: view.statefulSet.record?.from ?? voters(view).length,
		to: goal.replicas,
		steps,
		blocked,
		toleranceBefore,
		toleranceLowest: Math.min(toleranceBefore, ...steps.map((s) => s.tolerance)),
		restarts: steps.filter((s) => restartsPod(s.step)).length,
		rollsOut: goal.rollOut !== undefined,
		takesBack: goal.takesBack === true && view.statefulSet.record !== undefined,
		restoresAsLearner: restoresAsLearner(view),
	};
}
