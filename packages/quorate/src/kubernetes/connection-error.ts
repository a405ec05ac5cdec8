import { QuorateError } from "../errors.ts";
import type { Asker } from "./answer-error.ts";
import { describeTarget, isWrite, type Target } from "./request.ts";

/** The request's own time limit passed. */
export class RequestTimeout extends Error {
	readonly code = "QUORATE_TIMEOUT";
	readonly connected: boolean;
	readonly seconds: number;
	constructor(ms: number, connected: boolean) {
		super(connected ? `no answer within ${ms / 1000} s` : `no connection within ${ms / 1000} s`);
		this.connected = connected;
		this.seconds = ms / 1000;
	}
}

/** Something answered, but not as the Kubernetes API does. */
export class NotKubernetes extends Error {
	readonly code = "QUORATE_NOT_KUBERNETES";
}

interface Explanation {
	message: string;
	hint: string;
	/** the request cannot have reached the server */
	unsent?: boolean;
}

/** The error for a request that got no (whole) answer. */
export function connectionError(error: unknown, target: Target, asker: Asker): QuorateError {
	const { message, hint, unsent } = explain(error, asker);
	const state = unsent ? "nothing was changed" : "it is not known whether the change was made";
	return new QuorateError("Unreachable", {
		operation: describeTarget(target),
		message,
		hint,
		...(isWrite(target.verb) ? { state } : {}),
		cause: error,
	});
}

/** Whether the connection broke, so that a read may be sent once more; false: sending it again would end as before. */
export function isBroken(error: unknown): boolean {
	const code = codeOf(error);
	return BROKEN.has(code) || (code === "" && /socket hang up|aborted/.test(String(error)));
}

const BROKEN = new Set([
	"ECONNRESET",
	"ECONNREFUSED",
	"EPIPE",
	"ECONNABORTED",
	"ENETUNREACH",
	"EHOSTUNREACH",
	"EAI_AGAIN",
]);

function explain(error: unknown, asker: Asker): Explanation {
	const { server, source } = asker;
	const code = codeOf(error);
	const text = error instanceof Error ? error.message : String(error);
	const address = `is the address right (${source}), the cluster up, and the network (VPN) there?`;
	if (error instanceof RequestTimeout) {
		return {
			message: `${server}: ${text}`,
			hint: `${address} --request-timeout sets the limit`,
			unsent: !error.connected,
		};
	}
	if (error instanceof NotKubernetes)
		return { message: `${server} ${text}`, hint: `is ${server} a Kubernetes API server (${source})?` };
	switch (code) {
		case "ECONNREFUSED":
			return { message: `${server} refuses connections: nothing listens there`, hint: address, unsent: true };
		case "ENOTFOUND":
		case "EAI_AGAIN":
			return { message: `${server}: the name cannot be resolved`, hint: address, unsent: true };
		case "ETIMEDOUT":
		case "EHOSTUNREACH":
		case "ENETUNREACH":
			return { message: `${server} cannot be reached (${code})`, hint: address, unsent: isConnect(error) };
		case "CERT_HAS_EXPIRED":
			return {
				message: `${server}: its certificate has expired`,
				hint: "renew the API server's certificate; is this machine's clock right?",
				unsent: true,
			};
		case "CERT_NOT_YET_VALID":
			return {
				message: `${server}: its certificate is not valid yet`,
				hint: "is this machine's clock right?",
				unsent: true,
			};
		case "ERR_TLS_CERT_ALTNAME_INVALID":
			return {
				message: `${server}: its certificate is for other names: ${text.replace(/^.*altnames: /, "")}`,
				hint: `use an address that the certificate holds, or set tls-server-name in ${source}`,
				unsent: true,
			};
		case "UNABLE_TO_VERIFY_LEAF_SIGNATURE":
		case "SELF_SIGNED_CERT_IN_CHAIN":
		case "DEPTH_ZERO_SELF_SIGNED_CERT":
		case "UNABLE_TO_GET_ISSUER_CERT":
		case "UNABLE_TO_GET_ISSUER_CERT_LOCALLY":
		case "CERT_SIGNATURE_FAILURE":
			return {
				message: `${server}: its certificate is not signed by the authority that ${source} trusts (${code})`,
				hint: "is it another cluster than before at this address? certificate-authority-data names whom to trust",
				unsent: true,
			};
		case "EPROTO":
		case "ERR_SSL_WRONG_VERSION_NUMBER":
			return {
				message: `${server} does not speak TLS as it should: ${text.replace(/^.*SSL routines:/, "").trim()}`,
				hint: `should the address begin with http://, or is there a proxy in between (${source})?`,
				unsent: true,
			};
	}
	if (code.startsWith("ERR_SSL_") && /ALERT/.test(code)) {
		return {
			message: `${server} ended the TLS handshake: ${text.replace(/^.*SSL routines:/, "").trim()}`,
			hint: `is the client certificate in ${source} of this cluster?`,
			unsent: true,
		};
	}
	if (code.startsWith("HPE_"))
		return {
			message: `${server} does not answer in HTTP (${text})`,
			hint: `should the address begin with https:// (${source})?`,
		};
	const what =
		/socket hang up|aborted/.test(text) || code === "ECONNRESET"
			? "closed the connection before it had answered"
			: `gave no answer: ${text}`;
	return { message: `${server} ${what}`, hint: `try again; ${address}` };
}

/** The system's or OpenSSL's code; of several addresses tried, that of the last. */
function codeOf(error: unknown): string {
	if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors.at(-1));
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	return typeof code === "string" ? code : "";
}

function isConnect(error: unknown): boolean {
	if (error instanceof AggregateError) return error.errors.every(isConnect);
	return error instanceof Error && "syscall" in error && error.syscall === "connect";
}
