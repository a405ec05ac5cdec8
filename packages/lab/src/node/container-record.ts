import type { Container, ContainerState, ContainerStatus, VolumeMount } from "kubernetes-types/core/v1";
import { apiTime } from "./pod.ts";

/** What is known of one container; the pod's status is made from these. */
export interface ContainerRecord {
	readonly name: string;
	container: Container;
	readonly init: boolean;
	state: ContainerState;
	lastState: ContainerState;
	restartCount: number;
	/** what the count will be once it runs (again) */
	nextRun: number;
	ready: boolean;
	started: boolean;
	image: string;
	imageID: string;
	containerID: string | undefined;
}

/**
 * The record of a container whose pod comes to the node: it has not run yet, or, where the node was off, `before` says how it
 * stood then. Then it is to run again if `resume` is true for how it ended.
 */
export function newRecord(
	container: Container,
	init: boolean,
	waitingFor: string,
	before?: ContainerStatus,
	resume: (exitCode: number) => boolean = () => true,
): ContainerRecord {
	const record: ContainerRecord = {
		name: container.name,
		container,
		init,
		state: { waiting: { reason: waitingFor } },
		lastState: {},
		restartCount: 0,
		nextRun: 0,
		ready: false,
		started: false,
		image: container.image ?? "",
		imageID: "",
		containerID: undefined,
	};
	const end = before && endBefore(before);
	if (!before || !end?.terminated) return record;
	const { restartCount } = before;
	const ran = { restartCount, nextRun: restartCount + 1, image: before.image, imageID: before.imageID };
	if (resume(end.terminated.exitCode)) return { ...record, ...ran, lastState: end };
	return { ...record, ...ran, state: end, lastState: before.lastState ?? {} };
}

/** How the container's last run ended, if it ever ran. */
function endBefore(status: ContainerStatus): ContainerState | undefined {
	const { state, lastState } = status;
	if (state?.running) return lostWithNode(status);
	return state?.terminated ? state : lastState?.terminated ? lastState : undefined;
}

/** A container that was running when its node lost power: nobody knows how it ended. */
function lostWithNode(status: ContainerStatus): ContainerState {
	const startedAt = status.state?.running?.startedAt;
	return {
		terminated: {
			exitCode: 255,
			reason: "Unknown",
			finishedAt: apiTime(Date.now()),
			...(startedAt ? { startedAt } : {}),
			...(status.containerID ? { containerID: status.containerID } : {}),
		},
	};
}

export function containerStatus(record: ContainerRecord): ContainerStatus {
	return {
		name: record.name,
		state: record.state,
		lastState: record.lastState,
		ready: record.ready,
		restartCount: record.restartCount,
		image: record.image,
		imageID: record.imageID,
		...(record.containerID ? { containerID: record.containerID } : {}),
		started: record.started,
		// what the type is too old to know
		...(record.containerID ? { resources: record.container.resources ?? {} } : {}),
		...(record.container.volumeMounts?.length ? { volumeMounts: record.container.volumeMounts.map(mountStatus) } : {}),
	} as ContainerStatus;
}

function mountStatus({ name, mountPath, readOnly }: VolumeMount) {
	return { name, mountPath, ...(readOnly ? { readOnly, recursiveReadOnly: "Disabled" } : {}) };
}
