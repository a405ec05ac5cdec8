import { generateKeyPair } from "node:crypto";
import { promisify } from "node:util";
import type { Container, PodSpec, Probe, Secret, Volume, VolumeMount } from "kubernetes-types/core/v1";
import type { Chart } from "./chart.ts";
import { environment } from "./environment.ts";
import { ANNOTATIONS, CLIENT_PORT, labels, NAMESPACE, PEER_PORT, STATEFULSET, VOLUME } from "./names.ts";

const VOLUME_MOUNT: VolumeMount = { name: VOLUME, mountPath: "/bitnami/etcd" };
const TOKEN = "etcd-jwt-token";
const TOKEN_FOLDER = "/opt/bitnami/etcd/certs/token/";
const USER = 1001;

/**
 * What the chart's pods have beyond those of plain etcd.
 *
 * @param stopHook the chart's own default, which Mayastor's values turn off: a pod that ends takes its member out of the cluster
 */
export function bitnamiPod(
	members: number,
	chart: Chart,
	stopHook: boolean,
): Pick<PodSpec, "initContainers" | "containers" | "volumes" | "securityContext"> {
	return {
		securityContext: { fsGroup: USER },
		initContainers: [ownerOfVolume(chart)],
		containers: [etcd(members, chart, stopHook)],
		volumes: [
			{ name: TOKEN, secret: { secretName: tokenName(), defaultMode: 0o400 } },
			...(isOld(chart) ? [] : [{ name: "empty-dir", emptyDir: {} } satisfies Volume]),
		],
	};
}

const isOld = (chart: Chart) => chart.version === "8.6.0";

function ownerOfVolume(chart: Chart): Container {
	const owner = `${USER}:${USER}`;
	return {
		name: "volume-permissions",
		image: isOld(chart)
			? "docker.io/bitnami/bitnami-shell:11-debian-11-r63"
			: "docker.io/openebs/os-shell:12-debian-12-r47",
		imagePullPolicy: "IfNotPresent",
		command: ["/bin/sh", "-ec", `mkdir -p /bitnami/etcd\nchown ${owner} /bitnami/etcd`],
		securityContext: { runAsUser: 0 },
		volumeMounts: [VOLUME_MOUNT],
	};
}

function etcd(members: number, chart: Chart, stopHook: boolean): Container {
	const old = isOld(chart);
	const ports = [
		{ name: "client", containerPort: CLIENT_PORT, protocol: "TCP" },
		{ name: "peer", containerPort: PEER_PORT, protocol: "TCP" },
	];
	const health: Probe = {
		exec: { command: ["/opt/bitnami/scripts/etcd/healthcheck.sh"] },
		initialDelaySeconds: 60,
		periodSeconds: 10,
		timeoutSeconds: 5,
		successThreshold: 1,
		failureThreshold: 5,
	};
	return {
		name: "etcd",
		image: chart.image,
		imagePullPolicy: "IfNotPresent",
		...(stopHook ? { lifecycle: { preStop: { exec: { command: ["/opt/bitnami/scripts/etcd/prestop.sh"] } } } } : {}),
		env: environment(members, chart),
		ports: old ? ports : [...ports, { name: "metrics", containerPort: 9090, protocol: "TCP" }],
		readinessProbe: health,
		livenessProbe: {
			...(old ? { exec: health.exec } : { httpGet: { path: "/livez", port: "client", scheme: "HTTP" } }),
			...{ initialDelaySeconds: 60, periodSeconds: 30, timeoutSeconds: 5, successThreshold: 1, failureThreshold: 5 },
		} as Probe,
		securityContext: {
			allowPrivilegeEscalation: false,
			runAsNonRoot: true,
			runAsUser: USER,
			...(old ? {} : { readOnlyRootFilesystem: true }),
		},
		volumeMounts: [
			VOLUME_MOUNT,
			{ name: TOKEN, mountPath: TOKEN_FOLDER, readOnly: true },
			...(old ? [] : [{ name: "empty-dir", mountPath: "/tmp", subPath: "tmp-dir" }]),
		],
	};
}

const tokenName = () => `${STATEFULSET}-jwt-token`;

/** The key that ETCD_AUTH_TOKEN names: without it etcd does not start, whether or not it asks for passwords. */
export async function makeTokenKey(): Promise<string> {
	const { privateKey } = await promisify(generateKeyPair)("rsa", {
		modulusLength: 2048,
		publicKeyEncoding: { type: "spki", format: "pem" },
		privateKeyEncoding: { type: "pkcs1", format: "pem" },
	});
	return privateKey;
}

export function tokenSecret(chart: Chart, key: string): Secret {
	return {
		apiVersion: "v1",
		kind: "Secret",
		metadata: { name: tokenName(), namespace: NAMESPACE, labels: labels(chart), annotations: ANNOTATIONS },
		type: "Opaque",
		data: { "jwt-token.pem": Buffer.from(key).toString("base64") },
	};
}
