import type { EnvVar } from "kubernetes-types/core/v1";
import type { Chart } from "./chart.ts";
import {
	CLIENT_PORT,
	CLIENT_SERVICE,
	HEADLESS_DOMAIN,
	NAMESPACE,
	PEER_PORT,
	peerUrl,
	podName,
	STATEFULSET,
} from "./names.ts";
import { type SecurityMaterial, schemeOf, securityEnvironment } from "./security.ts";

/**
 * The etcd container's environment as the chart renders it for Mayastor, in its order. Plain etcd goes without
 * ETCD_AUTH_TOKEN, which names a file that only the chart's pods have.
 */
export function environment(members: number, chart: Chart, security: SecurityMaterial = {}): EnvVar[] {
	const old = chart.version === "8.6.0";
	const scheme = schemeOf(security);
	const host = `$(MY_POD_NAME).${HEADLESS_DOMAIN}`;
	const service = `${CLIENT_SERVICE}.${NAMESPACE}.svc.cluster.local`;
	return [
		value("BITNAMI_DEBUG", "false"),
		field("MY_POD_IP", "status.podIP"),
		field("MY_POD_NAME", "metadata.name"),
		value("MY_STS_NAME", STATEFULSET),
		...(old ? [value("ETCDCTL_API", "3")] : []),
		value("ETCD_ON_K8S", "yes"),
		value("ETCD_START_FROM_SNAPSHOT", "no"),
		value("ETCD_DISASTER_RECOVERY", "no"),
		value("ETCD_NAME", "$(MY_POD_NAME)"),
		value("ETCD_DATA_DIR", "/bitnami/etcd/data"),
		value("ETCD_LOG_LEVEL", "info"),
		value("ALLOW_NONE_AUTHENTICATION", security.rootPassword === undefined ? "yes" : "no"),
		...(chart.plain ? [] : [value("ETCD_AUTH_TOKEN", AUTH_TOKEN)]),
		...securityEnvironment(security),
		value("ETCD_ADVERTISE_CLIENT_URLS", `${scheme}://${host}:${CLIENT_PORT},${scheme}://${service}:${CLIENT_PORT}`),
		value("ETCD_LISTEN_CLIENT_URLS", `${scheme}://0.0.0.0:${CLIENT_PORT}`),
		value("ETCD_INITIAL_ADVERTISE_PEER_URLS", `${scheme}://${host}:${PEER_PORT}`),
		value("ETCD_LISTEN_PEER_URLS", `${scheme}://0.0.0.0:${PEER_PORT}`),
		value("ETCD_AUTO_COMPACTION_MODE", "revision"),
		value("ETCD_AUTO_COMPACTION_RETENTION", "100"),
		...(members > 1 || !old ? bootstrap(members, scheme, old) : []),
		value("ETCD_CLUSTER_DOMAIN", HEADLESS_DOMAIN),
		value("ETCD_QUOTA_BACKEND_BYTES", "8589934592"),
		...(old ? [] : [value("ETCD_LISTEN_METRICS_URLS", "http://0.0.0.0:9090")]),
	];
}

const AUTH_TOKEN = "jwt,priv-key=/opt/bitnami/etcd/certs/token/jwt-token.pem,sign-method=RS256,ttl=10m";

/** Chart 8.6.0 renders these only where there is more than one member; chart 12 always, but says nothing of the state. */
function bootstrap(members: number, scheme: "http" | "https", old: boolean): EnvVar[] {
	const cluster = Array.from({ length: members }, (_, ordinal) => `${podName(ordinal)}=${peerUrl(ordinal, scheme)}`);
	return [
		value("ETCD_INITIAL_CLUSTER_TOKEN", "etcd-cluster-k8s"),
		...(old ? [value("ETCD_INITIAL_CLUSTER_STATE", "new")] : []),
		value("ETCD_INITIAL_CLUSTER", cluster.join(",")),
	];
}

const value = (name: string, text: string): EnvVar => ({ name, value: text });
const field = (name: string, fieldPath: string): EnvVar => ({
	name,
	valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
});
