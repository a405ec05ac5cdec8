import type { ReplicaSet } from "kubernetes-types/apps/v1";
import { equal } from "../json.ts";
import { type Column, defineKind } from "../machinery/kind.ts";
import { AGE, containerImages, containerNames, NAME, selectorText, wide } from "./columns.ts";
import { setPodSpecDefaults } from "./pod-defaults.ts";
import { validateReplicated } from "./replicated.ts";

const count = (name: string, cell: Column<ReplicaSet>["cell"]): Column<ReplicaSet> => ({ name, type: "integer", cell });

export const replicasets = defineKind<ReplicaSet>({
	group: "apps",
	version: "v1",
	kind: "ReplicaSet",
	plural: "replicasets",
	singular: "replicaset",
	shortNames: ["rs"],
	categories: ["all"],
	namespaced: true,
	schema: "V1ReplicaSet",
	status: true,
	generation: true,
	scale: {
		replicas: (set) => set.spec?.replicas ?? 0,
		setReplicas(set, replicas) {
			if (set.spec) set.spec.replicas = replicas;
		},
		statusReplicas: (set) => set.status?.replicas ?? 0,
		selector: (set) => selectorText(set.spec?.selector),
	},
	columns: [
		NAME,
		count("Desired", ({ spec }) => spec?.replicas ?? 0),
		count("Current", ({ status }) => status?.replicas ?? 0),
		count("Ready", ({ status }) => status?.readyReplicas ?? 0),
		AGE,
		wide("Containers", ({ spec }) => containerNames(spec?.template)),
		wide("Images", ({ spec }) => containerImages(spec?.template)),
		wide("Selector", ({ spec }) => selectorText(spec?.selector)),
	],
	fields: { "status.replicas": ({ status }) => String(status?.replicas ?? 0) },
	setDefaults({ spec }) {
		if (!spec) return;
		spec.replicas ??= 1;
		if (spec.template?.spec) setPodSpecDefaults(spec.template.spec);
	},
	prepareCreate(set) {
		set.status = { replicas: 0 };
	},
	validate({ spec }, errors) {
		if (spec) validateReplicated(spec, errors);
		else errors.required("spec.selector");
	},
	validateUpdate({ spec }, old, errors) {
		if (!equal(spec?.selector, old.spec?.selector)) {
			errors.invalid("spec.selector", spec?.selector, "field is immutable");
		}
	},
});
