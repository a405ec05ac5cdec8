import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";

/** Where Linux distributions keep the authorities that the machine trusts. */
const FILES = [
	"/etc/ssl/certs/ca-certificates.crt",
	"/etc/pki/tls/certs/ca-bundle.crt",
	"/etc/ssl/ca-bundle.pem",
	"/etc/ssl/cert.pem",
];

/**
 * The authorities to trust where the kubeconfig names none: those of the machine, as kubectl does, and not only those
 * that Node was built with, since a company's own are installed there. `SSL_CERT_FILE` names another file.
 */
export function systemRoots(env: NodeJS.ProcessEnv): string[] {
	for (const file of env.SSL_CERT_FILE ? [env.SSL_CERT_FILE] : FILES) {
		try {
			return [readFileSync(file, "utf8")];
		} catch {
			// the next one
		}
	}
	return [...rootCertificates];
}
