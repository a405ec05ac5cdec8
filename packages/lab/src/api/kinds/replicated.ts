import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { LabelSelector } from "kubernetes-types/meta/v1";
import { parseLabelSelector } from "../machinery/selectors.ts";
import type { Violations } from "../machinery/violations.ts";
import { selectorText } from "./columns.ts";
import { validatePodTemplate } from "./pod-validation.ts";
import { validateSelector } from "./selector-validation.ts";

const PERCENT =
	"a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

export function notNegative(value: number | undefined, field: string, errors: Violations): void {
	if (value !== undefined && value < 0) errors.invalid(field, value, "must be greater than or equal to 0");
}

/** A number of pods, or a percentage of them. */
export function amountErrors(value: number | string | undefined, field: string, errors: Violations): void {
	if (typeof value === "string" && !/^[0-9]+%$/.test(value)) errors.invalid(field, value, PERCENT);
	if (typeof value === "number") notNegative(value, field, errors);
}

/** What a Deployment and a ReplicaSet have in common: so many pods of one template, found by a selector. */
interface Replicated {
	replicas?: number;
	minReadySeconds?: number;
	selector?: LabelSelector;
	template?: PodTemplateSpec;
}

export function validateReplicated(spec: Replicated, errors: Violations): void {
	const { selector, template } = spec;
	notNegative(spec.replicas, "spec.replicas", errors);
	notNegative(spec.minReadySeconds, "spec.minReadySeconds", errors);
	let selects: boolean | undefined;
	if (!selector) errors.required("spec.selector");
	else if (validateSelector(selector, "spec.selector", errors)) {
		const labels = template?.metadata?.labels ?? {};
		if (selectorText(selector) === "") {
			errors.invalid("spec.selector", selector, "empty selector is invalid for deployment");
		} else selects = parseLabelSelector(selectorText(selector))(labels);
	}
	if (!template) {
		errors.required("spec.template");
		return;
	}
	if (selects === false) {
		const field = "spec.template.metadata.labels";
		errors.invalid(field, template.metadata?.labels, "`selector` does not match template `labels`");
	}
	validatePodTemplate(template, "spec.template", errors);
}
