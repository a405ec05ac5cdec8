import type { StorageClass } from "kubernetes-types/storage/v1";
import type { Api } from "../../api/api.ts";
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, STORAGECLASSES } from "../../api/resources.ts";
import { type Recorder, recorder } from "../recorder.ts";
import type { Claim, Volume } from "../stored.ts";
import { timestamp } from "../time.ts";
import { SELECTED_NODE } from "./annotations.ts";
import { classOf } from "./match.ts";

export interface VolumeOptions {
	/**
	 * Empties a volume of the lab's own provisioner, or a hostPath one under /tmp, when it is reclaimed. Throws where it cannot.
	 * @default nothing is removed
	 */
	removeVolumeData?: (volume: Volume) => void;
}

/** What the binder's parts share. */
export class VolumeContext {
	readonly api: Api;
	readonly options: VolumeOptions;
	/** tells of claims and volumes by events */
	readonly tell: Recorder;

	constructor(api: Api, options: VolumeOptions) {
		this.api = api;
		this.tell = recorder(api, "persistentvolume-controller");
		this.options = options;
	}

	volumes(): Volume[] {
		return this.api.list<Volume>(PERSISTENTVOLUMES);
	}

	volume(name: string): Volume | undefined {
		return this.api.get<Volume>(PERSISTENTVOLUMES, undefined, name);
	}

	claim(namespace: string | undefined, name: string | undefined): Claim | undefined {
		return name ? this.api.get<Claim>(PERSISTENTVOLUMECLAIMS, namespace, name) : undefined;
	}

	storageClass(name: string): StorageClass | undefined {
		return name ? this.api.get<StorageClass>(STORAGECLASSES, undefined, name) : undefined;
	}

	/** Whether the scheduler, not the binder, chooses the claim's volume. */
	isDelayed(claim: Claim): boolean {
		return this.storageClass(classOf(claim))?.volumeBindingMode === "WaitForFirstConsumer";
	}

	hasNode(claim: Claim): boolean {
		return claim.metadata.annotations?.[SELECTED_NODE] !== undefined;
	}

	setVolumePhase(volume: Volume, phase: string, message = ""): void {
		this.api.modify<Volume>(
			PERSISTENTVOLUMES,
			undefined,
			volume.metadata.name,
			(copy) => {
				if (copy.status?.phase === phase && (copy.status.message ?? "") === message) return false;
				const { message: _, ...status } = copy.status ?? {};
				const moved = copy.status?.phase === phase ? {} : { lastPhaseTransitionTime: timestamp() };
				copy.status = { ...status, phase, ...moved, ...(message ? { message } : {}) };
			},
			"status",
		);
	}

	/** @param bound the volume, whose capacity and modes a Bound claim shows */
	setClaimPhase(claim: Claim, phase: string, bound?: Volume): boolean {
		let changed = false;
		this.api.modify<Claim>(
			PERSISTENTVOLUMECLAIMS,
			claim.metadata.namespace,
			claim.metadata.name,
			(copy) => {
				const { accessModes: _, capacity: __, ...rest } = copy.status ?? {};
				const { accessModes, capacity } = bound?.spec ?? {};
				const storage = capacity?.storage;
				const shown = bound
					? { ...(accessModes ? { accessModes } : {}), ...(storage ? { capacity: { storage } } : {}) }
					: {};
				// a larger capacity than the volume's own means that it was resized: only the first binding sets it
				const next = copy.status?.phase === phase ? copy.status : { ...rest, ...shown, phase };
				if (copy.status?.phase === phase) return false;
				changed = true;
				copy.status = next;
			},
			"status",
		);
		return changed;
	}
}
