import type { Job, JobSpec } from "kubernetes-types/batch/v1";
import { equal, type Open } from "../json.ts";
import { humanDuration } from "../machinery/ages.ts";
import { defineKind } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import { AGE, column, containerImages, containerNames, NAME, selectorText, wide } from "./columns.ts";
import { setPodSpecDefaults } from "./pod-defaults.ts";
import { validateTemplate } from "./pod-validation.ts";
import { notNegative } from "./replicated.ts";

const UID = "batch.kubernetes.io/controller-uid";
const POLICIES = ["TerminatingOrFailed", "Failed"];

/** Ways of counting that the lab's job controller does not know: refused rather than ignored. */
const UNKNOWN_HERE = [
	"backoffLimitPerIndex",
	"maxFailedIndexes",
	"podFailurePolicy",
	"successPolicy",
	"managedBy",
] as const;

export const jobs = defineKind<Job>({
	group: "batch",
	version: "v1",
	kind: "Job",
	plural: "jobs",
	singular: "job",
	categories: ["all"],
	namespaced: true,
	schema: "V1Job",
	status: true,
	generation: true,
	columns: [
		NAME,
		column("Status", statusWord),
		column("Completions", completions),
		column("Duration", duration),
		AGE,
		wide("Containers", ({ spec }) => containerNames(spec?.template)),
		wide("Images", ({ spec }) => containerImages(spec?.template)),
		wide("Selector", ({ spec }) => selectorText(spec?.selector)),
	],
	fields: { "status.successful": ({ status }) => String(status?.succeeded ?? 0) },
	setDefaults({ spec }) {
		if (!spec) return;
		if (spec.completions === undefined && spec.parallelism === undefined) spec.completions = 1;
		spec.parallelism ??= 1;
		spec.backoffLimit ??= 6;
		spec.completionMode ??= "NonIndexed";
		spec.suspend ??= false;
		spec.manualSelector ??= false;
		spec.podReplacementPolicy ??= "TerminatingOrFailed";
		if (spec.template?.spec) setPodSpecDefaults(spec.template.spec);
	},
	prepareCreate(job) {
		job.status = {};
		if (!job.spec?.manualSelector) selectOwnPods(job);
		labelLikePods(job);
	},
	prepareUpdate: labelLikePods,
	validate: ({ spec, metadata }, errors) => {
		if (spec) validateSpec(spec, metadata?.uid ?? "", errors);
		else errors.required("spec.template");
	},
	validateUpdate({ spec }, old, errors) {
		const fixed = ["completions", "selector", "template", "completionMode"] as const;
		for (const field of fixed) {
			if (!equal(spec?.[field], old.spec?.[field])) {
				errors.invalid(`spec.${field}`, spec?.[field], "field is immutable");
			}
		}
	},
});

/** A job finds its pods by its own uid. */
function selectOwnPods(job: Open<Job>): void {
	const { name = "", uid = "" } = job.metadata ?? {};
	const template = job.spec?.template;
	if (!job.spec || !template) return;
	const own = { [UID]: uid, "batch.kubernetes.io/job-name": name, "controller-uid": uid, "job-name": name };
	template.metadata = { ...template.metadata, labels: { ...template.metadata?.labels, ...own } };
	job.spec.selector = { ...job.spec.selector, matchLabels: { ...job.spec.selector?.matchLabels, [UID]: uid } };
}

function labelLikePods(job: Open<Job>): void {
	const labels = job.spec?.template?.metadata?.labels;
	if (!labels || !job.metadata || Object.keys(job.metadata.labels ?? {}).length > 0) return;
	job.metadata.labels = { ...labels };
}

function validateSpec(spec: JobSpec, uid: string, errors: Violations): void {
	for (const field of UNKNOWN_HERE) {
		if (spec[field] !== undefined) errors.forbidden(`spec.${field}`, "not supported by the lab");
	}
	if (!spec.selector) errors.required("spec.selector");
	else if (!spec.manualSelector && spec.selector.matchLabels?.[UID] !== uid) {
		errors.invalid("spec.selector", spec.selector, "`selector` not auto-generated");
	}
	notNegative(spec.parallelism, "spec.parallelism", errors);
	notNegative(spec.completions, "spec.completions", errors);
	notNegative(spec.activeDeadlineSeconds, "spec.activeDeadlineSeconds", errors);
	notNegative(spec.backoffLimit, "spec.backoffLimit", errors);
	notNegative(spec.ttlSecondsAfterFinished, "spec.ttlSecondsAfterFinished", errors);
	if (!["NonIndexed", "Indexed"].includes(spec.completionMode ?? "")) {
		errors.notSupported("spec.completionMode", spec.completionMode, ["Indexed", "NonIndexed"]);
	}
	if (spec.completionMode === "Indexed") errors.forbidden("spec.completionMode", "Indexed is not supported by the lab");
	if (!POLICIES.includes(spec.podReplacementPolicy ?? "")) {
		errors.notSupported("spec.podReplacementPolicy", spec.podReplacementPolicy, ["Failed", "TerminatingOrFailed"]);
	}
	if (!spec.template) {
		errors.required("spec.template");
		return;
	}
	validateTemplate(spec.template, "spec.template", errors);
	const policy = spec.template.spec?.restartPolicy;
	const field = "spec.template.spec.restartPolicy";
	const known = 'valid values: "OnFailure", "Never"';
	if (policy === "Always") errors.required(field, known);
	else if (policy !== undefined && policy !== "OnFailure" && policy !== "Never") errors.invalid(field, policy, known);
}

function statusWord({ metadata, status }: Open<Job>): string {
	const has = (type: string) => status?.conditions?.some((entry) => entry.type === type && entry.status === "True");
	if (has("Complete")) return "Complete";
	if (has("Failed")) return "Failed";
	if (metadata?.deletionTimestamp) return "Terminating";
	if (has("Suspended")) return "Suspended";
	if (has("FailureTarget")) return "FailureTarget";
	if (has("SuccessCriteriaMet")) return "SuccessCriteriaMet";
	return "Running";
}

function completions({ spec, status }: Open<Job>): string {
	const succeeded = status?.succeeded ?? 0;
	if (spec?.completions !== undefined) return `${succeeded}/${spec.completions}`;
	const parallelism = spec?.parallelism ?? 0;
	return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`;
}

function duration({ status }: Open<Job>, now: number): string {
	if (!status?.startTime) return "";
	return humanDuration(
		(status.completionTime ? Date.parse(status.completionTime) : now) - Date.parse(status.startTime),
	);
}
