import type { ContainerStatus, Pod, PodStatus } from "kubernetes-types/core/v1";
import { describe, expect, it } from "vitest";
import { podSummary } from "./pod-status.ts";

const NOW = Date.parse("2026-01-01T00:10:00Z");

const container = (state: ContainerStatus["state"], rest: Partial<ContainerStatus> = {}): ContainerStatus => ({
	name: "etcd",
	image: "etcd",
	imageID: "",
	ready: false,
	restartCount: 0,
	...(state ? { state } : {}),
	...rest,
});

const podWith = (status: PodStatus, rest: Pod = {}): Pod => ({
	spec: { containers: [{ name: "etcd" }] },
	status,
	...rest,
});

const summary = (status: PodStatus, rest?: Pod) => podSummary(podWith(status, rest), NOW);

describe("what kubectl prints of a pod", () => {
	it.each<[string, PodStatus]>([
		["Pending", { phase: "Pending" }],
		[
			"ContainerCreating",
			{ phase: "Pending", containerStatuses: [container({ waiting: { reason: "ContainerCreating" } })] },
		],
		["Running", { phase: "Running", containerStatuses: [container({ running: {} })] }],
		[
			"Completed",
			{ phase: "Succeeded", containerStatuses: [container({ terminated: { exitCode: 0, reason: "Completed" } })] },
		],
		["Error", { phase: "Failed", containerStatuses: [container({ terminated: { exitCode: 1, reason: "Error" } })] }],
		["ExitCode:7", { phase: "Failed", containerStatuses: [container({ terminated: { exitCode: 7 } })] }],
		["Signal:9", { phase: "Failed", containerStatuses: [container({ terminated: { exitCode: 137, signal: 9 } })] }],
		[
			"CrashLoopBackOff",
			{ phase: "Running", containerStatuses: [container({ waiting: { reason: "CrashLoopBackOff" } })] },
		],
		["ErrImagePull", { phase: "Pending", containerStatuses: [container({ waiting: { reason: "ErrImagePull" } })] }],
		["Evicted", { phase: "Failed", reason: "Evicted" }],
	])("%s", (expected, status) => {
		expect(summary(status).status).toBe(expected);
	});

	it("counts ready containers and restarts", () => {
		const status = container(
			{ running: {} },
			{
				ready: true,
				restartCount: 2,
				lastState: { terminated: { exitCode: 1, finishedAt: "2026-01-01T00:07:00Z" } },
			},
		);
		expect(summary({ phase: "Running", containerStatuses: [status] })).toEqual({
			ready: "1/1",
			status: "Running",
			restarts: "2 (3m ago)",
		});
	});

	it("says that a pod is going", () => {
		const metadata = { deletionTimestamp: "2026-01-01T00:10:30Z" };
		const running = { phase: "Running", containerStatuses: [container({ running: {} }, { ready: true })] };
		expect(summary(running, { metadata }).status).toBe("Terminating");
	});

	it("shows how far the init containers are", () => {
		const spec = { containers: [{ name: "etcd" }], initContainers: [{ name: "one" }, { name: "two" }] };
		const done = container({ terminated: { exitCode: 0 } }, { name: "one" });
		const waits = container({ waiting: { reason: "PodInitializing" } }, { name: "two" });
		expect(summary({ phase: "Pending", initContainerStatuses: [done, waits] }, { spec }).status).toBe("Init:1/2");
		const failed = container({ waiting: { reason: "CrashLoopBackOff" } }, { name: "one", restartCount: 4 });
		const text = summary({ phase: "Pending", initContainerStatuses: [failed, waits] }, { spec });
		expect(text).toMatchObject({ status: "Init:CrashLoopBackOff", restarts: "4" });
	});
});
