import type { JobSpec } from "kubernetes-types/batch/v1";
import type { PodSpec } from "kubernetes-types/core/v1";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { JOBS, PODS } from "../../api/resources.ts";
import type { Job, Pod } from "../stored.ts";
import { TestCluster } from "../testing/cluster.ts";
import { piJob } from "../testing/workloads.ts";

let cluster: TestCluster;
beforeEach(() => {
	cluster = new TestCluster();
	cluster.addNodes(2);
});
afterEach(() => {
	cluster.stop();
	expect(cluster.errors).toEqual([]);
});

const create = async (spec: Partial<JobSpec> = {}, pod: Partial<PodSpec> = {}) => {
	cluster.api.create(JOBS, piJob(spec, pod));
	await cluster.settle();
};
const job = () => cluster.api.get<Job>(JOBS, "default", "pi");
const unfinished = () =>
	cluster.api.list<Pod>(PODS).filter(({ status }) => !["Succeeded", "Failed"].includes(status?.phase ?? ""));
const end = async (phase: "Succeeded" | "Failed") => {
	for (const { metadata } of unfinished()) cluster.runPod(metadata.name, false, phase);
	await cluster.settle();
};
const conditions = () => job()?.status?.conditions?.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
const reasons = () =>
	cluster
		.events()
		.filter((event) => event.includes("Job/pi"))
		.map((event) => event.split(" ")[1]);

describe("a Job", () => {
	it("runs so many pods, not more than so many at a time", async () => {
		await create({ completions: 3, parallelism: 2 });
		expect(job()?.status).toMatchObject({ active: 2, ready: 0, terminating: 0, uncountedTerminatedPods: {} });
		const [pod] = unfinished();
		expect(pod?.metadata.name).toMatch(/^pi-[a-z0-9]{5}$/);
		expect(pod?.metadata.finalizers).toEqual(["batch.kubernetes.io/job-tracking"]);
		expect(pod?.metadata.labels).toMatchObject({ "job-name": "pi", "controller-uid": job()?.metadata.uid });
		await end("Succeeded");
		expect(unfinished()).toHaveLength(1);
		expect(cluster.api.get<Pod>(PODS, "default", pod?.metadata.name ?? "")?.metadata.finalizers ?? []).toEqual([]);
		await end("Succeeded");
		expect(job()?.status).toMatchObject({ succeeded: 3, completionTime: expect.any(String) });
		expect(job()?.status).not.toHaveProperty("active");
		expect(conditions()).toEqual(["SuccessCriteriaMet=True CompletionsReached", "Complete=True CompletionsReached"]);
		expect(reasons()).toEqual(["SuccessfulCreate", "SuccessfulCreate", "SuccessfulCreate", "Completed"]);
	});

	it("has failed once more pods have failed than it allows", async () => {
		await create({ backoffLimit: 0 });
		await end("Failed");
		expect(conditions()).toEqual(["FailureTarget=True BackoffLimitExceeded", "Failed=True BackoffLimitExceeded"]);
		expect(job()?.status).toMatchObject({ failed: 1 });
		expect(reasons()).toEqual(["SuccessfulCreate", "BackoffLimitExceeded"]);
	});

	it("waits before it replaces a pod that failed", async () => {
		await create({ backoffLimit: 3 });
		await end("Failed");
		expect(job()?.status).toMatchObject({ failed: 1 });
		expect(unfinished()).toEqual([]);
		expect(conditions()).toBeUndefined();
	});

	it("counts restarts where containers are restarted in place", async () => {
		await create({ backoffLimit: 2 }, { restartPolicy: "OnFailure" });
		const [pod] = unfinished();
		const restarted = (restartCount: number) =>
			cluster.api.modify<Pod>(
				PODS,
				"default",
				pod?.metadata.name ?? "",
				(copy) => {
					copy.status = {
						...copy.status,
						phase: "Running",
						containerStatuses: [{ name: "c", image: "", imageID: "", ready: true, restartCount }],
					};
				},
				"status",
			);
		restarted(1);
		await cluster.settle();
		expect(conditions()).toBeUndefined();
		restarted(2);
		await cluster.settle();
		expect(conditions()?.[0]).toBe("FailureTarget=True BackoffLimitExceeded");
	});

	it("is stopped when its time is up, and has failed when its pods are gone", async () => {
		await create({ activeDeadlineSeconds: 1 });
		const [pod] = unfinished();
		cluster.runPod(pod?.metadata.name ?? "");
		await expect.poll(conditions, { timeout: 10_000 }).toEqual(["FailureTarget=True DeadlineExceeded"]);
		expect(job()?.status).toMatchObject({ failed: 1, terminating: 1 });
		cluster.endPod(pod?.metadata.name ?? "");
		await cluster.settle();
		expect(conditions()).toEqual(["FailureTarget=True DeadlineExceeded", "Failed=True DeadlineExceeded"]);
		expect(job()?.status).toMatchObject({ failed: 1, terminating: 0 });
	});

	it("can be suspended, which is no failure, and resumed", async () => {
		await create();
		const suspend = async (suspended: boolean) => {
			cluster.api.modify<Job>(JOBS, "default", "pi", (copy) => {
				if (copy.spec) copy.spec.suspend = suspended;
			});
			await cluster.settle();
		};
		await suspend(true);
		for (const { metadata } of unfinished()) cluster.endPod(metadata.name);
		await cluster.settle();
		expect(unfinished()).toEqual([]);
		expect(conditions()).toEqual(["Suspended=True JobSuspended"]);
		expect(job()?.status).not.toHaveProperty("failed");
		await suspend(false);
		expect(unfinished()).toHaveLength(1);
		expect(conditions()).toEqual(["Suspended=False JobResumed"]);
		expect(reasons()).toEqual(["SuccessfulCreate", "SuccessfulDelete", "Suspended", "SuccessfulCreate", "Resumed"]);
	});

	it("goes with its pods, some time after it has finished, where it is told to", async () => {
		await create({ ttlSecondsAfterFinished: 1 });
		await end("Succeeded");
		expect(job()).toBeDefined();
		await expect.poll(job, { timeout: 10_000 }).toBeUndefined();
		await cluster.settle();
		expect(cluster.api.list<Pod>(PODS)).toEqual([]);
	});

	it("deleted while its pods run holds none of them up", async () => {
		await create();
		cluster.api.delete(JOBS, "default", "pi");
		await cluster.settle();
		for (const { metadata } of unfinished()) cluster.endPod(metadata.name);
		await cluster.settle();
		expect(cluster.api.list<Pod>(PODS)).toEqual([]);
	});
});
