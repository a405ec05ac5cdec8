import type { PersistentVolume, PersistentVolumeSpec } from "kubernetes-types/core/v1";
import { equal } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import { compareQuantities } from "../quantity.ts";
import { accessModes, validateAccessModes } from "./access-modes.ts";
import { AGE, column, NAME, wide } from "./columns.ts";

const SOURCES = [
	...["awsElasticBlockStore", "azureDisk", "azureFile", "cephfs", "cinder", "csi", "fc", "flexVolume", "flocker"],
	...["gcePersistentDisk", "glusterfs", "hostPath", "iscsi", "local", "nfs", "photonPersistentDisk", "portworxVolume"],
	...["quobyte", "rbd", "scaleIO", "storageos", "vsphereVolume"],
];
const RECLAIM = ["Delete", "Recycle", "Retain"];

const claimOf = (volume: PersistentVolume) => {
	const reference = volume.spec?.claimRef;
	return reference ? `${reference.namespace ?? ""}/${reference.name ?? ""}` : "";
};

export const persistentvolumes = defineKind<PersistentVolume>({
	group: "",
	version: "v1",
	kind: "PersistentVolume",
	plural: "persistentvolumes",
	singular: "persistentvolume",
	shortNames: ["pv"],
	namespaced: false,
	schema: "V1PersistentVolume",
	status: true,
	returnsDeleted: true,
	columns: [
		NAME,
		column("Capacity", (volume) => volume.spec?.capacity?.storage ?? ""),
		column("Access Modes", (volume) => accessModes(volume.spec?.accessModes)),
		column("Reclaim Policy", (volume) => volume.spec?.persistentVolumeReclaimPolicy ?? ""),
		column("Status", (volume) => (volume.metadata?.deletionTimestamp ? "Terminating" : (volume.status?.phase ?? ""))),
		column("Claim", claimOf),
		column("StorageClass", (volume) => volume.spec?.storageClassName ?? ""),
		column("VolumeAttributesClass", (volume) => volume.spec?.volumeAttributesClassName || "<unset>"),
		column("Reason", (volume) => volume.status?.reason ?? ""),
		AGE,
		wide("VolumeMode", (volume) => volume.spec?.volumeMode ?? "<unset>"),
	],
	setDefaults(volume) {
		volume.spec ??= {};
		volume.spec.persistentVolumeReclaimPolicy ??= "Retain";
		volume.spec.volumeMode ??= "Filesystem";
		if (volume.spec.hostPath) volume.spec.hostPath.type ??= "";
	},
	admit(volume) {
		const metadata = volume.metadata ?? {};
		metadata.finalizers = [...new Set([...(metadata.finalizers ?? []), "kubernetes.io/pv-protection"])];
		volume.metadata = metadata;
	},
	prepareCreate(volume, around) {
		volume.status = { phase: "Pending", lastPhaseTransitionTime: around.time };
	},
	prepareStatus(volume, old, around) {
		if (!volume.status || volume.status.phase === old.status?.phase) return;
		if (volume.status.lastPhaseTransitionTime === old.status?.lastPhaseTransitionTime) {
			volume.status = { ...volume.status, lastPhaseTransitionTime: around.time };
		}
	},
	validate(volume, errors) {
		validateVolumeSpec(volume.spec ?? {}, errors);
	},
	validateUpdate(volume, old, errors) {
		const source = (spec: PersistentVolumeSpec | undefined) => pick(spec, SOURCES);
		if (!equal(source(volume.spec), source(old.spec))) {
			errors.forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation");
		}
		if (volume.spec?.volumeMode !== old.spec?.volumeMode) {
			errors.invalid("spec.volumeMode", volume.spec?.volumeMode, "field is immutable");
		}
		if (old.spec?.nodeAffinity && !equal(volume.spec?.nodeAffinity, old.spec.nodeAffinity)) {
			errors.invalid(
				"spec.nodeAffinity",
				volume.spec?.nodeAffinity,
				"field is immutable, except for updating from beta label to GA",
			);
		}
	},
});

const pick = (spec: object | undefined, names: string[]) =>
	Object.fromEntries(Object.entries(spec ?? {}).filter(([name]) => names.includes(name)));

function validateVolumeSpec(spec: PersistentVolumeSpec, errors: Violations): void {
	validateAccessModes(spec.accessModes, "spec.accessModes", errors);
	const { storage, ...others } = spec.capacity ?? {};
	if (Object.keys(spec.capacity ?? {}).length === 0) errors.required("spec.capacity");
	if (storage === undefined || Object.keys(others).length > 0)
		errors.notSupported("spec.capacity", spec.capacity ?? {}, ["storage"]);
	else {
		if (compareQuantities(storage, 0) < 0)
			errors.invalid("spec.capacity[storage]", -1, "must be a valid resource quantity");
		if (compareQuantities(storage, 0) <= 0)
			errors.invalid("spec.capacity[storage]", storage, "must be greater than zero");
	}
	if (!RECLAIM.includes(spec.persistentVolumeReclaimPolicy ?? "")) {
		errors.notSupported("spec.persistentVolumeReclaimPolicy", spec.persistentVolumeReclaimPolicy, RECLAIM);
	}
	if (!["Block", "Filesystem"].includes(spec.volumeMode ?? "")) {
		errors.notSupported("spec.volumeMode", spec.volumeMode, ["Block", "Filesystem"]);
	}
	const sources = Object.keys(pick(spec, SOURCES));
	if (sources.length === 0) errors.required("spec", "must specify a volume type");
	for (const extra of sources.slice(1)) errors.forbidden(`spec.${extra}`, "may not specify more than 1 volume type");
	if (spec.hostPath) {
		if (!spec.hostPath.path) errors.required("spec.hostPath.path");
		else if (spec.hostPath.path.split("/").includes(".."))
			errors.invalid("spec.hostPath.path", spec.hostPath.path, "must not contain '..'");
	}
	if (spec.local && !spec.nodeAffinity) errors.required("spec.nodeAffinity", "Local volume requires node affinity");
	if (spec.nodeAffinity && !spec.nodeAffinity.required) {
		errors.required("spec.nodeAffinity.required", "must specify required node constraints");
	}
}
