import { QuorateError } from "../../errors.ts";
import type { EtcdError } from "../../etcd/member-client.ts";
import { alternativeNames, certificateFacts } from "../certificate.ts";
import type { FoundAccess } from "./find-access.ts";

/** What a failure says of our certificate, authority or user. Undefined: nothing; the member does not answer for another reason. */
export function refusedAccess(error: EtcdError, found: FoundAccess, now = new Date()): QuorateError | undefined {
	const code = rootCode(error);
	if (code === "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED" || (found.shown === undefined && ALERTS.test(code)))
		return failure("EtcdAccessUnknown", error, {
			message:
				"etcd takes only clients with a certificate, and none was given or found (with --trusted-ca-file it demands one, also without --client-cert-auth)",
			hint: "name the files with --cert and --key",
		});
	if (found.shown && ALERTS.test(code)) {
		const problem = certificateProblem(found.shown.cert, now) ?? alertText(ALERTS.exec(code)?.[1] ?? "");
		return failure("EtcdAccessRefused", error, {
			message: `etcd does not accept the client certificate ${found.shown.from}: ${problem}`,
			hint: "give one that etcd's trusted authority signed and that is valid now: --cert FILE --key FILE",
		});
	}
	if (UNTRUSTED.has(code))
		return failure("EtcdAccessRefused", error, {
			message: `the certificate that etcd shows cannot be trusted: ${UNTRUSTED.get(code)} ${found.authority ?? "the machine's authorities"}`,
			hint: "give the authority that signed it: --cacert FILE",
		});
	if (code === "CERT_HAS_EXPIRED" || code === "CERT_NOT_YET_VALID")
		return failure("EtcdAccessRefused", error, {
			message: `the certificate that etcd shows ${code === "CERT_HAS_EXPIRED" ? "has expired" : "is not valid yet"}`,
			hint: "renew it; etcd takes a renewed one without a restart",
		});
	if (code === "ERR_TLS_CERT_ALTNAME_INVALID") {
		const { host, names } = otherNames(error);
		const name = names.find((one) => !one.includes("*"));
		return failure("EtcdAccessRefused", error, {
			message: `the certificate that etcd shows is not for ${host}: it is for ${names.join(", ") || "no name at all"}`,
			hint: `if clients use one of these names, give it: --server-name ${name ?? "NAME"}; otherwise issue the certificate anew with the members' names`,
		});
	}
	if (error.failure === "Unauthenticated" && error.call === "Authenticate")
		return failure("EtcdAccessRefused", error, {
			message: `etcd does not accept ${found.user === undefined ? "this client" : `user ${found.user} with that password`}: ${error.message}`,
			hint: "give etcd's user: --user NAME --password-file FILE, or --user-secret NAME",
		});
	return undefined;
}

/** Alerts by which a server refuses a client's certificate; Go's TLS sends the first three. */
const ALERTS =
	/ALERT_(BAD_CERTIFICATE|CERTIFICATE_EXPIRED|UNKNOWN_CA|CERTIFICATE_REVOKED|CERTIFICATE_UNKNOWN|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|HANDSHAKE_FAILURE)$/;

/** Go's TLS says the first for the second up to Go 1.21; of a certificate that is in its time and for clients, it can mean nothing else. */
const UNKNOWN_AUTHORITY = ["BAD_CERTIFICATE", "UNKNOWN_CA"];

const alertText = (alert: string): string =>
	UNKNOWN_AUTHORITY.includes(alert)
		? "it is not signed by an authority that etcd trusts"
		: alert.toLowerCase().replaceAll("_", " ");

const UNTRUSTED = new Map([
	["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "it is not signed by"],
	["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "it is not signed by"],
	["UNABLE_TO_GET_ISSUER_CERT", "it is not signed by"],
	["CERT_SIGNATURE_FAILURE", "it is not signed by"],
	["SELF_SIGNED_CERT_IN_CHAIN", "it is not signed by"],
	["DEPTH_ZERO_SELF_SIGNED_CERT", "it is signed by itself, and not by"],
]);

/** Why a server may refuse it, as far as the certificate itself says. */
function certificateProblem(pem: string, now: Date): string | undefined {
	const facts = certificateFacts(pem);
	if (!facts) return undefined;
	if (facts.notAfter <= now) return `it expired on ${day(facts.notAfter)}`;
	if (facts.notBefore > now) return `it is not valid before ${day(facts.notBefore)}`;
	return facts.clientAuth ? undefined : "it is not for clients";
}

const day = (date: Date): string => date.toISOString().slice(0, 10);

/** Of a certificate that is not for the host, as Node's TLS keeps it with the error. */
function otherNames(error: EtcdError): { host: string; names: readonly string[] } {
	for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
		const { host, cert } = cause as { host?: string; cert?: { subjectaltname?: string } };
		if (host !== undefined && cert) return { host, names: alternativeNames(cert.subjectaltname) };
	}
	return { host: error.member, names: [] };
}

/** Of the innermost cause that has one. */
export function rootCode(error: unknown): string {
	let code = "";
	for (let cause = error; cause instanceof Error; cause = cause.cause)
		if ("code" in cause && typeof cause.code === "string") code = cause.code;
	return code;
}

function failure(
	code: "EtcdAccessUnknown" | "EtcdAccessRefused",
	cause: EtcdError,
	{ message, hint }: { message: string; hint: string },
): QuorateError {
	const operation = `connecting to the etcd of ${cause.member}`;
	return new QuorateError(code, { operation, message, state: "nothing was changed by this request", hint, cause });
}
