import type { EnvVar } from "kubernetes-types/core/v1";
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

/**
 * The etcd container's environment as chart 8.6.0 renders it for Mayastor, in its order. ETCD_AUTH_TOKEN is left out:
 * it names key files that only Bitnami's image has.
 */
export function environment(members: number): EnvVar[] {
	const host = `$(MY_POD_NAME).${HEADLESS_DOMAIN}`;
	const service = `${CLIENT_SERVICE}.${NAMESPACE}.svc.cluster.local`;
	return [
		value("BITNAMI_DEBUG", "false"),
		field("MY_POD_IP", "status.podIP"),
		field("MY_POD_NAME", "metadata.name"),
		value("MY_STS_NAME", STATEFULSET),
		value("ETCDCTL_API", "3"),
		value("ETCD_ON_K8S", "yes"),
		value("ETCD_START_FROM_SNAPSHOT", "no"),
		value("ETCD_DISASTER_RECOVERY", "no"),
		value("ETCD_NAME", "$(MY_POD_NAME)"),
		value("ETCD_DATA_DIR", "/bitnami/etcd/data"),
		value("ETCD_LOG_LEVEL", "info"),
		value("ALLOW_NONE_AUTHENTICATION", "yes"),
		value("ETCD_ADVERTISE_CLIENT_URLS", `http://${host}:${CLIENT_PORT},http://${service}:${CLIENT_PORT}`),
		value("ETCD_LISTEN_CLIENT_URLS", `http://0.0.0.0:${CLIENT_PORT}`),
		value("ETCD_INITIAL_ADVERTISE_PEER_URLS", `http://${host}:${PEER_PORT}`),
		value("ETCD_LISTEN_PEER_URLS", `http://0.0.0.0:${PEER_PORT}`),
		value("ETCD_AUTO_COMPACTION_MODE", "revision"),
		value("ETCD_AUTO_COMPACTION_RETENTION", "100"),
		...(members > 1 ? bootstrap(members) : []),
		value("ETCD_CLUSTER_DOMAIN", HEADLESS_DOMAIN),
		value("ETCD_QUOTA_BACKEND_BYTES", "8589934592"),
	];
}

/** The chart renders these only where there is more than one member. */
function bootstrap(members: number): EnvVar[] {
	const cluster = Array.from({ length: members }, (_, ordinal) => `${podName(ordinal)}=${peerUrl(ordinal)}`);
	return [
		value("ETCD_INITIAL_CLUSTER_TOKEN", "etcd-cluster-k8s"),
		value("ETCD_INITIAL_CLUSTER_STATE", "new"),
		value("ETCD_INITIAL_CLUSTER", cluster.join(",")),
	];
}

const value = (name: string, text: string): EnvVar => ({ name, value: text });
const field = (name: string, fieldPath: string): EnvVar => ({
	name,
	valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
});
