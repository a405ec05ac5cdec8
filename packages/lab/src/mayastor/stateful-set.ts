import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { Container, PodSpec } from "kubernetes-types/core/v1";
import { bitnamiPod } from "./bitnami-pod.ts";
import type { Chart } from "./chart.ts";
import { environment } from "./environment.ts";
import {
	ANNOTATIONS,
	CAPACITY,
	CLIENT_PORT,
	HEADLESS_SERVICE,
	labels,
	MANUAL_CLASS,
	NAMESPACE,
	PEER_PORT,
	SELECTOR,
	STATEFULSET,
	VOLUME,
} from "./names.ts";
import { METRICS_PORT, type SecurityMaterial, securityMounts, securityVolumes } from "./security.ts";

/** The StatefulSet of Mayastor's etcd, as its chart renders it, on a plain etcd image or on Bitnami's. */
export function statefulSet(
	members: number,
	chart: Chart,
	security: SecurityMaterial = {},
	stopHook = false,
): StatefulSet {
	return {
		apiVersion: "apps/v1",
		kind: "StatefulSet",
		metadata: { name: STATEFULSET, namespace: NAMESPACE, labels: labels(chart), annotations: ANNOTATIONS },
		spec: {
			replicas: members,
			selector: { matchLabels: SELECTOR },
			serviceName: HEADLESS_SERVICE,
			podManagementPolicy: "Parallel",
			updateStrategy: { type: "RollingUpdate" },
			template: {
				metadata: { labels: { app: "etcd", ...labels(chart) } },
				spec: podSpec(members, chart, security, stopHook),
			},
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

function podSpec(members: number, chart: Chart, security: SecurityMaterial, stopHook: boolean): PodSpec {
	return {
		affinity: {
			podAntiAffinity: {
				requiredDuringSchedulingIgnoredDuringExecution: [
					{ labelSelector: { matchLabels: SELECTOR }, topologyKey: "kubernetes.io/hostname" },
				],
			},
		},
		...(chart.plain
			? { containers: [etcd(members, chart, security)], ...securityVolumes(security) }
			: bitnamiPod(members, chart, stopHook)),
		terminationGracePeriodSeconds: 30,
	};
}

function etcd(members: number, chart: Chart, security: SecurityMaterial): Container {
	return {
		name: "etcd",
		image: chart.image,
		imagePullPolicy: "IfNotPresent",
		command: ["etcd"],
		env: environment(members, chart, security),
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
			httpGet: { path: "/health?serializable=true", port: security.certificates ? METRICS_PORT : "client" },
			initialDelaySeconds: 60,
			periodSeconds: 30,
			timeoutSeconds: 5,
			failureThreshold: 5,
		},
		volumeMounts: [{ name: VOLUME, mountPath: "/bitnami/etcd" }, ...securityMounts(security)],
	};
}
