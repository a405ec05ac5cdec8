import type { StatefulSet as Draft, StatefulSetSpec } from "kubernetes-types/apps/v1";

/** A set `web` of `replicas` pods with one claim each, as a client would send it. */
export function webSet(spec: Partial<StatefulSetSpec> = {}): Draft {
	return {
		apiVersion: "apps/v1",
		kind: "StatefulSet",
		metadata: { name: "web", namespace: "default" },
		spec: {
			replicas: 3,
			serviceName: "web-headless",
			selector: { matchLabels: { app: "web" } },
			template: {
				metadata: { labels: { app: "web" } },
				spec: {
					containers: [{ name: "c", image: "etcd:3.5.9", volumeMounts: [{ name: "data", mountPath: "/data" }] }],
				},
			},
			volumeClaimTemplates: [
				{
					metadata: { name: "data" },
					spec: {
						accessModes: ["ReadWriteOnce"],
						storageClassName: "manual",
						resources: { requests: { storage: "1Gi" } },
					},
				},
			],
			...spec,
		},
	};
}
