import type { Pod, PodSpec } from "kubernetes-types/core/v1";
import { equal } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import { compareQuantities } from "../quantity.ts";
import { AGE, column, NAME, orNone, wide } from "./columns.ts";
import { setPodSpecDefaults, setRequestDefaults } from "./pod-defaults.ts";
import { admitServiceAccount } from "./pod-service-account.ts";
import { podSummary } from "./pod-status.ts";
import { validatePodSpec } from "./pod-validation.ts";

const TOLERATION_SECONDS = 300;

export const pods = defineKind<Pod>({
	group: "",
	version: "v1",
	kind: "Pod",
	plural: "pods",
	singular: "pod",
	shortNames: ["po"],
	categories: ["all"],
	namespaced: true,
	schema: "V1Pod",
	status: true,
	generation: true,
	returnsDeleted: true,
	subresources: {
		attach: { kind: "PodAttachOptions", verbs: ["create", "get"] },
		binding: { kind: "Binding", schema: "V1Binding", verbs: ["create"] },
		eviction: { kind: "Eviction", group: "policy", version: "v1", schema: "V1Eviction", verbs: ["create"] },
		exec: { kind: "PodExecOptions", verbs: ["create", "get"] },
		log: { kind: "Pod", verbs: ["get"] },
		portforward: { kind: "PodPortForwardOptions", verbs: ["create", "get"] },
	},
	columns: [
		NAME,
		column("Ready", (pod, now) => podSummary(pod, now).ready),
		column("Status", (pod, now) => podSummary(pod, now).status),
		column("Restarts", (pod, now) => podSummary(pod, now).restarts),
		AGE,
		wide("IP", (pod) => orNone(pod.status?.podIP)),
		wide("Node", (pod) => orNone(pod.spec?.nodeName)),
		wide("Nominated Node", (pod) => orNone(pod.status?.nominatedNodeName)),
		wide("Readiness Gates", (pod) => {
			const gates = pod.spec?.readinessGates ?? [];
			const met = gates.filter((gate) =>
				pod.status?.conditions?.some((entry) => entry.type === gate.conditionType && entry.status === "True"),
			);
			return gates.length === 0 ? "<none>" : `${met.length}/${gates.length}`;
		}),
	],
	fields: {
		"spec.nodeName": (pod) => pod.spec?.nodeName ?? "",
		"spec.restartPolicy": (pod) => pod.spec?.restartPolicy ?? "",
		"spec.schedulerName": (pod) => pod.spec?.schedulerName ?? "",
		"spec.serviceAccountName": (pod) => pod.spec?.serviceAccountName ?? "",
		"spec.hostNetwork": (pod) => String(pod.spec?.hostNetwork ?? false),
		"status.phase": (pod) => pod.status?.phase ?? "",
		"status.podIP": (pod) => pod.status?.podIP ?? "",
		"status.nominatedNodeName": (pod) => pod.status?.nominatedNodeName ?? "",
	},
	setDefaults(pod) {
		pod.spec ??= { containers: [] };
		setPodSpecDefaults(pod.spec);
		setRequestDefaults(pod.spec);
		pod.spec.enableServiceLinks ??= true;
	},
	admit(pod, around) {
		const spec = pod.spec as PodSpec;
		admitServiceAccount(pod, around);
		spec.preemptionPolicy ??= "PreemptLowerPriority";
		spec.priority ??= 0;
		spec.tolerations ??= [];
		for (const key of ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"]) {
			const tolerated = spec.tolerations.some(
				(entry) => (!entry.key || entry.key === key) && (!entry.effect || entry.effect === "NoExecute"),
			);
			if (tolerated) continue;
			spec.tolerations.push({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: TOLERATION_SECONDS });
		}
	},
	prepareCreate(pod) {
		pod.status = { phase: "Pending", qosClass: qosClass(pod.spec as PodSpec) };
	},
	validate(pod, errors) {
		if (pod.spec) validatePodSpec(pod.spec, "spec", errors);
	},
	validateUpdate: validatePodUpdate,
	grace(pod, requested) {
		if (!pod.spec?.nodeName || ["Failed", "Succeeded"].includes(pod.status?.phase ?? "")) return 0;
		const grace = requested ?? pod.spec.terminationGracePeriodSeconds ?? 0;
		return grace < 0 ? 1 : grace;
	},
});

function qosClass(spec: PodSpec): string {
	const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
	const set = (values: Record<string, string | number> | undefined) =>
		["cpu", "memory"].filter((name) => values?.[name] !== undefined && compareQuantities(values[name], 0) > 0);
	if (containers.every(({ resources }) => set(resources?.requests).length + set(resources?.limits).length === 0)) {
		return "BestEffort";
	}
	const guaranteed = containers.every(({ resources }) => {
		const { limits, requests } = resources ?? {};
		return (
			set(limits).length === 2 && set(limits).every((name) => compareQuantities(limits?.[name], requests?.[name]) === 0)
		);
	});
	return guaranteed ? "Guaranteed" : "Burstable";
}

/** What may change of a pod that is there. */
function frozenPart(spec: PodSpec): unknown {
	const images = (list: { image?: string }[] | undefined) => list?.map(({ image: _image, ...rest }) => rest);
	const { activeDeadlineSeconds: _a, tolerations: _b, terminationGracePeriodSeconds: _c, ...rest } = spec;
	return { ...rest, containers: images(spec.containers), initContainers: images(spec.initContainers) };
}

function validatePodUpdate(pod: Pod, old: Pod, errors: Violations): void {
	const spec = pod.spec ?? { containers: [] };
	const before = old.spec ?? { containers: [] };
	const bound = !before.nodeName && spec.nodeName ? { ...before, nodeName: spec.nodeName } : before;
	if (equal(frozenPart(spec), frozenPart(bound))) return;
	errors.forbidden(
		"spec",
		"pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
	);
}
