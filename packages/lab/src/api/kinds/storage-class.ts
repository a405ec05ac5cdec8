import type { StorageClass } from "kubernetes-types/storage/v1";
import { equal } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import { AGE, column, NAME } from "./columns.ts";

const isDefault = (entry: StorageClass) =>
	entry.metadata?.annotations?.["storageclass.kubernetes.io/is-default-class"] === "true";

export const storageclasses = defineKind<StorageClass>({
	group: "storage.k8s.io",
	version: "v1",
	kind: "StorageClass",
	plural: "storageclasses",
	singular: "storageclass",
	shortNames: ["sc"],
	namespaced: false,
	schema: "V1StorageClass",
	returnsDeleted: true,
	columns: [
		{ ...NAME, cell: (entry) => `${entry.metadata?.name ?? ""}${isDefault(entry) ? " (default)" : ""}` },
		column("Provisioner", (entry) => entry.provisioner),
		column("ReclaimPolicy", (entry) => entry.reclaimPolicy ?? "Delete"),
		column("VolumeBindingMode", (entry) => entry.volumeBindingMode ?? "Immediate"),
		column("AllowVolumeExpansion", (entry) => entry.allowVolumeExpansion ?? false),
		AGE,
	],
	setDefaults(entry) {
		entry.reclaimPolicy ??= "Delete";
		entry.volumeBindingMode ??= "Immediate";
	},
	validate(entry, errors) {
		if (!entry.provisioner) errors.required("provisioner");
		if (!["Delete", "Retain"].includes(entry.reclaimPolicy ?? "")) {
			errors.notSupported("reclaimPolicy", entry.reclaimPolicy, ["Delete", "Retain"]);
		}
		if (!["Immediate", "WaitForFirstConsumer"].includes(entry.volumeBindingMode ?? "")) {
			errors.notSupported("volumeBindingMode", entry.volumeBindingMode, ["Immediate", "WaitForFirstConsumer"]);
		}
	},
	validateUpdate(entry, old, errors) {
		if (!equal(entry.parameters ?? {}, old.parameters ?? {})) {
			errors.forbidden("parameters", "updates to parameters are forbidden.");
		}
		for (const field of ["provisioner", "reclaimPolicy"] as const) {
			if (entry[field] !== old[field]) errors.forbidden(field, `updates to ${field} are forbidden.`);
		}
		if (entry.volumeBindingMode !== old.volumeBindingMode) {
			errors.invalid("volumeBindingMode", entry.volumeBindingMode, "field is immutable");
		}
	},
});
