import type { ControllerRevision } from "kubernetes-types/apps/v1";
import type { Lease } from "kubernetes-types/coordination/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import { equal } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import { AGE, column, NAME } from "./columns.ts";

export const controllerrevisions = defineKind<ControllerRevision>({
	group: "apps",
	version: "v1",
	kind: "ControllerRevision",
	plural: "controllerrevisions",
	singular: "controllerrevision",
	namespaced: true,
	schema: "V1ControllerRevision",
	columns: [
		NAME,
		column("Controller", (revision) => {
			const owner = revision.metadata?.ownerReferences?.find((reference) => reference.controller);
			if (!owner) return "<none>";
			const [group] = owner.apiVersion?.includes("/") ? owner.apiVersion.split("/") : [""];
			return `${(owner.kind ?? "").toLowerCase()}${group ? `.${group}` : ""}/${owner.name}`;
		}),
		column("Revision", (revision) => revision.revision),
		AGE,
	],
	validate(revision, errors) {
		if (revision.data === undefined || revision.data === null) errors.required("data", "data is mandatory");
		if (revision.revision < 0) errors.invalid("revision", revision.revision, "must be greater than or equal to 0");
	},
	validateUpdate(revision, old, errors) {
		if (!equal(revision.data, old.data)) errors.invalid("data", revision.data, "field is immutable");
	},
});

export const leases = defineKind<Lease>({
	group: "coordination.k8s.io",
	version: "v1",
	kind: "Lease",
	plural: "leases",
	singular: "lease",
	namespaced: true,
	schema: "V1Lease",
	needsResourceVersion: true,
	createOnUpdate: true,
	columns: [NAME, column("Holder", (lease) => lease.spec?.holderIdentity ?? ""), AGE],
	validate(lease, errors) {
		const { leaseDurationSeconds, leaseTransitions } = lease.spec ?? {};
		if (leaseDurationSeconds !== undefined && leaseDurationSeconds <= 0) {
			errors.invalid("spec.leaseDurationSeconds", leaseDurationSeconds, "must be greater than 0");
		}
		if (leaseTransitions !== undefined && leaseTransitions < 0) {
			errors.invalid("spec.leaseTransitions", leaseTransitions, "must be greater than or equal to 0");
		}
	},
});

/** As Go prints the struct. */
const inGo = (spec: PodDisruptionBudget["spec"]) => ({
	MinAvailable: spec?.minAvailable ?? null,
	Selector: spec?.selector ?? null,
	MaxUnavailable: spec?.maxUnavailable ?? null,
	UnhealthyPodEvictionPolicy: spec?.unhealthyPodEvictionPolicy ?? null,
});

const amount = (value: number | string | undefined) => (value === undefined ? "N/A" : String(value));

export const poddisruptionbudgets = defineKind<PodDisruptionBudget>({
	group: "policy",
	version: "v1",
	kind: "PodDisruptionBudget",
	plural: "poddisruptionbudgets",
	singular: "poddisruptionbudget",
	shortNames: ["pdb"],
	namespaced: true,
	schema: "V1PodDisruptionBudget",
	status: true,
	generation: true,
	columns: [
		NAME,
		column("Min Available", (budget) => amount(budget.spec?.minAvailable)),
		column("Max Unavailable", (budget) => amount(budget.spec?.maxUnavailable)),
		{ name: "Allowed Disruptions", type: "integer", cell: (budget) => budget.status?.disruptionsAllowed ?? 0 },
		AGE,
	],
	prepareCreate(budget) {
		budget.status = { currentHealthy: 0, desiredHealthy: 0, disruptionsAllowed: 0, expectedPods: 0 };
	},
	validate(budget, errors) {
		const { minAvailable, maxUnavailable } = budget.spec ?? {};
		if (minAvailable !== undefined && maxUnavailable !== undefined) {
			errors.invalid("spec", inGo(budget.spec), "minAvailable and maxUnavailable cannot be both set");
		}
		for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
			if (typeof value === "number" && value < 0)
				errors.invalid(`spec.${field}`, value, "must be greater than or equal to 0");
			if (typeof value === "string" && !/^[0-9]+%$/.test(value)) {
				errors.invalid(
					`spec.${field}`,
					value,
					"a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
				);
			}
		}
	},
});
