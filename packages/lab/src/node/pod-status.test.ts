import type { ContainerState } from "kubernetes-types/core/v1";
import { describe, expect, test } from "vitest";
import { type ContainerRecord, newRecord } from "./container-record.ts";
import { type PodFacts, podStatus } from "./pod-status.ts";
import { testPod } from "./testing/pod.ts";

const NOW = new Date("2030-01-02T03:04:05.678Z");
const running: ContainerState = { running: { startedAt: "2030-01-02T03:00:00Z" } };
const ended = (exitCode: number): ContainerState => ({ terminated: { exitCode } });
const record = (change: Partial<ContainerRecord> = {}, init = false): ContainerRecord => ({
	...newRecord({ name: init ? "init" : "etcd" }, init, "ContainerCreating"),
	...change,
});
const facts = (containers: ContainerRecord[], initContainers: ContainerRecord[] = []): PodFacts => ({
	startTime: "2030-01-01T00:00:00Z",
	hostIP: "198.18.1.1",
	podIP: "198.18.1.2",
	sandbox: true,
	containers,
	initContainers,
});
const condition = (status: ReturnType<typeof podStatus>, type: string) =>
	status.conditions?.find((one) => one.type === type);

describe("phase", () => {
	test.each<[string, "Always" | "OnFailure" | "Never", ContainerRecord[], ContainerRecord[], string]>([
		["nothing has run", "Always", [record()], [], "Pending"],
		["it runs", "Always", [record({ state: running })], [], "Running"],
		["one of two runs", "Always", [record({ state: running }), record()], [], "Pending"],
		["waiting to run again", "Always", [record({ lastState: ended(1) })], [], "Running"],
		["ended, to run again", "Always", [record({ state: ended(0) })], [], "Running"],
		["ended well", "Never", [record({ state: ended(0) })], [], "Succeeded"],
		["ended badly", "Never", [record({ state: ended(2) })], [], "Failed"],
		["ended badly, to run again", "OnFailure", [record({ state: ended(2) })], [], "Running"],
		["ended well, not to run again", "OnFailure", [record({ state: ended(0) })], [], "Succeeded"],
		["init runs", "Always", [record()], [record({ state: running }, true)], "Pending"],
		["init failed, to run again", "Always", [record()], [record({ state: ended(1) }, true)], "Pending"],
		["init failed for good", "Never", [record()], [record({ state: ended(1) }, true)], "Failed"],
		["init done", "Always", [record({ state: running })], [record({ state: ended(0) }, true)], "Running"],
	])("%s (%s)", (_, restartPolicy, containers, inits, phase) => {
		expect(podStatus(testPod({ restartPolicy }), facts(containers, inits), NOW).phase).toBe(phase);
	});

	test("a pod on its way out has ended when its containers have", () => {
		const pod = testPod({}, undefined, { deletionTimestamp: "2030-01-02T03:04:05Z" });
		expect(podStatus(pod, facts([record({ state: ended(0) })]), NOW).phase).toBe("Succeeded");
		expect(podStatus(pod, facts([record({ state: ended(137) })]), NOW).phase).toBe("Failed");
	});
});

test("a running container that is not ready is named", () => {
	const status = podStatus(testPod(), facts([record({ state: running, started: true })]), NOW);
	const expected = { status: "False", reason: "ContainersNotReady", message: "containers with unready status: [etcd]" };
	expect(condition(status, "Ready")).toMatchObject(expected);
	expect(condition(status, "ContainersReady")).toMatchObject(expected);
	expect(condition(status, "Initialized")).toMatchObject({ status: "True" });
});

test("ready, and the addresses", () => {
	const status = podStatus(testPod(), facts([record({ state: running, ready: true })]), NOW);
	expect(condition(status, "Ready")).toEqual({
		type: "Ready",
		status: "True",
		lastTransitionTime: "2030-01-02T03:04:05Z",
	});
	expect(status).toMatchObject({
		podIP: "198.18.1.2",
		podIPs: [{ ip: "198.18.1.2" }],
		hostIPs: [{ ip: "198.18.1.1" }],
	});
});

