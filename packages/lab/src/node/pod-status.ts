import type { ContainerStatus, PodCondition, PodStatus } from "kubernetes-types/core/v1";
import { type ContainerRecord, containerStatus } from "./container-record.ts";
import { apiTime, isSidecar, type StoredPod } from "./pod.ts";

/** What the node knows of a pod. */
export interface PodFacts {
	startTime: string;
	hostIP: string;
	/** undefined before the pod has its network */
	podIP: string | undefined;
	/** its network is up: containers may start */
	sandbox: boolean;
	initContainers: ContainerRecord[];
	containers: ContainerRecord[];
	/** the node has given up on the pod (evicted, past its deadline) */
	failure?: { reason: string; message: string };
}

type Phase = "Pending" | "Running" | "Succeeded" | "Failed";

/** The status of a pod, made from what its containers are doing and from the status it had. */
export function podStatus(pod: StoredPod, facts: PodFacts, now: Date): PodStatus {
	const before = pod.status ?? {};
	const phase = podPhase(pod, facts);
	const address = facts.podIP ? { podIP: facts.podIP, podIPs: [{ ip: facts.podIP }] } : {};
	return {
		...(before.qosClass ? { qosClass: before.qosClass } : {}),
		...(before.nominatedNodeName ? { nominatedNodeName: before.nominatedNodeName } : {}),
		...(facts.failure ?? {}),
		...observed(pod),
		phase,
		conditions: conditions(pod, facts, phase, now),
		hostIP: facts.hostIP,
		hostIPs: [{ ip: facts.hostIP }],
		...address,
		startTime: facts.startTime,
		...(facts.initContainers.length > 0 ? { initContainerStatuses: facts.initContainers.map(initStatus) } : {}),
		containerStatuses: facts.containers.map(containerStatus).sort((a, b) => (a.name < b.name ? -1 : 1)),
	} as PodStatus;
}

/** A finished init container counts as ready. */
function initStatus(record: ContainerRecord): ContainerStatus {
	const status = containerStatus(record);
	if (isSidecar(record.container)) return status;
	return { ...status, ready: record.state.terminated?.exitCode === 0 };
}

function podPhase(pod: StoredPod, facts: PodFacts): Phase {
	if (facts.failure) return "Failed";
	const policy = pod.spec.restartPolicy ?? "Always";
	const plainInits = facts.initContainers.filter((record) => !isSidecar(record.container));
	const initFailed = plainInits.some((record) => (record.state.terminated?.exitCode ?? 0) !== 0);
	if (initFailed && policy === "Never") return "Failed";
	if (!initialized(facts)) return "Pending";
	const ended = facts.containers.filter((record) => record.state.terminated);
	if (ended.length === facts.containers.length && (policy !== "Always" || pod.metadata.deletionTimestamp)) {
		const failed = ended.some((record) => record.state.terminated?.exitCode !== 0);
		if (!failed) return "Succeeded";
		if (policy === "Never" || pod.metadata.deletionTimestamp) return "Failed";
		return "Running";
	}
	return facts.containers.every(hasRun) ? "Running" : "Pending";
}

/** Once one of the others has run, it stays so: sidecars may come and go. */
function initialized(facts: PodFacts): boolean {
	return facts.containers.some(hasRun) || facts.initContainers.every(isThrough);
}

const hasRun = ({ state, lastState }: ContainerRecord) =>
	state.running !== undefined || state.terminated !== undefined || lastState.terminated !== undefined;

const isThrough = ({ container, started, state }: ContainerRecord) =>
	isSidecar(container) ? started : state.terminated?.exitCode === 0;

type Judged = Pick<PodCondition, "type" | "status" | "reason" | "message">;

function conditions(pod: StoredPod, facts: PodFacts, phase: Phase, now: Date): PodCondition[] {
	const before = pod.status?.conditions ?? [];
	const judged = [
		{ type: "PodReadyToStartContainers", status: facts.sandbox ? "True" : "False" },
		initializedCondition(facts, phase),
		readyCondition(pod, facts, phase),
		containersReady(facts, phase),
	];
	const own = judged.map((condition) => stamped(pod, condition, now));
	const others = before.filter((condition) => !own.some(({ type }) => type === condition.type));
	const scheduled = stamped(pod, { type: "PodScheduled", status: "True" }, now);
	return [...others.filter(({ type }) => type !== "PodScheduled"), ...own, scheduled];
}

/** The generation of the pod that a status is about. */
const observed = ({ metadata }: StoredPod) =>
	metadata.generation === undefined ? {} : { observedGeneration: metadata.generation };

function stamped(pod: StoredPod, condition: Judged, now: Date): PodCondition {
	const old = pod.status?.conditions?.find(({ type }) => type === condition.type);
	const unchanged = old?.status === condition.status && old.lastTransitionTime;
	const lastTransitionTime = unchanged || apiTime(now);
	return { lastTransitionTime, ...observed(pod), ...condition };
}

function initializedCondition(facts: PodFacts, phase: Phase): Judged {
	if (phase === "Succeeded") return { type: "Initialized", status: "True", reason: "PodCompleted" };
	if (initialized(facts)) return { type: "Initialized", status: "True" };
	const names = facts.initContainers.filter((record) => !isThrough(record)).map((record) => record.name);
	const message = `containers with incomplete status: [${names.join(" ")}]`;
	return { type: "Initialized", status: "False", reason: "ContainersNotInitialized", message };
}

function containersReady(facts: PodFacts, phase: Phase): Judged {
	const type = "ContainersReady";
	if (phase === "Succeeded") return { type, status: "False", reason: "PodCompleted" };
	if (phase === "Failed") return { type, status: "False", reason: "PodFailed" };
	const counted = [...facts.initContainers.filter((record) => isSidecar(record.container)), ...facts.containers];
	const unready = counted.filter((record) => !record.ready).map((record) => record.name);
	if (unready.length === 0) return { type, status: "True" };
	const message = `containers with unready status: [${unready.join(" ")}]`;
	return { type, status: "False", reason: "ContainersNotReady", message };
}

function readyCondition(pod: StoredPod, facts: PodFacts, phase: Phase): Judged {
	const containers = { ...containersReady(facts, phase), type: "Ready" };
	if (containers.status !== "True") return containers;
	for (const { conditionType } of pod.spec.readinessGates ?? []) {
		const gate = pod.status?.conditions?.find(({ type }) => type === conditionType);
		if (gate?.status === "True") continue;
		const message = gate
			? `the status of pod readiness gate "${conditionType}" is not "True", but ${gate.status}`
			: `corresponding condition of pod readiness gate "${conditionType}" does not exist.`;
		return { type: "Ready", status: "False", reason: "ReadinessGatesNotReady", message };
	}
	return containers;
}
