import type { Container, EnvVar, PodSpec, Secret } from "kubernetes-types/core/v1";
import type { EtcdCertificates } from "./certificates.ts";
import { CLIENT_PORT, NAMESPACE, STATEFULSET } from "./names.ts";

/** How etcd is guarded; without any of it, plain text and no users, as Mayastor has it. */
export interface Security {
	/** to clients and among members, by a CA of the lab's own */
	tls?: {
		/** etcd takes only clients that have a certificate, as `--client-cert-auth` */
		clientCertAuth: boolean;
		/** every pod's name by a wildcard, or only those of the members that the lab begins with */
		names: "wildcard" | "exact";
	};
	/** with the user root, whose password is in a Secret */
	auth: boolean;
}

/** The same, with what it takes. */
export interface SecurityMaterial {
	certificates?: EtcdCertificates & { clientCertAuth: boolean };
	rootPassword?: string;
}

/** The chart's names and places. */
const CLIENT_CERTIFICATES = `${STATEFULSET}-client-crt`;
const PEER_CERTIFICATES = `${STATEFULSET}-peer-crt`;
const CLIENT_FOLDER = "/opt/bitnami/etcd/certs/client";
const PEER_FOLDER = "/opt/bitnami/etcd/certs/peer";
const CLIENT_VOLUME = "etcd-client-certs";
const PEER_VOLUME = "etcd-peer-certs";
const PASSWORD_SECRET = STATEFULSET;
const PASSWORD_KEY = "etcd-root-password";
/** plain text, health and metrics alone: a kubelet has no certificate to show */
export const METRICS_PORT = 2381;

export const schemeOf = ({ certificates }: SecurityMaterial): "http" | "https" => (certificates ? "https" : "http");

export function secrets({ certificates, rootPassword }: SecurityMaterial): Secret[] {
	const pair = (name: string, { certificate, key }: EtcdCertificates["client"]) =>
		secret(name, "kubernetes.io/tls", { "tls.crt": certificate, "tls.key": key, "ca.crt": certificates?.ca ?? "" });
	return [
		...(certificates
			? [pair(CLIENT_CERTIFICATES, certificates.client), pair(PEER_CERTIFICATES, certificates.peer)]
			: []),
		...(rootPassword === undefined ? [] : [secret(PASSWORD_SECRET, "Opaque", { [PASSWORD_KEY]: rootPassword })]),
	];
}

function secret(name: string, type: string, files: Record<string, string>): Secret {
	const data = Object.entries(files).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
	return {
		apiVersion: "v1",
		kind: "Secret",
		metadata: { name, namespace: NAMESPACE },
		type,
		data: Object.fromEntries(data),
	};
}

/** etcd's variables as the chart sets them, and etcdctl's for the readiness probe and for `kubectl exec`. */
export function securityEnvironment({ certificates, rootPassword }: SecurityMaterial): EnvVar[] {
	const user: EnvVar[] =
		rootPassword === undefined
			? []
			: [
					{
						name: "ETCD_ROOT_PASSWORD",
						valueFrom: { secretKeyRef: { name: PASSWORD_SECRET, key: PASSWORD_KEY } },
					},
					value("ETCDCTL_USER", "root:$(ETCD_ROOT_PASSWORD)"),
				];
	if (!certificates) return user;
	return [
		...user,
		value("ETCD_CERT_FILE", `${CLIENT_FOLDER}/tls.crt`),
		value("ETCD_KEY_FILE", `${CLIENT_FOLDER}/tls.key`),
		...(certificates.clientCertAuth
			? [value("ETCD_CLIENT_CERT_AUTH", "true"), value("ETCD_TRUSTED_CA_FILE", `${CLIENT_FOLDER}/ca.crt`)]
			: []),
		value("ETCD_PEER_CERT_FILE", `${PEER_FOLDER}/tls.crt`),
		value("ETCD_PEER_KEY_FILE", `${PEER_FOLDER}/tls.key`),
		value("ETCD_PEER_CLIENT_CERT_AUTH", "true"),
		value("ETCD_PEER_TRUSTED_CA_FILE", `${PEER_FOLDER}/ca.crt`),
		value("ETCD_LISTEN_METRICS_URLS", `http://0.0.0.0:${METRICS_PORT}`),
		value("ETCDCTL_ENDPOINTS", `https://127.0.0.1:${CLIENT_PORT}`),
		value("ETCDCTL_CACERT", `${CLIENT_FOLDER}/ca.crt`),
		...(certificates.clientCertAuth
			? [value("ETCDCTL_CERT", `${CLIENT_FOLDER}/tls.crt`), value("ETCDCTL_KEY", `${CLIENT_FOLDER}/tls.key`)]
			: []),
	];
}

export function securityMounts({ certificates }: SecurityMaterial): NonNullable<Container["volumeMounts"]> {
	if (!certificates) return [];
	return [
		{ name: CLIENT_VOLUME, mountPath: `${CLIENT_FOLDER}/`, readOnly: true },
		{ name: PEER_VOLUME, mountPath: `${PEER_FOLDER}/`, readOnly: true },
	];
}

export function securityVolumes({ certificates }: SecurityMaterial): Pick<PodSpec, "volumes"> {
	if (!certificates) return {};
	return {
		volumes: [
			{ name: CLIENT_VOLUME, secret: { secretName: CLIENT_CERTIFICATES, defaultMode: 0o400 } },
			{ name: PEER_VOLUME, secret: { secretName: PEER_CERTIFICATES, defaultMode: 0o400 } },
		],
	};
}

const value = (name: string, text: string): EnvVar => ({ name, value: text });
