import type { Api } from "../../api/api.ts";
import { NODES, PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS, STORAGECLASSES } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { isFinished, podCondition } from "../pod-state.ts";
import { type Recorder, recorder } from "../recorder.ts";
import { type AnyStored, type Claim, keyOf, type Pod, splitKey, type Volume } from "../stored.ts";
import { timestamp } from "../time.ts";
import { SELECTED_NODE } from "../volumes/annotations.ts";
import { reserve } from "../volumes/bind.ts";
import { readCluster } from "./cluster.ts";
import { claimNames, type VolumePlan } from "./filters/volumes.ts";
import { RelevantChanges } from "./relevant-changes.ts";
import { schedule } from "./schedule.ts";

const COMPONENT = "default-scheduler";
/** Pods that could not be scheduled are looked at again after so long, whether or not anything was seen to change. */
const LOOK_AGAIN_MS = 5 * 60_000;

/** Gives pods their nodes. */
export function scheduler(api: Api): Controller {
	return new Scheduler(api);
}

class Scheduler implements Controller {
	readonly name = COMPONENT;
	readonly #api: Api;
	/** pods that have their place and wait for their volumes only */
	readonly #assumed = new Map<string, string>();
	readonly #changes = new RelevantChanges();
	readonly #tell: Recorder;

	constructor(api: Api) {
		this.#api = api;
		this.#tell = recorder(api, COMPONENT);
	}

	get watches(): Controller["watches"] {
		const waiting = (object: AnyStored, type: string) =>
			this.#changes.isRelevant(object, type) ? this.#waitingKeys() : [];
		return [
			{ resource: PODS, keys: (pod, type) => this.#podKeys(pod as Pod, type) },
			{ resource: NODES, keys: waiting },
			{ resource: PERSISTENTVOLUMECLAIMS, keys: waiting },
			{ resource: PERSISTENTVOLUMES, keys: waiting },
			{ resource: STORAGECLASSES, keys: waiting },
		];
	}

	/** Pods that wait for a node, oldest first. */
	#waitingKeys(): string[] {
		const age = (pod: Pod) => pod.metadata.creationTimestamp;
		return this.#api
			.list<Pod>(PODS)
			.filter(needsNode)
			.sort((a, b) => (age(a) < age(b) ? -1 : age(a) > age(b) ? 1 : 0))
			.map(keyOf);
	}

	#podKeys(pod: Pod, type: string): string[] {
		const key = keyOf(pod);
		if (type === "DELETED") this.#assumed.delete(key);
		const relevant = this.#changes.isRelevant(pod, type);
		if (type !== "DELETED" && needsNode(pod)) return relevant ? [key] : [];
		// a pod that came, went or ended elsewhere may make room, or company
		return relevant ? this.#waitingKeys() : [];
	}

	reconcile(key: string): number | undefined {
		const { namespace, name } = splitKey(key);
		const pod = this.#api.get<Pod>(PODS, namespace, name);
		if (!pod || !needsNode(pod)) return undefined;
		const assumed = this.#assumed.get(key);
		if (assumed && this.#waitsForVolumes(pod)) return undefined;
		this.#assumed.delete(key);
		const verdict = schedule(pod, readCluster(this.#api, this.#assumed), assumed);
		if ("message" in verdict) {
			this.#refuse(pod, verdict.message);
			return LOOK_AGAIN_MS;
		}
		const node = verdict.place.node.metadata.name;
		if (verdict.volumes.bind.length + verdict.volumes.provision.length > 0) {
			this.#assumed.set(key, node);
			this.#startVolumes(verdict.volumes, node);
			return undefined;
		}
		this.#bind(pod, node);
		return undefined;
	}

	#waitsForVolumes(pod: Pod): boolean {
		return claimNames(pod).some((name) => {
			const claim = this.#api.get<Claim>(PERSISTENTVOLUMECLAIMS, pod.metadata.namespace, name);
			const started = claim?.metadata.annotations?.[SELECTED_NODE] !== undefined || this.#isReserved(claim);
			return claim !== undefined && started && claim.status?.phase !== "Bound";
		});
	}

	#isReserved(claim: Claim | undefined): boolean {
		return this.#api
			.list<Volume>(PERSISTENTVOLUMES)
			.some((volume) => claim !== undefined && volume.spec?.claimRef?.uid === claim.metadata.uid);
	}

	/** The binder does the rest: it ties reserved volumes to their claims, and has the others made. */
	#startVolumes(plan: VolumePlan, node: string): void {
		for (const { claim, volume } of plan.bind) {
			this.#api.modify<Volume>(PERSISTENTVOLUMES, undefined, volume.metadata.name, (copy) => reserve(copy, claim));
		}
		for (const { metadata } of plan.provision) {
			this.#api.modify<Claim>(PERSISTENTVOLUMECLAIMS, metadata.namespace, metadata.name, (copy) => {
				if (copy.metadata.annotations?.[SELECTED_NODE] === node) return false;
				copy.metadata.annotations = { ...copy.metadata.annotations, [SELECTED_NODE]: node };
			});
		}
	}

	#bind(pod: Pod, node: string): void {
		const { namespace, name } = pod.metadata;
		this.#api.modify<Pod>(PODS, namespace, name, (copy) => {
			if (!copy.spec) return false;
			copy.spec.nodeName = node;
		});
		this.#condition(pod, { status: "True" });
		const message = `Successfully assigned ${namespace}/${name} to ${node}`;
		this.#tell(pod, "Normal", "Scheduled", message);
	}

	#refuse(pod: Pod, message: string): void {
		this.#tell(pod, "Warning", "FailedScheduling", message);
		const observedGeneration = pod.metadata.generation ?? 0;
		this.#condition(pod, { status: "False", reason: "Unschedulable", message, observedGeneration });
	}

	#condition(pod: Pod, to: Verdict): void {
		this.#api.modify<Pod>(
			PODS,
			pod.metadata.namespace,
			pod.metadata.name,
			(copy) => {
				const before = podCondition(copy, "PodScheduled");
				const same = before?.status === to.status;
				if (same && before.reason === to.reason && before.message === to.message) return false;
				const now = timestamp();
				const lastTransitionTime = (same ? before.lastTransitionTime : undefined) ?? now;
				const others = (copy.status?.conditions ?? []).filter(({ type }) => type !== "PodScheduled");
				const condition = { type: "PodScheduled", lastProbeTime: null as never, lastTransitionTime, ...to };
				copy.status = { ...copy.status, conditions: [...others, condition] };
			},
			"status",
		);
	}
}

/** What a PodScheduled condition says. */
interface Verdict {
	status: "True" | "False";
	reason?: string;
	message?: string;
	observedGeneration?: number;
}

function needsNode(pod: Pod): boolean {
	return (
		!pod.spec?.nodeName &&
		!isFinished(pod) &&
		!pod.metadata.deletionTimestamp &&
		(pod.spec?.schedulerName ?? COMPONENT) === COMPONENT &&
		!(pod.spec as { schedulingGates?: unknown[] } | undefined)?.schedulingGates?.length
	);
}
