import type { JobCondition } from "kubernetes-types/batch/v1";
import type { Job, Pod } from "../stored.ts";
import { timestamp } from "../time.ts";

/** How a job ends: first its pods are stopped, then it is `type`. */
export interface Outcome {
	type: "Complete" | "Failed";
	reason: string;
	message: string;
}

const BACKOFF: Outcome = {
	type: "Failed",
	reason: "BackoffLimitExceeded",
	message: "Job has reached the specified backoff limit",
};
const DEADLINE: Outcome = {
	type: "Failed",
	reason: "DeadlineExceeded",
	message: "Job was active longer than specified deadline",
};
const REACHED: Outcome = {
	type: "Complete",
	reason: "CompletionsReached",
	message: "Reached expected number of succeeded pods",
};
/** What it is on its way to being. */
const INTERIM = { Complete: "SuccessCriteriaMet", Failed: "FailureTarget" } as const;

const isTrue = (job: Job, type: string): JobCondition | undefined =>
	job.status?.conditions?.find((condition) => condition.type === type && condition.status === "True");

export const finishedAs = (job: Job): JobCondition | undefined => isTrue(job, "Complete") ?? isTrue(job, "Failed");

/** The outcome that was decided before, if one was. */
export function decided(job: Job): Outcome | undefined {
	for (const type of ["Complete", "Failed"] as const) {
		const { reason = "", message = "" } = isTrue(job, INTERIM[type]) ?? {};
		if (reason) return { type, reason, message };
	}
	return undefined;
}

/** Why the job has failed, if it has. `failed` counts all that ever did. */
export function failure(job: Job, active: readonly Pod[], failed: number, now: number): Outcome | undefined {
	const limit = job.spec?.backoffLimit ?? 6;
	if (failed > limit || restartedTooOften(job, active, limit)) return BACKOFF;
	const left = deadlineIn(job, now);
	return left !== undefined && left <= 0 ? DEADLINE : undefined;
}

/** Where containers are restarted in place, their restarts count. */
function restartedTooOften(job: Job, active: readonly Pod[], limit: number): boolean {
	if (job.spec?.template.spec?.restartPolicy !== "OnFailure") return false;
	const restarts = active
		.flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
		.reduce((sum, { restartCount }) => sum + restartCount, 0);
	return restarts > 0 && restarts >= limit;
}

/** Milliseconds until the job has been active for too long; undefined: it may take as long as it likes. */
export function deadlineIn({ spec, status }: Job, now: number): number | undefined {
	if (spec?.activeDeadlineSeconds === undefined || spec.suspend || !status?.startTime) return undefined;
	return Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000 - now;
}

export function success({ spec }: Job, succeeded: number, active: number): Outcome | undefined {
	const enough = spec?.completions === undefined ? succeeded > 0 && active === 0 : succeeded >= spec.completions;
	return enough ? REACHED : undefined;
}

/** How many pods are to be active next. */
export function wantedActive({ spec }: Job, succeeded: number, active: number): number {
	const parallelism = spec?.parallelism ?? 1;
	if (spec?.completions === undefined) return succeeded > 0 ? Math.min(active, parallelism) : parallelism;
	return Math.max(0, Math.min(spec.completions - succeeded, parallelism));
}

/** @param final whether nothing of the job runs any more */
export function outcomeConditions(
	before: readonly JobCondition[],
	outcome: Outcome,
	final: boolean,
	now: number,
): JobCondition[] {
	const types = final ? [INTERIM[outcome.type], outcome.type] : [INTERIM[outcome.type]];
	return types.reduce(
		(conditions, type) => withCondition(conditions, { ...outcome, type, status: "True" }, now),
		[...before],
	);
}

type Draft = Pick<JobCondition, "type" | "status" | "reason" | "message">;

/** With the condition in; one of the same status and reason stays as it is. */
export function withCondition(before: readonly JobCondition[], draft: Draft, now: number): JobCondition[] {
	const time = timestamp(now);
	const next: JobCondition = { ...draft, lastProbeTime: time, lastTransitionTime: time };
	const known = before.find(({ type }) => type === draft.type);
	if (!known) return [...before, next];
	if (known.status === draft.status && known.reason === draft.reason) return [...before];
	return before.map((condition) => (condition === known ? next : condition));
}
