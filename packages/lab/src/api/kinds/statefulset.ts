import type { StatefulSet, StatefulSetSpec } from "kubernetes-types/apps/v1";
import type { PersistentVolumeClaim } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { equal, type Open } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import { parseLabelSelector } from "../machinery/selectors.ts";
import type { Violations } from "../machinery/violations.ts";
import { setClaimDefaults } from "./claim.ts";
import { AGE, column, containerImages, containerNames, NAME, selectorText, wide } from "./columns.ts";
import { setPodSpecDefaults } from "./pod-defaults.ts";
import { validatePodTemplate } from "./pod-validation.ts";
import { validateSelector } from "./selector-validation.ts";

const MUTABLE = [
	...(["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit"] as const),
	...(["persistentVolumeClaimRetentionPolicy", "minReadySeconds"] as const),
];

export const statefulsets = defineKind<StatefulSet>({
	group: "apps",
	version: "v1",
	kind: "StatefulSet",
	plural: "statefulsets",
	singular: "statefulset",
	shortNames: ["sts"],
	categories: ["all"],
	namespaced: true,
	schema: "V1StatefulSet",
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
		column("Ready", (set) => `${set.status?.readyReplicas ?? 0}/${set.spec?.replicas ?? 0}`),
		AGE,
		wide("Containers", (set) => containerNames(set.spec?.template)),
		wide("Images", (set) => containerImages(set.spec?.template)),
	],
	setDefaults(set) {
		const spec = set.spec;
		if (!spec) return;
		spec.podManagementPolicy ??= "OrderedReady";
		spec.replicas ??= 1;
		spec.revisionHistoryLimit ??= 10;
		spec.serviceName ??= "";
		spec.updateStrategy ??= {};
		if (!spec.updateStrategy.type) {
			spec.updateStrategy.type = "RollingUpdate";
			spec.updateStrategy.rollingUpdate ??= {};
		}
		if (spec.updateStrategy.type === "RollingUpdate" && spec.updateStrategy.rollingUpdate) {
			spec.updateStrategy.rollingUpdate.partition ??= 0;
		}
		spec.persistentVolumeClaimRetentionPolicy ??= {};
		spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= "Retain";
		spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= "Retain";
		if (spec.template?.spec) setPodSpecDefaults(spec.template.spec);
		const claims: Open<PersistentVolumeClaim>[] = spec.volumeClaimTemplates ?? [];
		for (const claim of claims) {
			claim.apiVersion = "v1";
			claim.kind = "PersistentVolumeClaim";
			setClaimDefaults(claim);
			claim.status = { phase: "Pending" };
		}
	},
	prepareCreate(set) {
		set.status = { replicas: 0, availableReplicas: 0 } as NonNullable<StatefulSet["status"]>;
	},
	validate(set, errors) {
		if (!set.spec) {
			errors.required("spec.selector");
			errors.required("spec.template");
			return;
		}
		validateSpec(set.spec, errors);
	},
	validateUpdate(set, old, errors) {
		const fixed = (spec: StatefulSetSpec | undefined) =>
			Object.fromEntries(
				Object.entries(spec ?? {}).filter(([field]) => !(MUTABLE as readonly string[]).includes(field)),
			);
		if (equal(fixed(set.spec), fixed(old.spec))) return;
		errors.forbidden(
			"spec",
			"updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
		);
	},
});

const notNegative = (value: number | undefined, field: string, errors: Violations) => {
	if (value !== undefined && value < 0) errors.invalid(field, value, "must be greater than or equal to 0");
};

function validateSpec(spec: StatefulSetSpec, errors: Violations): void {
	if (!["OrderedReady", "Parallel"].includes(spec.podManagementPolicy ?? "")) {
		errors.invalid("spec.podManagementPolicy", spec.podManagementPolicy, "must be 'OrderedReady' or 'Parallel'");
	}
	const { type, rollingUpdate } = spec.updateStrategy ?? {};
	if (type === "OnDelete" && rollingUpdate) {
		const shown = { Partition: rollingUpdate.partition ?? null, MaxUnavailable: rollingUpdate.maxUnavailable ?? null };
		errors.invalid("spec.updateStrategy.rollingUpdate", shown, "only allowed for updateStrategy 'RollingUpdate'");
	} else if (type !== "OnDelete" && type !== "RollingUpdate") {
		errors.invalid(
			"spec.updateStrategy",
			{ Type: type ?? "", RollingUpdate: rollingUpdate ?? null },
			"must be 'RollingUpdate' or 'OnDelete'",
		);
	}
	notNegative(rollingUpdate?.partition, "spec.updateStrategy.rollingUpdate.partition", errors);
	for (const when of ["whenDeleted", "whenScaled"] as const) {
		const policy = spec.persistentVolumeClaimRetentionPolicy?.[when];
		if (!["Retain", "Delete"].includes(policy ?? "")) {
			errors.notSupported(`spec.persistentVolumeClaimRetentionPolicy.${when}`, policy, ["Retain", "Delete"]);
		}
	}
	notNegative(spec.replicas, "spec.replicas", errors);
	notNegative(spec.minReadySeconds, "spec.minReadySeconds", errors);
	notNegative(spec.ordinals?.start, "spec.ordinals.start", errors);
	if (!spec.selector) errors.required("spec.selector");
	else if (Object.keys(spec.selector).length === 0) {
		errors.invalid("spec.selector", spec.selector, "empty selector is invalid for statefulset");
	}
	const labels = spec.template?.metadata?.labels;
	if (!selects(spec.selector, labels ?? {}, errors)) {
		errors.invalid("spec.template.metadata.labels", labels, "`selector` does not match template `labels`");
	}
	const claims = (spec.volumeClaimTemplates ?? []).map((claim) => claim.metadata?.name ?? "");
	validatePodTemplate(spec.template ?? {}, "spec.template", errors, claims);
}

/** No selector selects nothing; one that is wrong has been said to be so. */
function selects(selector: LabelSelector | undefined, labels: Record<string, string>, errors: Violations): boolean {
	if (!selector) return false;
	if (validateSelector(selector, "spec.selector", errors)) return parseLabelSelector(selectorText(selector))(labels);
	const operators = ["In", "NotIn", "Exists", "DoesNotExist"];
	const unusable = selector.matchExpressions?.some(({ operator }) => !operators.includes(operator));
	if (unusable) errors.invalid("spec.selector", selector, "");
	return true;
}
