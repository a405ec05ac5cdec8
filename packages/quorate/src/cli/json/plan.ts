import type { CheckResult } from "../../checks/index.ts";
import { type ClusterView, podName } from "../../cluster/cluster-view.ts";
import type { Plan } from "../../scaling/plan.ts";
import type { Step } from "../../scaling/step.ts";
import { restartsOfPresentPods } from "../render/plan-text.ts";
import { describeStep } from "../render/step-words.ts";
import { compact, document, id } from "./document.ts";

export function planDocument(plan: Plan, checks: readonly CheckResult[], view: ClusterView, snapshot?: string) {
	const { statefulSet: set } = view;
	const restartsPresent = restartsOfPresentPods(plan, view);
	return document("Plan", {
		namespace: set.namespace,
		name: set.name,
		from: plan.from,
		to: plan.to,
		refused: plan.blocked !== undefined || checks.some(({ status }) => status === "fail"),
		...(plan.blocked ? { blocked: plan.blocked } : {}),
		tolerance: { before: plan.toleranceBefore, lowest: plan.toleranceLowest },
		restarts: { presentPods: restartsPresent, newPods: plan.restarts - restartsPresent },
		steps: plan.steps.map(({ step, voters, learners, quorum, tolerance }, index) => {
			const { subject, words } = describeStep(step, set, snapshot);
			return {
				number: index + 1,
				...stepFacts(step, set),
				description: `${subject}: ${words}`,
				voters,
				learners,
				quorum,
				tolerance,
			};
		}),
		checks,
	});
}

/** What a step is about, without how it is carried out. */
export function stepFacts(step: Step, set: Pick<ClusterView["statefulSet"], "name">) {
	return compact({
		kind: step.kind,
		pod: "ordinal" in step ? podName(set, step.ordinal) : undefined,
		memberId: memberOf(step),
		volume: volumeOf(step),
		claim: "claim" in step ? step.claim : undefined,
		partition: "partition" in step ? step.partition : undefined,
		replicas: "replicas" in step ? step.replicas : undefined,
	});
}

function memberOf(step: Step): string | undefined {
	if ("memberId" in step) return id(step.memberId);
	return step.kind === "move-leader" ? id(step.target) : undefined;
}

function volumeOf(step: Step) {
	if (step.kind === "delete-volume") return { name: step.volume };
	if (step.kind !== "create-volume") return undefined;
	const { name, claim, node, spec } = step.volume;
	return compact({
		name,
		claim,
		node,
		capacity: spec.capacity?.storage,
		path: spec.hostPath?.path ?? spec.local?.path,
	});
}
