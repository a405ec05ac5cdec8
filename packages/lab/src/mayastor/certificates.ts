import { generate } from "selfsigned";
import type { KeyPair } from "../api/certificates.ts";
import { CLIENT_SERVICE, HEADLESS_DOMAIN, HEADLESS_SERVICE, NAMESPACE, podHost } from "./names.ts";

export interface EtcdCertificates {
	/** the authority's certificate, PEM */
	ca: string;
	/** what members show to clients */
	client: KeyPair;
	/** what members show to one another */
	peer: KeyPair;
	/** for Mayastor's own calls: without a common name, which etcd would take for that of a user */
	application: KeyPair;
}

/** What clients reach any member by. */
export const CLIENT_NAME = `${CLIENT_SERVICE}.${NAMESPACE}.svc.cluster.local`;

const YEAR = 365 * 24 * 60 * 60 * 1000;

/**
 * A CA for etcd alone with the members' certificates (ECDSA P-256, ten years), each good as a server's and as a client's.
 * They cover the Services, localhost, and the pods: all by a wildcard, or only those of the first `members`.
 */
export async function createEtcdCertificates(options: {
	members: number;
	names: "wildcard" | "exact";
}): Promise<EtcdCertificates> {
	const { members, names } = options;
	const common = {
		keyType: "ec",
		curve: "P-256",
		algorithm: "sha256",
		// a clock that is a little behind must not find them not yet valid
		notBeforeDate: new Date(Date.now() - 60 * 60 * 1000),
		notAfterDate: new Date(Date.now() + 10 * YEAR),
	} as const;
	const authority = await generate([{ name: "commonName", value: "etcd-ca" }], {
		...common,
		extensions: [
			{ name: "basicConstraints", cA: true, critical: true },
			{ name: "keyUsage", keyCertSign: true, cRLSign: true, digitalSignature: true, critical: true },
		],
	});
	const ca = { key: authority.private, cert: authority.cert };
	const pods =
		names === "wildcard" ? [`*.${HEADLESS_DOMAIN}`] : Array.from({ length: members }, (_, ordinal) => podHost(ordinal));
	const dns = [...pods, HEADLESS_DOMAIN, CLIENT_NAME, HEADLESS_SERVICE, CLIENT_SERVICE, "localhost"];
	const issue = async (name: string, value: string): Promise<KeyPair> => {
		const pair = await generate([{ name, value }], {
			...common,
			ca,
			extensions: [
				{ name: "basicConstraints", cA: false, critical: true },
				{ name: "keyUsage", digitalSignature: true, critical: true },
				{ name: "extKeyUsage", serverAuth: true, clientAuth: true },
				{
					name: "subjectAltName",
					altNames: [...dns.map((name) => ({ type: 2 as const, value: name })), { type: 7, ip: "127.0.0.1" }],
				},
			],
		});
		return { certificate: pair.cert, key: pair.private };
	};
	return {
		ca: authority.cert,
		client: await issue("commonName", "etcd-client"),
		peer: await issue("commonName", "etcd-peer"),
		application: await issue("organizationName", "mayastor"),
	};
}
