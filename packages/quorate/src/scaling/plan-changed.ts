import { type ClusterView, podName, voters } from "../cluster/cluster-view.ts";
import { QuorateError } from "../errors.ts";
import { commandFor } from "./describe-state.ts";
import type { Goal } from "./goal.ts";
import type { Plan } from "./plan.ts";
import type { Step } from "./step.ts";

/** A plan, and the cluster that it was made for. */
export interface Planned {
	readonly view: ClusterView;
	readonly plan: Plan;
}

/** @throws {QuorateError} PlanChanged: what would be done now is worse than what was agreed to, or is done to another cluster */
export function throwIfChanged(approved: Planned, now: Planned, goal: Goal): void {
	const differences = [...differencesOf(approved.view, now.view), ...worseIn(approved.plan, now)];
	if (differences.length === 0) return;
	throw new QuorateError("PlanChanged", {
		operation: `comparing the plan for ${now.view.statefulSet.name} with the approved one`,
		message: `the approved plan no longer holds: ${differences.join("; ")}`,
		state: "nothing was changed",
		hint: `see the plan as it is now, then approve that one: ${commandFor(now.view, goal)} --dry-run`,
	});
}

/** The goal, with the places that the approved plan has for new volumes: nodes that come or go meanwhile change nothing in it. */
export function withPlannedNodes(goal: Goal, { steps }: Plan): Goal {
	const planned = steps.flatMap(({ step }) => {
		if (step.kind !== "create-volume" || step.volume.node === undefined) return [];
		return [{ ordinal: step.ordinal, node: step.volume.node }];
	});
	const before = goal.volumeNodes?.filter(({ ordinal }) => !planned.some((now) => now.ordinal === ordinal)) ?? [];
	// one volume a member is enough to name its node
	const all = [...before, ...planned].filter(
		({ ordinal }, index, list) => list.findIndex((other) => other.ordinal === ordinal) === index,
	);
	return all.length === 0 ? goal : { ...goal, volumeNodes: all };
}

/** The cluster is another one, or someone changed what the plan begins with. */
function differencesOf(was: ClusterView, is: ClusterView): string[] {
	const [then, now] = [was.statefulSet, is.statefulSet];
	const found: string[] = [];
	if (then.uid !== now.uid) found.push(`StatefulSet ${now.name} was deleted and created again`);
	if (was.etcd.clusterId !== is.etcd.clusterId)
		found.push(`the etcd cluster ID is ${is.etcd.clusterId.toString(16)} now, ${was.etcd.clusterId.toString(16)} then`);
	if (then.replicas !== now.replicas)
		found.push(`the StatefulSet has ${now.replicas} replicas now, ${then.replicas} then`);
	if (then.record?.startedAt !== now.record?.startedAt)
		found.push(now.record ? "another run has begun since and is unfinished" : "the run that was unfinished has ended");
	if (JSON.stringify(originalOf(then)) !== JSON.stringify(originalOf(now))) found.push("the pod template was changed");
	const gone = voters(was).filter(({ id }) => !voters(is).some((member) => member.id === id));
	const come = voters(is).filter(({ id }) => !voters(was).some((member) => member.id === id));
	found.push(
		...gone.map(({ id, name }) => `member ${name || id.toString(16)} (${id.toString(16)}) is no voter any more`),
	);
	found.push(
		...come.map(({ id, name }) => `member ${name || id.toString(16)} (${id.toString(16)}) has become a voter`),
	);
	return found;
}

const originalOf = ({ record, template }: ClusterView["statefulSet"]) => record?.template ?? template;

/** What a person who agreed to the one would have wanted to know of the other. */
function worseIn(approved: Plan, { plan, view }: Planned): string[] {
	const found: string[] = [];
	if (plan.from !== approved.from) found.push(`it began with ${plan.from} members, not ${approved.from}`);
	if (plan.to !== approved.to) found.push(`it leads to ${plan.to} members, not ${approved.to}`);
	if (plan.toleranceLowest < approved.toleranceLowest)
		found.push(`the fault tolerance falls to ${plan.toleranceLowest}, not ${approved.toleranceLowest}`);
	const left = effectsOf(approved, view);
	for (const effect of effectsOf(plan, view)) {
		const index = left.indexOf(effect);
		if (index >= 0) left.splice(index, 1);
		else found.push(effect);
	}
	return found;
}

const effectsOf = (plan: Plan, view: ClusterView): string[] =>
	plan.steps.flatMap(({ step }) => effectOf(step, view) ?? []);

/** Undefined: how something is carried out that another step stands for. */
function effectOf(step: Step, { statefulSet: set }: ClusterView): string | undefined {
	switch (step.kind) {
		case "add-learner":
			return `member ${podName(set, step.ordinal)} would be added`;
		case "remove-member":
			return `member ${podName(set, step.ordinal)} would be removed`;
		case "restart-pod":
		case "roll-pod":
			return `pod ${podName(set, step.ordinal)} would be restarted`;
		case "move-leader":
			return "leadership would be moved";
		case "create-volume": {
			const { name, node, spec } = step.volume;
			const path = spec.hostPath?.path ?? spec.local?.path;
			return [`volume ${name} would be created`, node && `on ${node}`, path && `at ${path}`].filter(Boolean).join(" ");
		}
		case "empty-volume":
			return `the data of claim ${step.claim} would be deleted`;
		case "delete-claim":
			return `claim ${step.claim} would be deleted`;
		case "delete-volume":
			return `volume ${step.volume} would be deleted`;
		case "name-members":
		case "unname-members":
			return "the members named in the pod template would be changed";
		default:
			return undefined;
	}
}
