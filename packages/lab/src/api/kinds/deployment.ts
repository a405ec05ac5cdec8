import type { Deployment, DeploymentSpec, DeploymentStrategy } from "kubernetes-types/apps/v1";
import { equal } from "../json.ts";
import { defineKind } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import { AGE, column, containerImages, containerNames, NAME, selectorText, wide } from "./columns.ts";
import { setPodSpecDefaults } from "./pod-defaults.ts";
import { amountErrors, notNegative, validateReplicated } from "./replicated.ts";

export const deployments = defineKind<Deployment>({
	group: "apps",
	version: "v1",
	kind: "Deployment",
	plural: "deployments",
	singular: "deployment",
	shortNames: ["deploy"],
	categories: ["all"],
	namespaced: true,
	schema: "V1Deployment",
	status: true,
	// annotations are handed down to the replica sets, and the controller keeps its own in step with the status
	generation: "spec and annotations",
	annotatedWithStatus: true,
	scale: {
		replicas: (deployment) => deployment.spec?.replicas ?? 0,
		setReplicas(deployment, replicas) {
			if (deployment.spec) deployment.spec.replicas = replicas;
		},
		statusReplicas: (deployment) => deployment.status?.replicas ?? 0,
		selector: (deployment) => selectorText(deployment.spec?.selector),
	},
	columns: [
		NAME,
		column("Ready", ({ spec, status }) => `${status?.readyReplicas ?? 0}/${spec?.replicas ?? 0}`),
		column("Up-to-date", ({ status }) => status?.updatedReplicas ?? 0),
		column("Available", ({ status }) => status?.availableReplicas ?? 0),
		AGE,
		wide("Containers", ({ spec }) => containerNames(spec?.template)),
		wide("Images", ({ spec }) => containerImages(spec?.template)),
		wide("Selector", ({ spec }) => selectorText(spec?.selector)),
	],
	setDefaults({ spec }) {
		if (!spec) return;
		spec.replicas ??= 1;
		spec.revisionHistoryLimit ??= 10;
		spec.progressDeadlineSeconds ??= 600;
		spec.strategy ??= {};
		spec.strategy.type ??= "RollingUpdate";
		if (spec.strategy.type === "RollingUpdate") {
			spec.strategy.rollingUpdate ??= {};
			spec.strategy.rollingUpdate.maxUnavailable ??= "25%";
			spec.strategy.rollingUpdate.maxSurge ??= "25%";
		}
		if (spec.template?.spec) setPodSpecDefaults(spec.template.spec);
	},
	prepareCreate(deployment) {
		deployment.status = {};
	},
	validate({ spec }, errors) {
		if (spec) validateSpec(spec, errors);
		else errors.required("spec.selector");
	},
	validateUpdate({ spec }, old, errors) {
		if (!equal(spec?.selector, old.spec?.selector)) {
			errors.invalid("spec.selector", spec?.selector, "field is immutable");
		}
	},
});

function validateSpec(spec: DeploymentSpec, errors: Violations): void {
	validateReplicated(spec, errors);
	validateStrategy(spec.strategy ?? {}, errors);
	notNegative(spec.revisionHistoryLimit, "spec.revisionHistoryLimit", errors);
	const deadline = spec.progressDeadlineSeconds;
	if (deadline === undefined) return;
	notNegative(deadline, "spec.progressDeadlineSeconds", errors);
	if (deadline <= (spec.minReadySeconds ?? 0)) {
		errors.invalid("spec.progressDeadlineSeconds", deadline, "must be greater than minReadySeconds");
	}
}

function validateStrategy({ type, rollingUpdate }: DeploymentStrategy, errors: Violations): void {
	if (type === "Recreate") {
		if (rollingUpdate) {
			errors.forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
		}
		return;
	}
	if (type !== "RollingUpdate") {
		errors.notSupported("spec.strategy.type", type, ["Recreate", "RollingUpdate"]);
		return;
	}
	const field = "spec.strategy.rollingUpdate";
	const { maxUnavailable, maxSurge } = rollingUpdate ?? {};
	amountErrors(maxUnavailable, `${field}.maxUnavailable`, errors);
	amountErrors(maxSurge, `${field}.maxSurge`, errors);
	if (isZero(maxUnavailable) && isZero(maxSurge)) {
		errors.invalid(`${field}.maxUnavailable`, maxUnavailable, "may not be 0 when `maxSurge` is 0");
	}
	if (typeof maxUnavailable === "string" && Number.parseInt(maxUnavailable, 10) > 100) {
		errors.invalid(`${field}.maxUnavailable`, maxUnavailable, "must not be greater than 100%");
	}
}

const isZero = (amount: number | string | undefined) => Number.parseInt(String(amount ?? 0), 10) === 0;
