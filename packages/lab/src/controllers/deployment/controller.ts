import type { Api } from "../../api/api.ts";
import { DEPLOYMENTS, PODS, REPLICASETS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { controllerOf } from "../owners.ts";
import { isFinished } from "../pod-state.ts";
import { ownerKeys } from "../pods/own-pods.ts";
import { type AnyStored, type Deployment, type Pod, type ReplicaSet, splitKey } from "../stored.ts";
import { revisionOf } from "./annotations.ts";
import { conditionOf, type Draft, withCondition } from "./conditions.ts";
import { isRolling, replicasOf } from "./limits.ts";
import { isActive, newReplicaSet, ownReplicaSets, sizeOf } from "./replica-sets.ts";
import { isScaling, nextRoll, type Resize, rescale } from "./sizing.ts";
import { countedStatus, isComplete, lateIn, rolloutStatus, type Seen } from "./status.ts";
import { Writer } from "./writer.ts";

/** Rolls a Deployment's template out, one replica set for each. */
export function deploymentController(api: Api): Controller {
	const all = (namespace: string) => api.list<Deployment>(DEPLOYMENTS, { namespace });
	return {
		name: "deployment-controller",
		watches: [
			{ resource: DEPLOYMENTS },
			{ resource: REPLICASETS, keys: ownerKeys("Deployment", all) },
			// `Recreate` waits for the last pod of old
			{ resource: PODS, keys: (pod, type) => (type === "DELETED" ? ownersOwner(api, pod) : []) },
		],
		reconcile: (key) => reconcile(api, key),
	};
}

function ownersOwner(api: Api, pod: AnyStored): string[] {
	const { namespace = "" } = pod.metadata;
	const set = api.get<ReplicaSet>(REPLICASETS, namespace, controllerOf(pod)?.name ?? "");
	const owner = set && controllerOf(set);
	return owner?.kind === "Deployment" ? [`${namespace}/${owner.name}`] : [];
}

function reconcile(api: Api, key: string): number | undefined {
	const { namespace, name } = splitKey(key);
	const found = api.get<Deployment>(DEPLOYMENTS, namespace, name);
	if (!found) return undefined;
	const round = new Round(api, found);
	round.run();
	return round.again;
}

/** One look at a Deployment, and one move. */
class Round {
	readonly #api: Api;
	readonly #writer: Writer;
	#deployment: Deployment;
	#newSet: ReplicaSet | undefined;
	#oldSets: ReplicaSet[];
	again: number | undefined;

	constructor(api: Api, deployment: Deployment) {
		this.#api = api;
		this.#writer = new Writer(api);
		this.#deployment = deployment;
		const sets = ownReplicaSets(api, deployment);
		this.#newSet = newReplicaSet(deployment, sets);
		this.#oldSets = sets.filter((set) => set !== this.#newSet);
	}

	run() {
		const { metadata, spec } = this.#deployment;
		if (metadata.deletionTimestamp) return this.#settle(countedStatus(this.#seen()));
		this.#notePause();
		const scaling = isScaling(this.#deployment, this.#allSets());
		if (spec?.paused || scaling) return this.#scale();
		if (isRolling(this.#deployment)) return this.#roll();
		return this.#recreate();
	}

	#allSets(): ReplicaSet[] {
		return this.#newSet ? [...this.#oldSets, this.#newSet] : this.#oldSets;
	}

	#seen(): Seen {
		return { deployment: this.#deployment, newSet: this.#newSet, oldSets: this.#oldSets, now: Date.now() };
	}

	#scale(): void {
		this.#tendNewSet();
		this.#resize(rescale(this.#deployment, this.#newSet, this.#oldSets));
		if (this.#deployment.spec?.paused) this.#dropHistory();
		this.#settle(countedStatus(this.#seen()));
	}

	#roll(): void {
		const newSet = this.#tendNewSet() ?? this.#createNewSet();
		const moves = nextRoll(this.#deployment, newSet, this.#oldSets);
		this.#resize(moves);
		if (moves.length === 0 && isComplete(this.#deployment, this.#deployment.status ?? {})) this.#dropHistory();
		this.#settle(rolloutStatus(this.#seen()));
	}

	#recreate(): void {
		this.#tendNewSet();
		const old = this.#oldSets.filter(isActive).map((set) => ({ set, size: 0 }));
		this.#resize(old);
		if (old.length === 0 && !this.#oldPodsRun()) {
			const newSet = this.#newSet ?? this.#createNewSet();
			const size = replicasOf(this.#deployment);
			if (sizeOf(newSet) !== size) this.#resize([{ set: newSet, size }]);
			if (isComplete(this.#deployment, this.#deployment.status ?? {})) this.#dropHistory();
		}
		this.#settle(rolloutStatus(this.#seen()));
	}

	#oldPodsRun(): boolean {
		const { namespace } = this.#deployment.metadata;
		const old = new Set(this.#oldSets.map(({ metadata }) => metadata.uid));
		return this.#api
			.list<Pod>(PODS, { namespace })
			.some((pod) => old.has(controllerOf(pod)?.uid ?? "") && !isFinished(pod));
	}

	/** The present template's set, with its annotations as they must be, and the Deployment's revision with it. */
	#tendNewSet(): ReplicaSet | undefined {
		if (!this.#newSet) return undefined;
		const revision = Math.max(0, ...this.#oldSets.map(revisionOf)) + 1;
		this.#newSet = this.#writer.annotate(this.#deployment, this.#newSet, revision);
		const missing = conditionOf(this.#deployment.status, "Progressing") === undefined;
		const message = `Found new replica set "${this.#newSet.metadata.name}"`;
		this.#note(
			missing ? { type: "Progressing", status: "True", reason: "FoundNewReplicaSet", message } : undefined,
			revisionOf(this.#newSet),
		);
		return this.#newSet;
	}

	#createNewSet(): ReplicaSet {
		const revision = Math.max(0, ...this.#oldSets.map(revisionOf)) + 1;
		try {
			const { set, created } = this.#writer.create(this.#deployment, this.#oldSets, revision);
			this.#newSet = set;
			const message = `Created new replica set "${set.metadata.name}"`;
			const progressing: Draft = { type: "Progressing", status: "True", reason: "NewReplicaSetCreated", message };
			this.#note(created ? progressing : undefined, revision);
			return set;
		} catch (error) {
			const message = error instanceof Error ? error.message : String(error);
			this.#note({ type: "Progressing", status: "False", reason: "FailedCreate", message }, undefined);
			throw error;
		}
	}

	#resize(moves: readonly Resize[]): void {
		for (const { set, size } of moves) {
			const resized = this.#writer.resize(this.#deployment, set, size);
			if (set === this.#newSet) this.#newSet = resized;
			else this.#oldSets = this.#oldSets.map((other) => (other === set ? resized : other));
		}
	}

	#notePause(): void {
		const { spec, status } = this.#deployment;
		const reason = conditionOf(status, "Progressing")?.reason;
		if (reason === "ProgressDeadlineExceeded") return;
		const draft = (what: string): Draft => ({
			type: "Progressing",
			status: "Unknown",
			reason: `Deployment${what[0]?.toUpperCase()}${what.slice(1)}`,
			message: `Deployment is ${what}`,
		});
		if (spec?.paused && reason !== "DeploymentPaused") this.#note(draft("paused"), undefined);
		if (!spec?.paused && reason === "DeploymentPaused") this.#note(draft("resumed"), undefined);
	}

	#note(condition: Draft | undefined, revision: number | undefined): void {
		const conditions = this.#deployment.status?.conditions ?? [];
		const next = condition ? withCondition(conditions, condition, Date.now()) : conditions;
		const status = { ...this.#deployment.status, ...(next.length > 0 ? { conditions: [...next] } : {}) };
		this.#deployment = this.#writer.status(this.#deployment, status, revision);
	}

	/** The oldest sets of templates that are past, beyond those that `rollout undo` may want back. */
	#dropHistory(): void {
		const past = this.#oldSets.filter(({ metadata }) => !metadata.deletionTimestamp);
		const surplus = past.length - (this.#deployment.spec?.revisionHistoryLimit ?? 10);
		past.sort((a, b) => revisionOf(a) - revisionOf(b));
		for (const set of past.slice(0, Math.max(0, surplus))) this.#writer.drop(set);
	}

	#settle(status: Seen["deployment"]["status"]): void {
		this.#deployment = this.#writer.status(this.#deployment, status ?? {}, undefined);
		const late = lateIn(this.#deployment, Date.now());
		if (late !== undefined && late > 0) this.again = late + 1000;
	}
}
