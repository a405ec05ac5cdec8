import { X509Certificate } from "node:crypto";

/** What of a certificate decides whether members and clients accept it. */
export interface CertificateFacts {
	/** DNS names and addresses that it is good for, as they stand in it; wildcards too */
	readonly names: readonly string[];
	/** its subject's common name; etcd takes a client's for the name of a user */
	readonly commonName: string | undefined;
	readonly notBefore: Date;
	readonly notAfter: Date;
	/** good for showing to a server: not an authority's, and for that use if it names any */
	readonly clientAuth: boolean;
}

const CLIENT_AUTH = "1.3.6.1.5.5.7.3.2";
const ANY_USE = "2.5.29.37.0";

/** The first certificate in the text. Undefined: there is none, or it cannot be read. */
export function certificateFacts(pem: string): CertificateFacts | undefined {
	try {
		return factsOf(new X509Certificate(pem));
	} catch {
		return undefined;
	}
}

/** Whether an authority among those signed the certificate, or one that comes with it. */
export function isSignedBy(pem: string, authorities: string): boolean {
	try {
		const issuers = certificatesIn(authorities);
		return certificatesIn(pem).some((one) => issuers.some((by) => one.checkIssued(by) && one.verify(by.publicKey)));
	} catch {
		return false;
	}
}

const certificatesIn = (pem: string): X509Certificate[] =>
	(pem.match(/-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g) ?? []).map(
		(one) => new X509Certificate(one),
	);

export function factsOf(certificate: X509Certificate): CertificateFacts {
	// Node types it as always there; it is not where the extension is missing
	const uses: readonly string[] | undefined = certificate.keyUsage;
	return {
		names: alternativeNames(certificate.subjectAltName),
		commonName: /^CN=(.+)$/m.exec(certificate.subject)?.[1],
		notBefore: new Date(certificate.validFrom),
		notAfter: new Date(certificate.validTo),
		clientAuth: !certificate.ca && (uses === undefined || uses.includes(CLIENT_AUTH) || uses.includes(ANY_USE)),
	};
}

/** `DNS:a, DNS:*.b, IP Address:1.2.3.4`, as Node writes them; what holds a comma or a quote is quoted as JSON. */
export function alternativeNames(text: string | undefined): string[] {
	const found = (text ?? "").matchAll(/(?:^|, )(DNS|IP Address):("(?:[^"\\]|\\.)*"|[^,]*)/g);
	return [...found].map(([, , value = ""]) => (value.startsWith('"') ? String(JSON.parse(value)) : value));
}
