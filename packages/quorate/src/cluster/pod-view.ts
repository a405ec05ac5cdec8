import type { ContainerStateTerminated, Pod } from "kubernetes-types/core/v1";
import type { OutsidePod, PodView } from "./cluster-view.ts";
import type { PodFacts } from "./start/environment.ts";
import { stopHooks } from "./start/stop-hooks.ts";

export function podView(pod: Pod, ordinal: number, container: string): PodView {
	const status = pod.status ?? {};
	const etcd = status.containerStatuses?.find((c) => c.name === container);
	const condition = (type: string) => status.conditions?.find((c) => c.type === type);
	const terminating = pod.metadata?.deletionTimestamp !== undefined;
	const hooks = pod.spec ? stopHooks(pod.spec) : [];
	return {
		ordinal,
		name: pod.metadata?.name ?? "",
		uid: pod.metadata?.uid ?? "",
		phase: (status.phase ?? "Unknown") as PodView["phase"],
		ready: !terminating && condition("Ready")?.status === "True",
		terminating,
		node: pod.spec?.nodeName,
		revision: pod.metadata?.labels?.["controller-revision-hash"],
		restarts: (status.containerStatuses ?? []).reduce((sum, c) => sum + c.restartCount, 0),
		running: !terminating && etcd?.state?.running !== undefined,
		backingOff: !terminating && etcd?.state?.waiting?.reason === "CrashLoopBackOff",
		trouble: trouble(pod, container),
		...(hooks.length > 0 ? { stopHooks: hooks } : {}),
		facts: factsOf(pod),
	};
}

/** One that is not of the StatefulSet; which of its containers may run etcd is not known. */
export function outsidePod(pod: Pod): OutsidePod {
	const { metadata = {}, spec, status } = pod;
	const owner = metadata.ownerReferences?.find(({ controller }) => controller) ?? metadata.ownerReferences?.[0];
	return {
		name: metadata.name ?? "",
		uid: metadata.uid ?? "",
		running: status?.phase === "Running" && metadata.deletionTimestamp === undefined,
		node: spec?.nodeName,
		owner: owner && `${owner.kind}/${owner.name}`,
		ready: status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
		facts: factsOf(pod),
	};
}

/** As the downward API has it. */
function factsOf({ metadata = {}, spec, status }: Pod): PodFacts {
	const addresses = (one: string | undefined, all: readonly { ip?: string }[] | undefined) =>
		all?.flatMap(({ ip }) => ip ?? []) ?? (one ? [one] : []);
	return {
		name: metadata.name ?? "",
		namespace: metadata.namespace ?? "",
		uid: metadata.uid,
		labels: metadata.labels ?? {},
		annotations: metadata.annotations ?? {},
		serviceAccount: spec?.serviceAccountName,
		node: spec?.nodeName,
		addresses: addresses(status?.podIP, status?.podIPs),
		hostAddresses: addresses(status?.hostIP, status?.hostIPs as { ip?: string }[] | undefined),
		whole: true,
	};
}

function trouble(pod: Pod, container: string): string | undefined {
	const status = pod.status ?? {};
	const name = pod.metadata?.name;
	const scheduled = status.conditions?.find((c) => c.type === "PodScheduled");
	if (scheduled?.status === "False") return `pod ${name}: ${scheduled.reason}: ${scheduled.message}`;
	const waiting = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])].find(
		(c) => c.state?.waiting && c.state.waiting.reason !== "PodInitializing",
	);
	if (waiting?.state?.waiting) {
		const { reason, message } = waiting.state.waiting;
		// "back-off 20s restarting failed container" does not tell what failed
		const before = waiting.lastState?.terminated;
		return `pod ${name}: ${reason}${message ? `: ${message}` : ""}${before ? `; before: ${endText(before)}` : ""}`;
	}
	const ended = status.containerStatuses?.find((c) => c.name === container)?.state?.terminated;
	return ended ? `pod ${name}: ${endText(ended)}` : undefined;
}

function endText({ reason, exitCode, message }: ContainerStateTerminated): string {
	const why = message?.trim().split("\n").at(-1);
	return `${reason ?? "ended"} (exit code ${exitCode}${why ? `: ${why}` : ""})`;
}
