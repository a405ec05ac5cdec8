import type { StatefulSetUpdateStrategy } from "kubernetes-types/apps/v1";
import { type ClusterView, voters } from "../../cluster/cluster-view.ts";
import { joinTemplate, namingTemplate } from "../../cluster/join-profile.ts";
import type { ScalingRecord } from "../../cluster/scaling-record.ts";
import { withLeaving } from "../leaving-record.ts";
import type { Step } from "../step.ts";
import type { PerformContext } from "./context.ts";
import { editStatefulSet, endRecord, recordFor } from "./edit-stateful-set.ts";

export async function fence(context: PerformContext, view: ClusterView, step: Extract<Step, { kind: "fence" }>) {
	const { rolling: _, ...before } = recordFor(context, view);
	const record = { ...before, joining: step.ordinal };
	await editStatefulSet(context, view, record, (spec) => {
		spec.template = joinTemplate(record.template, view.statefulSet.etcd, step.initialCluster);
		spec.updateStrategy = held(record.updateStrategy, step.partition);
	});
}

export async function restoreTemplate(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "restore-template" }>,
) {
	const { joining: _, ...record } = recordFor(context, view);
	await editStatefulSet(context, view, record, (spec) => {
		spec.template = record.template;
		spec.updateStrategy = held(record.updateStrategy, step.partition);
	});
}

export async function nameMembers(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "name-members" }>,
) {
	const template = namingTemplate(view.statefulSet.template, view.statefulSet.etcd, step.initialCluster);
	const { unnamed = view.statefulSet.template, ...rest } = unproven(context, view, "forth");
	const record = { ...rest, template, unnamed };
	await editStatefulSet(context, view, record, (spec) => {
		spec.template = template;
		spec.updateStrategy = held(record.updateStrategy, step.partition);
	});
}

export async function rollPod(context: PerformContext, view: ClusterView, step: Extract<Step, { kind: "roll-pod" }>) {
	const record = unproven(context, view, view.statefulSet.record?.rolling ?? "forth");
	await editStatefulSet(context, view, record, (spec) => {
		spec.updateStrategy = held(record.updateStrategy, step.partition);
	});
}

export async function unnameMembers(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "unname-members" }>,
) {
	const { unnamed, ...rest } = unproven(context, view, "back");
	const record = { ...rest, template: unnamed ?? rest.template };
	await editStatefulSet(context, view, record, (spec) => {
		spec.template = record.template;
		spec.updateStrategy = held(record.updateStrategy, step.partition);
	});
}

/** What was proven was so before members were restarted. */
function unproven(context: PerformContext, view: ClusterView, rolling: "forth" | "back"): ScalingRecord {
	const { proven: _, ...rest } = recordFor(context, view);
	return { ...rest, rolling, voters: voters(view).length };
}

export async function noteLeaving(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "note-leaving" }>,
) {
	await editStatefulSet(context, view, withLeaving(view, recordFor(context, view), step.ordinal), () => {});
}

export async function lowerReplicas(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "lower-replicas" }>,
	beforeWriting?: () => Promise<void>,
) {
	const record = withLeaving(view, recordFor(context, view), view.statefulSet.firstOrdinal + step.replicas);
	const lower = (spec: { replicas?: number }) => {
		spec.replicas = step.replicas;
	};
	await editStatefulSet(context, view, record, lower, beforeWriting);
}

/** Pods below the partition are not restarted by a change of the template; with OnDelete none is anyway. */
function held(strategy: StatefulSetUpdateStrategy, partition: number): StatefulSetUpdateStrategy {
	if (strategy.type === "OnDelete") return strategy;
	return { ...strategy, rollingUpdate: { ...strategy.rollingUpdate, partition } };
}

export async function restoreStrategy(context: PerformContext, view: ClusterView) {
	const record = recordFor(context, view);
	await endRecord(context, view, record, (spec) => {
		spec.updateStrategy = record.updateStrategy;
	});
}

export async function raiseReplicas(context: PerformContext, view: ClusterView, replicas: number) {
	await editStatefulSet(context, view, recordFor(context, view), (spec) => {
		spec.replicas = replicas;
	});
}
