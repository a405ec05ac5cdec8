import { readFileSync } from "node:fs";
import { isIPv6 } from "node:net";
import { join } from "node:path";
import { fileCredentials } from "./credentials.ts";
import { kubeconfigInvalid } from "./kubeconfig-file.ts";
import { DEFAULT_TIMEOUT_MS, type KubernetesConfig } from "./kubernetes-config.ts";

export interface InClusterFiles {
	/** folder with token, ca.crt and namespace. @default /var/run/secrets/kubernetes.io/serviceaccount */
	folder: string;
}

const MOUNT: InClusterFiles = { folder: "/var/run/secrets/kubernetes.io/serviceaccount" };

/** As the service account of the pod that this runs in; undefined where it runs in none. */
export function inCluster(env: NodeJS.ProcessEnv, { folder } = MOUNT): KubernetesConfig | undefined {
	const host = env.KUBERNETES_SERVICE_HOST;
	const port = env.KUBERNETES_SERVICE_PORT;
	if (!host || !port) return undefined;
	const token = join(folder, "token");
	if (readOptional(token) === undefined) return undefined;
	const ca = readOptional(join(folder, "ca.crt"));
	if (!ca)
		throw kubeconfigInvalid(folder, "holds a token but no ca.crt", "mount the whole service account into the pod");
	return {
		server: `https://${isIPv6(host) ? `[${host}]` : host}:${port}`,
		namespace: readOptional(join(folder, "namespace"))?.trim() || "default",
		context: undefined,
		user: "the pod's service account",
		source: folder,
		tls: { ca: [ca], clientCertificate: undefined, verify: true, serverName: undefined },
		proxy: undefined,
		credentials: fileCredentials(token),
		headers: {},
		requestTimeoutMs: DEFAULT_TIMEOUT_MS,
	};
}

function readOptional(file: string): string | undefined {
	try {
		return readFileSync(file, "utf8");
	} catch {
		return undefined;
	}
}
