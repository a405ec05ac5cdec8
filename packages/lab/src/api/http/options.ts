import type { DeleteOptions } from "../api.ts";
import { ApiError } from "../api-error.ts";
import { isObject, numberAt, stringAt } from "../json.ts";
import type { FieldValidation } from "../machinery/body.ts";
import { badRequest } from "../machinery/errors.ts";
import { notANumber } from "../machinery/resource-version.ts";
import { Violations } from "../machinery/violations.ts";

const OPTIONS = { group: "meta.k8s.io", kind: "CreateOptions" };
const VALIDATIONS = ["", "Ignore", "Strict", "Warn"];

/** Checks `dryRun` and `fieldValidation`. @throws {ApiError} 422 */
export function fieldValidation(query: URLSearchParams, kind = "CreateOptions"): FieldValidation {
	const errors = new Violations();
	const given = query.get("fieldValidation") || "Warn";
	if (!VALIDATIONS.includes(given)) errors.notSupported("fieldValidation", given, VALIDATIONS);
	const dryRun = query.getAll("dryRun");
	if (dryRun.some((value) => value !== "All")) errors.notSupported("dryRun", dryRun, ["All"]);
	errors.throwIfAny({ ...OPTIONS, kind }, "");
	return given as FieldValidation;
}

/** The DeleteOptions in body and query. @throws {ApiError} 400, 422 */
export function deleteOptions(body: unknown, query: URLSearchParams): DeleteOptions & { dryRun: boolean } {
	if (body !== undefined && !isObject(body)) throw badRequest("the body is not DeleteOptions");
	const errors = new Violations();
	const kind = stringAt(body, "kind");
	if (kind !== "" && kind !== "DeleteOptions") {
		throw badRequest(`unable to decode into DeleteOptions: no kind ${JSON.stringify(kind)} is expected here`);
	}
	const policy = stringAt(body, "propagationPolicy") || query.get("propagationPolicy");
	const policies = ["Foreground", "Background", "Orphan"];
	if (policy && !policies.includes(policy)) errors.notSupported("propagationPolicy", policy, [...policies, "nil"]);
	const dryRun = [...query.getAll("dryRun"), ...(Array.isArray(body?.dryRun) ? body.dryRun : [])];
	if (dryRun.some((value) => value !== "All")) errors.notSupported("dryRun", dryRun, ["All"]);
	const inQuery = query.get("gracePeriodSeconds");
	if (inQuery !== null && !/^-?\d{1,12}$/.test(inQuery))
		throw badRequest(`gracePeriodSeconds: invalid value ${JSON.stringify(inQuery)}`);
	const grace = numberAt(body, "gracePeriodSeconds") ?? (inQuery === null ? undefined : Number(inQuery));
	if (body?.gracePeriodSeconds !== undefined && body.gracePeriodSeconds !== null && !Number.isInteger(grace)) {
		throw badRequest("json: cannot unmarshal into Go struct field DeleteOptions.gracePeriodSeconds of type int64");
	}
	if (grace !== undefined && grace < 0)
		errors.invalid("gracePeriodSeconds", grace, "must be greater than or equal to 0");
	errors.throwIfAny({ group: "meta.k8s.io", kind: "DeleteOptions" }, "");
	const orphan = body?.orphanDependents;
	const uid = stringAt(body, "preconditions", "uid");
	const resourceVersion = stringAt(body, "preconditions", "resourceVersion");
	const chosen = (policy || (orphan === true ? "Orphan" : undefined)) as
		| NonNullable<DeleteOptions["propagationPolicy"]>
		| undefined;
	return {
		dryRun: dryRun.length > 0,
		...(grace === undefined ? {} : { gracePeriodSeconds: grace }),
		...(chosen ? { propagationPolicy: chosen } : {}),
		preconditions: { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) },
	};
}

/** A resource version out of a query: undefined where there is none. @throws {ApiError} 400 */
export function resourceVersionIn(query: URLSearchParams): number | undefined {
	const text = query.get("resourceVersion");
	if (!text) return undefined;
	if (/^\d{1,15}$/.test(text)) return Number(text);
	throw badRequest(
		`invalid resource version: resourceVersion: Invalid value: ${JSON.stringify(text)}: ${notANumber(text)}`,
	);
}

export const tooLarge = (asked: number, current: number) =>
	new ApiError(504, "Timeout", `Timeout: Too large resource version: ${asked}, current: ${current}`, {
		causes: [{ reason: "ResourceVersionTooLarge", message: "Too large resource version" }],
		retryAfterSeconds: 1,
	});
