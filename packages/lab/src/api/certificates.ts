import { X509Certificate } from "node:crypto";
import { generate } from "selfsigned";
import { stringify } from "yaml";

/** A certificate and its private key, PEM. */
export interface KeyPair {
	certificate: string;
	key: string;
}

export interface Certificates {
	/** the authority's certificate, PEM */
	ca: string;
	server: KeyPair;
	/** of the group system:masters, which may do everything */
	admin: KeyPair;
	/** A client certificate for the user `name` in `groups`. */
	issueClient(name: string, groups?: string[]): Promise<KeyPair>;
}

const YEAR = 365 * 24 * 60 * 60 * 1000;

/**
 * A new certificate authority with a server and an administrator's certificate (ECDSA P-256, SHA-256, valid for ten years).
 * @param options.hosts names and addresses of the server, beyond localhost and its name inside the cluster
 */
export async function createCertificates(options: { hosts: string[] }): Promise<Certificates> {
	// A clock that is a little behind must not find them not yet valid.
	const notBeforeDate = new Date(Date.now() - 60 * 60 * 1000);
	const common = { keyType: "ec", curve: "P-256", algorithm: "sha256", notBeforeDate } as const;
	const notAfterDate = new Date(Date.now() + 10 * YEAR);
	const authority = await generate([{ name: "commonName", value: "quorate-lab-ca" }], {
		...common,
		notAfterDate,
		extensions: [
			{ name: "basicConstraints", cA: true, critical: true },
			{ name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
		],
	});
	const ca = { key: authority.private, cert: authority.cert };
	const issue = async (
		names: { name: string; value: string }[],
		extensions: NonNullable<NonNullable<Parameters<typeof generate>[1]>["extensions"]>,
	): Promise<KeyPair> => {
		const pair = await generate(names, {
			...common,
			notAfterDate,
			ca,
			extensions: [
				{ name: "basicConstraints", cA: false, critical: true },
				{ name: "keyUsage", digitalSignature: true, critical: true },
				...extensions,
			],
		});
		return { certificate: pair.cert, key: pair.private };
	};
	const issueClient = (name: string, groups: string[] = []) =>
		issue(
			[...groups.map((value) => ({ name: "organizationName", value })), { name: "commonName", value: name }],
			[{ name: "extKeyUsage", clientAuth: true }],
		);
	const inCluster = [
		"kubernetes",
		"kubernetes.default",
		"kubernetes.default.svc",
		"kubernetes.default.svc.cluster.local",
	];
	const hosts = [...new Set(["localhost", "127.0.0.1", "::1", ...inCluster, ...options.hosts])];
	const server = await issue(
		[{ name: "commonName", value: "kube-apiserver" }],
		[
			{ name: "extKeyUsage", serverAuth: true },
			{
				name: "subjectAltName",
				altNames: hosts.map((host) => (isAddress(host) ? { type: 7, ip: host } : { type: 2, value: host })),
			},
		],
	);
	return { ca: authority.cert, server, admin: await issueClient("kubernetes-admin", ["system:masters"]), issueClient };
}

const isAddress = (host: string) => /^[\d.]+$/.test(host) || host.includes(":");

export interface KubeconfigOptions {
	/** cluster, user and context are named so */
	name: string;
	/** `https://127.0.0.1:6443` */
	server: string;
	/** PEM */
	ca: string;
	client: KeyPair;
	/** @default the context names none */
	namespace?: string;
}

/** A kubeconfig, YAML, with everything inside it. */
export function kubeconfigFor({ name, server, ca, client, namespace }: KubeconfigOptions): string {
	const base64 = (text: string) => Buffer.from(text).toString("base64");
	const user = `${name}-${new X509Certificate(client.certificate).subject.match(/CN=(.*)/)?.[1] ?? "user"}`;
	return stringify({
		apiVersion: "v1",
		kind: "Config",
		clusters: [{ name, cluster: { server, "certificate-authority-data": base64(ca) } }],
		users: [
			{
				name: user,
				user: { "client-certificate-data": base64(client.certificate), "client-key-data": base64(client.key) },
			},
		],
		contexts: [{ name, context: { cluster: name, user, ...(namespace ? { namespace } : {}) } }],
		"current-context": name,
	});
}
