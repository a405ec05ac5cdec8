import type { ContainerStatus, Pod } from "kubernetes-types/core/v1";
import { age } from "../machinery/ages.ts";

/** What kubectl prints of a pod. */
export interface PodSummary {
	ready: string;
	status: string;
	restarts: string;
}

interface Restarts {
	count: number;
	last: string;
}

/** READY, STATUS and RESTARTS, worked out from the status as Kubernetes' own printer does. */
export function podSummary(pod: Pod, now: number): PodSummary {
	const containers = pod.spec?.containers ?? [];
	const all: Restarts = { count: 0, last: "" };
	const sidecars: Restarts = { count: 0, last: "" };
	let ready = 0;
	let total = containers.length;
	let reason = pod.status?.reason || pod.status?.phase || "Unknown";
	const gated = pod.status?.conditions?.find(
		(entry) => entry.type === "PodScheduled" && entry.reason === "SchedulingGated",
	);
	if (gated) reason = "SchedulingGated";

	const initSpecs = new Map((pod.spec?.initContainers ?? []).map((container) => [container.name, container]));
	total += [...initSpecs.values()].filter((container) => container.restartPolicy === "Always").length;
	let initializing = false;
	const inits = pod.status?.initContainerStatuses ?? [];
	for (const [index, status] of inits.entries()) {
		const sidecar = initSpecs.get(status.name)?.restartPolicy === "Always";
		count(all, status);
		if (sidecar) count(sidecars, status);
		const { terminated, waiting } = status.state ?? {};
		if (terminated?.exitCode === 0 && !initializing) continue;
		if (sidecar && status.started) {
			if (status.ready) ready++;
			continue;
		}
		if (initializing) continue;
		if (terminated) {
			const signal = terminated.signal ? `Init:Signal:${terminated.signal}` : `Init:ExitCode:${terminated.exitCode}`;
			reason = terminated.reason ? `Init:${terminated.reason}` : signal;
		} else if (waiting?.reason && waiting.reason !== "PodInitializing") reason = `Init:${waiting.reason}`;
		else reason = `Init:${index}/${initSpecs.size}`;
		initializing = true;
	}

	const initialized = pod.status?.conditions?.some((entry) => entry.type === "Initialized" && entry.status === "True");
	if (!initializing || initialized) {
		all.count = sidecars.count;
		all.last = sidecars.last;
		let running = false;
		for (const status of [...(pod.status?.containerStatuses ?? [])].reverse()) {
			count(all, status);
			const { terminated, waiting, running: isRunning } = status.state ?? {};
			if (waiting?.reason) reason = waiting.reason;
			else if (terminated) {
				const signal = terminated.signal ? `Signal:${terminated.signal}` : `ExitCode:${terminated.exitCode}`;
				reason = terminated.reason || signal;
			} else if (status.ready && isRunning) {
				running = true;
				ready++;
			}
		}
		if (reason === "Completed" && running) {
			const isReady = pod.status?.conditions?.some((entry) => entry.type === "Ready" && entry.status === "True");
			reason = isReady ? "Running" : "NotReady";
		}
	}

	if (pod.metadata?.deletionTimestamp && pod.status?.reason === "NodeLost") reason = "Unknown";
	else if (pod.metadata?.deletionTimestamp && !["Failed", "Succeeded"].includes(pod.status?.phase ?? ""))
		reason = "Terminating";

	const ago = all.count > 0 && all.last !== "" ? ` (${age(all.last, now)} ago)` : "";
	return { ready: `${ready}/${total}`, status: reason, restarts: `${all.count}${ago}` };
}

function count(restarts: Restarts, status: ContainerStatus): void {
	restarts.count += status.restartCount;
	const finished = status.lastState?.terminated?.finishedAt;
	if (finished && finished > restarts.last) restarts.last = finished;
}