test("an unfinished init container is named", () => {
	const status = podStatus(testPod(), facts([record()], [record({ state: running }, true)]), NOW);
	expect(condition(status, "Initialized")).toMatchObject({
		reason: "ContainersNotInitialized",
		message: "containers with incomplete status: [init]",
	});
	expect(status.initContainerStatuses?.[0]).toMatchObject({ name: "init", ready: false });
});

describe("with a sidecar", () => {
	const sidecar = (change: Partial<ContainerRecord>): ContainerRecord => ({
		...record({}, true),
		container: { name: "car", restartPolicy: "Always" },
		name: "car",
		...change,
	});
	const phase = (car: ContainerRecord, main: ContainerRecord) =>
		podStatus(testPod({ restartPolicy: "Never" }), facts([main], [car]), NOW).phase;

	test("the others wait until it has started", () => {
		expect(phase(sidecar({ state: running }), record())).toBe("Pending");
	});

	test("its end does not undo what the others did", () => {
		expect(phase(sidecar({ state: ended(0) }), record({ state: running }))).toBe("Running");
		expect(phase(sidecar({ state: ended(137) }), record({ state: ended(0) }))).toBe("Succeeded");
	});

	test("the pod is ready only with it", () => {
		const main = record({ state: running, ready: true });
		const status = podStatus(testPod(), facts([main], [sidecar({ state: running, started: true })]), NOW);
		expect(condition(status, "Ready")?.message).toBe("containers with unready status: [car]");
	});
});

test("conditions keep the time of their last change, and other people's stay", () => {
	const since = "2029-01-01T00:00:00Z";
	const old = [
		{ type: "DisruptionTarget", status: "True", lastTransitionTime: since },
		{ type: "PodScheduled", status: "True", lastTransitionTime: since },
		{ type: "Ready", status: "True", lastTransitionTime: since },
		{ type: "ContainersReady", status: "False", lastTransitionTime: since },
	];
	const pod = testPod({}, { conditions: old });
	const status = podStatus(pod, facts([record({ state: running, ready: true })]), NOW);
	const times = Object.fromEntries(
		(status.conditions ?? []).map(({ type, lastTransitionTime }) => [type, lastTransitionTime]),
	);
	expect(times).toMatchObject({ DisruptionTarget: since, PodScheduled: since, Ready: since });
	expect(times.ContainersReady).toBe("2030-01-02T03:04:05Z");
});

test("readiness gates hold a pod back", () => {
	const pod = testPod({ readinessGates: [{ conditionType: "x/y" }] });
	const status = podStatus(pod, facts([record({ state: running, ready: true })]), NOW);
	expect(condition(status, "Ready")).toMatchObject({ status: "False", reason: "ReadinessGatesNotReady" });
	expect(condition(status, "ContainersReady")).toMatchObject({ status: "True" });
});

describe("a node that comes back", () => {
	const base = { name: "etcd", image: "i", imageID: "d", ready: true, restartCount: 2 };
	const etcd = { name: "etcd" };

	test("counts a container that ran as restarted, its end unknown", () => {
		const made = newRecord(etcd, false, "ContainerCreating", { ...base, state: running });
		expect(made).toMatchObject({ restartCount: 2, nextRun: 3, state: { waiting: {} } });
		expect(made.lastState.terminated).toMatchObject({ exitCode: 255, reason: "Unknown" });
	});

	test("remembers a container in its back-off", () => {
		const before = { ...base, state: { waiting: { reason: "CrashLoopBackOff" } }, lastState: ended(1) };
		expect(newRecord(etcd, false, "ContainerCreating", before)).toMatchObject({ nextRun: 3, lastState: ended(1) });
	});

	test("leaves alone what is not to run again", () => {
		const made = newRecord(etcd, false, "x", { ...base, state: ended(0) }, (code) => code !== 0);
		expect(made.state).toEqual(ended(0));
	});

	test("starts from nothing what never ran", () => {
		const before = { ...base, restartCount: 0, state: { waiting: { reason: "ErrImagePull" } }, lastState: {} };
		expect(newRecord(etcd, false, "x", before)).toMatchObject({ nextRun: 0, lastState: {} });
	});
});
