import type { JobStatus } from "kubernetes-types/batch/v1";
import type { Api } from "../../api/api.ts";
import { JOBS, PODS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { controllerOf } from "../owners.ts";
import { ownerKeys, ownPods } from "../pods/own-pods.ts";
import { PodControl } from "../pods/pod-control.ts";
import { slowStart } from "../pods/slow-start.ts";
import { templatePod } from "../pods/template-pod.ts";
import { victims } from "../pods/victims.ts";
import { recorder } from "../recorder.ts";
import { goJson } from "../statefulset/hash.ts";
import { type Job, type Pod, splitKey } from "../stored.ts";
import { timestamp } from "../time.ts";
import { JobBackOff } from "./back-off.ts";
import {
	deadlineIn,
	decided,
	failure,
	finishedAs,
	type Outcome,
	outcomeConditions,
	success,
	wantedActive,
} from "./outcome.ts";
import { suspension } from "./suspension.ts";
import { type Tally, TRACKING, tally, untrack } from "./tracking.ts";

const COMPONENT = "job-controller";

/** Runs pods until so many have succeeded, or too many have failed. */
export function jobController(api: Api): Controller {
	const backOff = new JobBackOff();
	return {
		name: COMPONENT,
		watches: [
			{ resource: JOBS },
			{ resource: PODS, keys: ownerKeys("Job", (namespace) => api.list<Job>(JOBS, { namespace })) },
		],
		reconcile(key) {
			const { namespace, name } = splitKey(key);
			const job = api.get<Job>(JOBS, namespace, name);
			releaseOrphans(api, namespace ?? "", name, job?.metadata.uid);
			if (!job) return undefined;
			if (!finishedAs(job)) return new Round(api, job, backOff).run();
			backOff.forget(job.metadata.uid);
			return dropFinished(api, job);
		},
	};
}

/** Nobody will count the pods of a job that is gone. */
function releaseOrphans(api: Api, namespace: string, name: string, uid: string | undefined): void {
	for (const pod of api.list<Pod>(PODS, { namespace })) {
		const owner = controllerOf(pod);
		if (owner?.kind === "Job" && owner.name === name && owner.uid !== uid) untrack(api, pod);
	}
}

/** `ttlSecondsAfterFinished`: the job is deleted once its pods are. */
function dropFinished(api: Api, job: Job): number | undefined {
	const ttl = job.spec?.ttlSecondsAfterFinished;
	const since = Date.parse(finishedAs(job)?.lastTransitionTime ?? "");
	if (ttl === undefined || job.metadata.deletionTimestamp) return undefined;
	const left = since + ttl * 1000 - Date.now();
	if (left > 0) return left;
	const { namespace, name, uid } = job.metadata;
	api.delete(JOBS, namespace, name, { propagationPolicy: "Foreground", preconditions: { uid } });
	return undefined;
}

/** One look at a job that is not finished. */
class Round {
	readonly #api: Api;
	readonly #job: Job;
	readonly #backOff: JobBackOff;
	readonly #control: PodControl;
	readonly #now = Date.now();
	/** when it must be looked at again, in ms */
	readonly #again: number[] = [];

	constructor(api: Api, job: Job, backOff: JobBackOff) {
		this.#api = api;
		this.#job = job;
		this.#backOff = backOff;
		this.#control = new PodControl(api, job, COMPONENT);
	}

	run(): number | undefined {
		const { metadata, spec, status } = this.#job;
		const now = this.#now;
		let seen = tally(this.#job, ownPods(this.#api, this.#job));
		this.#backOff.note(metadata.uid, seen.failed, seen.succeeded, now);
		const succeeded = (status?.succeeded ?? 0) + seen.succeeded.length;
		let failed = (status?.failed ?? 0) + seen.failed.length;
		let outcome = decided(this.#job) ?? failure(this.#job, seen.active, failed, now);
		let problem: unknown;
		if (outcome?.type === "Failed") {
			for (const pod of seen.active) this.#control.delete(pod);
			// what runs to the end of a failed job has failed with it
			failed += seen.active.length;
			seen = { ...seen, failed: [...seen.failed, ...seen.active] };
		} else if (!metadata.deletionTimestamp) {
			problem = this.#manage(seen, succeeded);
			outcome ??= spec?.suspend ? undefined : success(this.#job, succeeded, seen.active.length);
		}
		const after = tally(this.#job, ownPods(this.#api, this.#job));
		this.#settle(after, { succeeded, failed }, outcome);
		for (const pod of [...seen.succeeded, ...seen.failed]) untrack(this.#api, pod);
		if (problem) throw problem;
		const deadline = deadlineIn(this.#job, now);
		if (deadline !== undefined && deadline > 0) this.#again.push(deadline);
		return this.#again.length > 0 ? Math.min(...this.#again) : undefined;
	}

	/** Creates what is missing or removes what is too much; returns why not all could be created. */
	#manage({ active, terminating }: Tally, succeeded: number): unknown {
		const { spec, metadata } = this.#job;
		const wanted = spec?.suspend ? 0 : wantedActive(this.#job, succeeded, active.length);
		const surplus = active.length - wanted;
		for (const pod of victims(active, active, Math.max(0, surplus), this.#now)) {
			// on purpose: it does not count as failed
			untrack(this.#api, pod);
			this.#control.delete(pod);
		}
		const leaving = spec?.podReplacementPolicy === "Failed" ? terminating : 0;
		const missing = wanted - active.length - leaving;
		if (missing <= 0) return undefined;
		const wait = this.#backOff.left(metadata.uid, this.#now);
		if (wait > 0) {
			this.#again.push(wait);
			return undefined;
		}
		const draft = templatePod(this.#job, spec?.template ?? {});
		draft.metadata.finalizers = [...(draft.metadata.finalizers ?? []), TRACKING];
		return slowStart(missing, () => this.#control.create(draft)).failure;
	}

	#settle(after: Tally, counts: { succeeded: number; failed: number }, outcome: Outcome | undefined): void {
		const { metadata, spec } = this.#job;
		const now = this.#now;
		const before = this.#job.status ?? {};
		const final = outcome !== undefined && after.terminating === 0 && after.active.length === 0;
		const paused = suspension(this.#job, now);
		const conditions = outcome ? outcomeConditions(paused.conditions, outcome, final, now) : paused.conditions;
		const startTime = paused.restarted || !before.startTime ? timestamp(now) : before.startTime;
		const next: JobStatus = {
			...(conditions.length > 0 ? { conditions } : {}),
			...(!before.startTime && spec?.suspend ? {} : { startTime }),
			...(final && outcome?.type === "Complete" ? { completionTime: timestamp(now) } : {}),
			...(after.active.length > 0 ? { active: after.active.length } : {}),
			...(counts.succeeded > 0 ? { succeeded: counts.succeeded } : {}),
			...(counts.failed > 0 ? { failed: counts.failed } : {}),
			ready: after.ready,
			terminating: after.terminating,
			uncountedTerminatedPods: {},
		};
		const { namespace, name, uid } = metadata;
		this.#api.modify<Job>(
			JOBS,
			namespace,
			name,
			(copy) => {
				if (copy.metadata.uid !== uid || goJson(copy.status) === goJson(next)) return false;
				copy.status = next;
			},
			"status",
		);
		const record = recorder(this.#api, COMPONENT);
		if (paused.event) record(this.#job, "Normal", paused.event.reason, paused.event.message);
		if (!final) return;
		if (outcome.type === "Complete") record(this.#job, "Normal", "Completed", "Job completed");
		else record(this.#job, "Warning", outcome.reason, outcome.message);
	}
}
