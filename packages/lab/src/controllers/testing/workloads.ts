import type { DeploymentSpec, Deployment as Draft } from "kubernetes-types/apps/v1";
import type { Job as JobDraft, JobSpec } from "kubernetes-types/batch/v1";
import type { PodSpec } from "kubernetes-types/core/v1";

/** A Deployment `web` of `replicas` pods, as a client would send it. */
export function webDeployment(spec: Partial<DeploymentSpec> = {}): Draft & { metadata: { name: string } } {
	return {
		apiVersion: "apps/v1",
		kind: "Deployment",
		metadata: { name: "web", namespace: "default" },
		spec: {
			replicas: 3,
			selector: { matchLabels: { app: "web" } },
			template: { metadata: { labels: { app: "web" } }, spec: { containers: [{ name: "c", image: "etcd:1" }] } },
			...spec,
		},
	};
}

/** A Job `pi`, as a client would send it. */
export function piJob(
	spec: Partial<JobSpec> = {},
	pod: Partial<PodSpec> = {},
): JobDraft & { metadata: { name: string } } {
	return {
		apiVersion: "batch/v1",
		kind: "Job",
		metadata: { name: "pi", namespace: "default" },
		spec: {
			template: { spec: { restartPolicy: "Never", containers: [{ name: "c", image: "busybox" }], ...pod } },
			...spec,
		},
	};
}
