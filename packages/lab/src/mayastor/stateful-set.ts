import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { Container, PodSpec } from "kubernetes-types/core/v1";
import { environment } from "./environment.ts";
import {
	ANNOTATIONS,
	CAPACITY,
	CLIENT_PORT,
	HEADLESS_SERVICE,
	LABELS,
	MANUAL_CLASS,
	NAMESPACE,
	PEER_PORT,
	SELECTOR,
	STATEFULSET,
	VOLUME,
} from "./names.ts";

/** The StatefulSet of Mayastor's etcd, as its chart renders it, on a plain etcd image. */
export function statefulSet(members: number, image: string): StatefulSet {
	return {
		apiVersion: "apps/v1",
		kind: "StatefulSet",
		metadata: { name: STATEFULSET, namespace: NAMESPACE, labels: LABELS, annotations: ANNOTATIONS },
		spec: {
			replicas: members,
			selector: { matchLabels: SELECTOR },
			serviceName: HEADLESS_SERVICE,
			podManagementPolicy: "Parallel",
			updateStrategy: { type: "RollingUpdate" },
			template: { metadata: { labels: { app: "etcd", ...LABELS } }, spec: podSpec(members, image) },
			volumeClaimTemplates: [
				{
					metadata: { name: VOLUME },
					spec: {
						accessModes: ["ReadWriteOnce"],
						resources: { requests: { storage: CAPACITY } },
						storageClassName: MANUAL_CLASS,
					},
				},
			],
		},
	};
}

function podSpec(members: number, image: string): PodSpec {
	return {
		affinity: {
			podAntiAffinity: {
				requiredDuringSchedulingIgnoredDuringExecution: [
					{ labelSelector: { matchLabels: SELECTOR }, topologyKey: "kubernetes.io/hostname" },
				],
			},
		},
		containers: [etcd(members, image)],
		terminationGracePeriodSeconds: 30,
	};
}

function etcd(members: number, image: string): Container {
	return {
		name: "etcd",
		image,
		imagePullPolicy: "IfNotPresent",
		command: ["etcd"],
		env: environment(members),
		ports: [
			{ name: "client", containerPort: CLIENT_PORT, protocol: "TCP" },
			{ name: "peer", containerPort: PEER_PORT, protocol: "TCP" },
		],
		// The chart waits for 60 s before it first asks, which nobody wants on a laptop.
		readinessProbe: {
			// what the chart's healthcheck.sh asks; unlike /health it fails on a learner
			exec: { command: ["etcdctl", "endpoint", "health"] },
			initialDelaySeconds: 1,
			periodSeconds: 2,
			timeoutSeconds: 5,
			failureThreshold: 5,
		},
		livenessProbe: {
			httpGet: { path: "/health?serializable=true", port: "client" },
			initialDelaySeconds: 60,
			periodSeconds: 30,
			timeoutSeconds: 5,
			failureThreshold: 5,
		},
		volumeMounts: [{ name: VOLUME, mountPath: "/bitnami/etcd" }],
	};
}
