import type { Api } from "../../api/api.ts";
import { ApiError } from "../../api/api-error.ts";
import { PERSISTENTVOLUMECLAIMS, PODS } from "../../api/resources.ts";
import { type Recorder, recorder } from "../recorder.ts";
import type { Claim, Pod, StatefulSet } from "../stored.ts";
import { claimsFor, type NewClaim, retentionOwners } from "./claims.ts";
import { mendedLabels, newPod } from "./new-pod.ts";
import type { Action } from "./observed.ts";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const capitalised = (verb: string): string => verb.charAt(0).toUpperCase() + verb.slice(1);

/** Carries out decisions about one set, and tells of them by events on the set. */
export class Performer {
	readonly #api: Api;
	readonly #set: StatefulSet;
	readonly #record: Recorder;

	constructor(api: Api, set: StatefulSet) {
		this.#api = api;
		this.#record = recorder(api, "statefulset-controller");
		this.#set = set;
	}

	/** Throws where the API refuses; what has been done stays done. */
	perform(action: Action) {
		switch (action.do) {
			case "create-pod":
				return this.#createPod(action.ordinal, action.pod);
			case "create-claims":
				this.#createClaims(action.ordinal, action.pod.metadata.name);
				return this.#setClaimOwners(action.ordinal, action.pod);
			case "mend-pod":
				return this.#mendPod(action.ordinal, action.pod);
			case "set-claim-owners":
				return this.#setClaimOwners(action.ordinal, action.pod);
			case "delete-pod":
				return this.#tellOfPod("delete", action.pod.metadata.name, () =>
					this.#api.delete(PODS, this.#set.metadata.namespace, action.pod.metadata.name, {
						preconditions: { uid: action.pod.metadata.uid },
					}),
				);
		}
	}

	#createPod(ordinal: number, pod: ReturnType<typeof newPod>): void {
		this.#tellOfPod("create", pod.metadata.name, () => {
			this.#createClaims(ordinal, pod.metadata.name);
			const created = this.#api.create(PODS, pod) as unknown as Pod;
			this.#setClaimOwners(ordinal, created);
		});
	}

	#createClaims(ordinal: number, pod: string): void {
		const failures: string[] = [];
		for (const claim of claimsFor(this.#set, ordinal)) {
			const { namespace, name } = claim.metadata;
			const present = this.#api.get<Claim>(PERSISTENTVOLUMECLAIMS, namespace, name);
			if (present?.metadata.deletionTimestamp) failures.push(`pvc ${name} is being deleted`);
			if (present) continue;
			try {
				this.#createClaim(pod, claim);
			} catch (error) {
				failures.push(`failed to create PVC ${name}: ${messageOf(error)}`);
			}
		}
		if (failures.length > 0) {
			throw new Error(failures.length === 1 ? failures[0] : `[${failures.join(", ")}]`);
		}
	}

	#createClaim(pod: string, claim: NewClaim): void {
		const { name } = claim.metadata;
		const where = `in StatefulSet ${this.#set.metadata.name}`;
		try {
			this.#api.create(PERSISTENTVOLUMECLAIMS, claim);
		} catch (error) {
			const failed = `create Claim ${name} for Pod ${pod} ${where} failed error: ${messageOf(error)}`;
			this.#event("Warning", "FailedCreate", failed);
			throw error;
		}
		this.#event("Normal", "SuccessfulCreate", `create Claim ${name} Pod ${pod} ${where} success`);
	}

	#setClaimOwners(ordinal: number, pod: Pod): void {
		for (const { metadata } of claimsFor(this.#set, ordinal)) {
			this.#api.modify<Claim>(PERSISTENTVOLUMECLAIMS, metadata.namespace, metadata.name, (claim) => {
				const owners = retentionOwners(this.#set, pod, ordinal, claim);
				if (!owners) return false;
				claim.metadata.ownerReferences = owners;
			});
		}
	}

	/** Only labels can be mended; where the volumes differ the API refuses, as Kubernetes' does, and says so in the event. */
	#mendPod(ordinal: number, pod: Pod): void {
		this.#tellOfPod("update", pod.metadata.name, () => {
			this.#createClaims(ordinal, pod.metadata.name);
			this.#api.modify<Pod>(PODS, pod.metadata.namespace, pod.metadata.name, (copy) => {
				const labels = mendedLabels(this.#set, copy);
				if (labels) copy.metadata.labels = labels;
				const volumes = newPod(this.#set, { spec: copy.spec ?? { containers: [] } }, "", ordinal).spec?.volumes;
				if (copy.spec && volumes) copy.spec.volumes = volumes;
			});
		});
	}

	#tellOfPod(verb: "create" | "update" | "delete", pod: string, work: () => void): void {
		const what = `${verb} Pod ${pod} in StatefulSet ${this.#set.metadata.name}`;
		try {
			work();
		} catch (error) {
			// another one of that name: it is looked at in the next round
			const exists = verb === "create" && error instanceof ApiError && error.reason === "AlreadyExists";
			if (!exists) {
				this.#event("Warning", `Failed${capitalised(verb)}`, `${what} failed error: ${messageOf(error)}`);
			}
			throw error;
		}
		this.#event("Normal", `Successful${capitalised(verb)}`, `${what} successful`);
	}

	#event(type: "Normal" | "Warning", reason: string, message: string): void {
		this.#record(this.#set, type, reason, message);
	}
}
