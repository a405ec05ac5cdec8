import type { LabelSelector } from "kubernetes-types/meta/v1";
import { labelValueErrors, qualifiedNameErrors } from "../machinery/names.ts";
import type { Violations } from "../machinery/violations.ts";

const OPERATORS = ["In", "NotIn", "Exists", "DoesNotExist"];

/** Whether a selector can be used at all. */
export function validateSelector(selector: LabelSelector, field: string, errors: Violations): boolean {
	const before = errors.causes.length;
	for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
		for (const error of qualifiedNameErrors(key)) errors.invalid(`${field}.matchLabels`, key, error);
		for (const error of labelValueErrors(value)) errors.invalid(`${field}.matchLabels`, value, error);
	}
	for (const [index, { key, operator, values }] of (selector.matchExpressions ?? []).entries()) {
		const at = `${field}.matchExpressions[${index}]`;
		if (!OPERATORS.includes(operator)) {
			errors.invalid(`${at}.operator`, operator, "not a valid selector operator");
			continue;
		}
		const needsValues = operator === "In" || operator === "NotIn";
		if (needsValues && !values?.length)
			errors.required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'");
		if (!needsValues && values?.length) {
			errors.forbidden(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
		}
		for (const error of qualifiedNameErrors(key ?? "")) errors.invalid(`${at}.key`, key ?? "", error);
	}
	return errors.causes.length === before;
}
