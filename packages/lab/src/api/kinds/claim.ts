import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import { equal, type Open } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import { compareQuantities } from "../quantity.ts";
import { accessModes, validateAccessModes } from "./access-modes.ts";
import { AGE, column, NAME, wide } from "./columns.ts";

const DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

export function setClaimDefaults(claim: Open<PersistentVolumeClaim>): void {
	claim.spec ??= {};
	claim.spec.volumeMode ??= "Filesystem";
	claim.spec.resources ??= {};
	claim.status ??= {};
	claim.status.phase ??= "Pending";
}

const bound = (claim: PersistentVolumeClaim) => Boolean(claim.spec?.volumeName);

export const persistentvolumeclaims = defineKind<PersistentVolumeClaim>({
	group: "",
	version: "v1",
	kind: "PersistentVolumeClaim",
	plural: "persistentvolumeclaims",
	singular: "persistentvolumeclaim",
	shortNames: ["pvc"],
	namespaced: true,
	schema: "V1PersistentVolumeClaim",
	status: true,
	returnsDeleted: true,
	columns: [
		NAME,
		column("Status", (claim) => (claim.metadata?.deletionTimestamp ? "Terminating" : (claim.status?.phase ?? ""))),
		column("Volume", (claim) => claim.spec?.volumeName ?? ""),
		column("Capacity", (claim) => (bound(claim) ? (claim.status?.capacity?.storage ?? "") : "")),
		column("Access Modes", (claim) => (bound(claim) ? accessModes(claim.status?.accessModes) : "")),
		column("StorageClass", (claim) => claim.spec?.storageClassName ?? ""),
		column("VolumeAttributesClass", (claim) => claim.spec?.volumeAttributesClassName || "<unset>"),
		AGE,
		wide("VolumeMode", (claim) => claim.spec?.volumeMode ?? "<unset>"),
	],
	setDefaults: setClaimDefaults,
	admit(claim, around) {
		const metadata = claim.metadata ?? {};
		metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), "kubernetes.io/pvc-protection"])];
		claim.metadata = metadata;
		if (!claim.spec || claim.spec.storageClassName !== undefined) return;
		const classes = around.all("storage.k8s.io", "storageclasses");
		const defaults = classes.filter((entry) => entry.metadata.annotations?.[DEFAULT_CLASS] === "true");
		const newest = defaults.sort((a, b) => newerFirst(a.metadata.creationTimestamp, b.metadata.creationTimestamp))[0];
		if (newest) claim.spec.storageClassName = newest.metadata.name;
	},
	prepareCreate(claim) {
		claim.status = { phase: "Pending" };
	},
	validate(claim, errors) {
		const spec = claim.spec ?? {};
		validateAccessModes(spec.accessModes, "spec.accessModes", errors, "at least 1 access mode is required");
		const storage = spec.resources?.requests?.storage;
		if (storage === undefined) errors.required("spec.resources[storage]");
		else if (compareQuantities(storage, 0) <= 0) {
			errors.invalid("spec.resources[storage]", storage, "must be greater than zero");
		}
		if (!["Block", "Filesystem"].includes(spec.volumeMode ?? "")) {
			errors.notSupported("spec.volumeMode", spec.volumeMode, ["Block", "Filesystem"]);
		}
	},
	validateUpdate: validateClaimUpdate,
});

const newerFirst = (a: string | undefined, b: string | undefined) => ((a ?? "") < (b ?? "") ? 1 : -1);

function validateClaimUpdate(claim: PersistentVolumeClaim, old: PersistentVolumeClaim, errors: Violations): void {
	const fixed = (entry: PersistentVolumeClaim, like: PersistentVolumeClaim) => {
		const { resources: _resources, volumeAttributesClassName: _class, ...rest } = entry.spec ?? {};
		if (!like.spec?.volumeName) delete rest.volumeName;
		if (like.spec?.storageClassName === undefined) delete rest.storageClassName;
		return rest;
	};
	const before = old.spec?.resources?.requests?.storage;
	const after = claim.spec?.resources?.requests?.storage;
	const resized = compareQuantities(after, before);
	if (!equal(fixed(claim, old), fixed(old, old)) || (resized !== 0 && old.status?.phase !== "Bound")) {
		errors.forbidden(
			"spec",
			"spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims",
		);
	} else if (resized < 0) {
		errors.forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
	}
}
