import { validateHeaderName, validateHeaderValue } from "node:http";
import { createSecureContext } from "node:tls";
import { type ClientCertificate, type ClusterConnection, pem } from "./cluster-entry.ts";
import { basic, bearer, type Credentials, fileCredentials, fixedCredentials } from "./credentials.ts";
import { type ExecCluster, execCredentials } from "./exec-credentials.ts";
import { type Entry, kubeconfigInvalid, type UserEntry } from "./kubeconfig-file.ts";
import { oidcCredentials } from "./oidc-credentials.ts";

/**
 * The user's client certificate and key, if any.
 *
 * @throws QuorateError KubeconfigInvalid
 */
export function clientCertificate({ file, value }: Entry<UserEntry>, name: string): ClientCertificate | undefined {
	const wrong = (problem: string, cause?: unknown) =>
		kubeconfigInvalid(file, `user "${name}": ${problem}`, "fix it", cause);
	const cert = pem(value.certData, value.certFile, (problem, cause) => wrong(`client-certificate${problem}`, cause));
	const key = pem(value.keyData, value.keyFile, (problem, cause) => wrong(`client-key${problem}`, cause));
	if (!cert && !key) return undefined;
	if (!cert) throw wrong("a client-key without its client-certificate");
	if (!key) throw wrong("a client-certificate without its client-key");
	try {
		createSecureContext({ cert, key });
	} catch (error) {
		throw wrong(
			`client-certificate and client-key cannot be used: ${error instanceof Error ? error.message : error}`,
			error,
		);
	}
	return { cert, key };
}

/**
 * How the user says who it is, besides a client certificate; as kubectl has it, a token wins over a plugin.
 *
 * @throws QuorateError KubeconfigInvalid
 */
export function userCredentials(
	{ file, value }: Entry<UserEntry>,
	name: string,
	connection: ClusterConnection,
): Credentials {
	const wrong = (problem: string, hint: string) => kubeconfigInvalid(file, `user "${name}": ${problem}`, hint);
	if (value.tokenFile) return fileCredentials(value.tokenFile, value.token);
	if (value.token) {
		if (/[^\x21-\x7e]/.test(value.token)) throw wrong("token holds characters that no token has", "fix it");
		return fixedCredentials(bearer(value.token));
	}
	if (value.exec) {
		if (!SUPPORTED.includes(value.exec.apiVersion)) {
			throw wrong(`exec.apiVersion ${value.exec.apiVersion} is not supported`, `supported: ${SUPPORTED.join(", ")}`);
		}
		return execCredentials(value.exec, execCluster(connection), file);
	}
	if (value.authProvider) {
		if (value.authProvider.name === "oidc") return oidcCredentials(value.authProvider.config, file, name);
		const hint = "kubectl has dropped it too: use a credential plugin (users[].user.exec)";
		throw wrong(`auth-provider "${value.authProvider.name}" is not supported`, hint);
	}
	if (value.username || value.password) return fixedCredentials(basic(value.username ?? "", value.password ?? ""));
	return fixedCredentials();
}

const SUPPORTED = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

interface Impersonate {
	as?: string | undefined;
	asGroups?: readonly string[] | undefined;
}

/**
 * The headers that say whom the user acts as.
 *
 * @throws QuorateError KubeconfigInvalid
 */
export function impersonation(
	{ file, value: user }: Entry<UserEntry>,
	options: Impersonate,
): Record<string, string | string[]> {
	const headers = impersonationHeaders(user, options);
	for (const [name, value] of Object.entries(headers)) {
		try {
			validateHeaderName(name);
			for (const one of [value].flat()) validateHeaderValue(name, one);
		} catch (error) {
			throw kubeconfigInvalid(
				file,
				`whom to impersonate (${name}) holds characters that cannot be sent`,
				"fix it",
				error,
			);
		}
	}
	return headers;
}

function impersonationHeaders(user: UserEntry, options: Impersonate): Record<string, string | string[]> {
	const as = options.as ?? user.as;
	if (!as) return {};
	const groups = options.as === undefined ? user.asGroups : (options.asGroups ?? []);
	const headers: Record<string, string | string[]> = { "impersonate-user": as };
	if (groups.length > 0) headers["impersonate-group"] = [...groups];
	if (options.as !== undefined) return headers;
	if (user.asUid) headers["impersonate-uid"] = user.asUid;
	for (const [key, values] of Object.entries(user.asExtra)) {
		headers[`impersonate-extra-${encodeURIComponent(key.toLowerCase())}`] = values;
	}
	return headers;
}

/** As kubectl: only what the kubeconfig says. The machine's own authorities are more than an environment variable may hold. */
function execCluster({ server, tls, configured: { ca, proxy, execConfig } }: ClusterConnection): ExecCluster {
	return {
		server,
		...(tls.serverName ? { "tls-server-name": tls.serverName } : {}),
		...(tls.verify ? {} : { "insecure-skip-tls-verify": true }),
		...(ca === undefined ? {} : { "certificate-authority-data": ca.toString("base64") }),
		...(proxy === undefined ? {} : { "proxy-url": proxy }),
		...(execConfig === undefined ? {} : { config: execConfig }),
	};
}
