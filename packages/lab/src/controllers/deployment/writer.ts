import type { DeploymentStatus, ReplicaSet as Draft } from "kubernetes-types/apps/v1";
import type { Api } from "../../api/api.ts";
import { ApiError } from "../../api/api-error.ts";
import { DEPLOYMENTS, REPLICASETS } from "../../api/resources.ts";
import { controllerOf, controllerReference } from "../owners.ts";
import { type Recorder, recorder } from "../recorder.ts";
import { fnv32, goJson, safeEncode } from "../statefulset/hash.ts";
import type { Deployment, ReplicaSet } from "../stored.ts";
import { newSetAnnotations, REVISION, sizeAnnotations } from "./annotations.ts";
import { limits, replicasOf } from "./limits.ts";
import { HASH_LABEL, newReplicaSet, sizeOf, totalSize } from "./replica-sets.ts";
import { newSetSize } from "./sizing.ts";
import { pruned } from "./status.ts";

type NewSet = Draft & { metadata: { name: string } };

/** Writes a Deployment's replica sets and its status, and tells of sizes by events on the Deployment. */
export class Writer {
	readonly #api: Api;
	readonly #record: Recorder;

	constructor(api: Api) {
		this.#api = api;
		this.#record = recorder(api, "deployment-controller");
	}

	/** The set of the present template; `created` is false where another round has made it already. */
	create(
		deployment: Deployment,
		oldSets: readonly ReplicaSet[],
		revision: number,
	): { set: ReplicaSet; created: boolean } {
		const size = newSetSize(deployment, 0, totalSize(oldSets));
		const draft = draftOf(deployment, size, revision);
		const { name } = draft.metadata;
		try {
			const set = this.#api.create(REPLICASETS, draft) as unknown as ReplicaSet;
			if (size > 0) this.#scaled(deployment, `Scaled up replica set ${name} from 0 to ${size}`);
			return { set, created: true };
		} catch (error) {
			if (error instanceof ApiError && error.reason === "AlreadyExists") return this.#existing(deployment, name, error);
			const why = error instanceof Error ? error.message : String(error);
			const message = `Failed to create new replica set "${name}": ${why}`;
			this.#record(deployment, "Warning", "FailedCreate", message);
			throw error;
		}
	}

	/** Two templates with one hash: the next try counts one collision more, which is part of the hash. */
	#existing(deployment: Deployment, name: string, cause: ApiError): { set: ReplicaSet; created: boolean } {
		const set = this.#api.get<ReplicaSet>(REPLICASETS, deployment.metadata.namespace, name);
		const own = set && controllerOf(set)?.uid === deployment.metadata.uid && newReplicaSet(deployment, [set]);
		if (own) return { set: own, created: false };
		const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
		this.status(deployment, { ...deployment.status, collisionCount }, undefined);
		throw cause;
	}

	annotate(deployment: Deployment, set: ReplicaSet, revision: number): ReplicaSet {
		const minReadySeconds = deployment.spec?.minReadySeconds;
		return this.#modify(set, (copy) => {
			const before = copy.metadata.annotations ?? {};
			copy.metadata.annotations = newSetAnnotations(before, deployment.metadata.annotations ?? {}, revision);
			if (!copy.spec) return;
			if (minReadySeconds) copy.spec.minReadySeconds = minReadySeconds;
			else delete copy.spec.minReadySeconds;
		});
	}

	resize(deployment: Deployment, set: ReplicaSet, size: number): ReplicaSet {
		const before = sizeOf(set);
		const replicas = replicasOf(deployment);
		const next = this.#modify(set, (copy) => {
			const sized = sizeAnnotations(replicas, replicas + limits(deployment).maxSurge);
			copy.metadata.annotations = { ...copy.metadata.annotations, ...sized };
			if (copy.spec) copy.spec.replicas = size;
		});
		const { name } = set.metadata;
		const way = size > before ? "up" : "down";
		if (size !== before) this.#scaled(deployment, `Scaled ${way} replica set ${name} from ${before} to ${size}`);
		return next;
	}

	/** Away with a set of a template that is past, unless it still has pods. */
	drop({ metadata, spec, status }: ReplicaSet): void {
		const seen = (status?.observedGeneration ?? 0) >= (metadata.generation ?? 0);
		if (spec?.replicas !== 0 || status?.replicas !== 0 || !seen) return;
		this.#api.delete(REPLICASETS, metadata.namespace, metadata.name);
	}

	/** @param revision of the present template, where it is known */
	status({ metadata }: Deployment, status: DeploymentStatus, revision: number | undefined): Deployment {
		const { namespace, name, uid } = metadata;
		const wanted = pruned(status);
		const written = this.#api.modify<Deployment>(
			DEPLOYMENTS,
			namespace,
			name,
			(copy) => {
				const annotations = copy.metadata.annotations ?? {};
				const known = revision === undefined || annotations[REVISION] === String(revision);
				if (copy.metadata.uid !== uid || (known && goJson(copy.status ?? {}) === goJson(wanted))) return false;
				copy.status = wanted;
				if (!known) copy.metadata.annotations = { ...annotations, [REVISION]: String(revision) };
			},
			"status",
		);
		if (!written) throw new Error(`deployment ${namespace}/${name} is gone`);
		return written;
	}

	#modify(set: ReplicaSet, change: (copy: ReplicaSet) => void): ReplicaSet {
		const { namespace, name } = set.metadata;
		return this.#api.modify<ReplicaSet>(REPLICASETS, namespace, name, change) ?? set;
	}

	#scaled(deployment: Deployment, message: string): void {
		this.#record(deployment, "Normal", "ScalingReplicaSet", message);
	}
}

function draftOf(deployment: Deployment, size: number, revision: number): NewSet {
	const { metadata, spec, status } = deployment;
	const template = spec?.template ?? {};
	// The API server's own hash is of Go's view of the template; this one differs from it, and as much between templates.
	const hash = safeEncode(String(fnv32(goJson(template) + (status?.collisionCount ?? ""))));
	const labels = { ...template.metadata?.labels, [HASH_LABEL]: hash };
	const replicas = replicasOf(deployment);
	const sized = sizeAnnotations(replicas, replicas + limits(deployment).maxSurge);
	return {
		apiVersion: "apps/v1",
		kind: "ReplicaSet",
		metadata: {
			name: `${metadata.name}-${hash}`,
			namespace: metadata.namespace,
			labels,
			annotations: { ...newSetAnnotations({}, metadata.annotations ?? {}, revision), ...sized },
			ownerReferences: [controllerReference(deployment)],
		},
		spec: {
			replicas: size,
			...(spec?.minReadySeconds ? { minReadySeconds: spec.minReadySeconds } : {}),
			selector: {
				...spec?.selector,
				matchLabels: { ...spec?.selector.matchLabels, [HASH_LABEL]: hash },
			},
			template: { ...template, metadata: { ...template.metadata, labels } },
		},
	};
}
