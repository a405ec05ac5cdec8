import { type Environment, isKnown } from "./start/environment.ts";
import type { Settings } from "./start/settings.ts";

/** How members guard one of their two ports, as the template says. */
export interface TlsSettings {
	/** paths in the container, of one pod; with their references, where these are not known. Undefined: not set */
	readonly certFile: string | undefined;
	readonly keyFile: string | undefined;
	readonly caFile: string | undefined;
	/** only who shows a certificate is let in */
	readonly clientCertAuth: boolean;
	/** each member makes a certificate for itself */
	readonly auto: boolean;
}

export type PortUse = "client" | "peer";

/** Undefined: plain text. */
export function tlsSettings(settings: Settings, use: PortUse, pod: Environment): TlsSettings | undefined {
	const prefix = use === "client" ? "" : "peer-";
	const path = (flag: string) => {
		const text = settings.value(flag, pod);
		// what may be in an object that was not read is not set
		return text === undefined || isKnown(text) ? text : settings.quote(flag);
	};
	const certFile = path(`${prefix}cert-file`);
	const listen = settings.value(use === "client" ? "listen-client-urls" : "listen-peer-urls", pod);
	const url = settings.value(use === "client" ? "advertise-client-urls" : "initial-advertise-peer-urls", pod);
	const told = [listen, url].find((text) => text !== undefined && /https?:/.test(text));
	// where no scheme is known, a certificate is for something
	if (told === undefined ? certFile === undefined || !(listen ?? url) : !told.includes("https:")) return undefined;
	return {
		certFile,
		keyFile: path(`${prefix}key-file`),
		caFile: path(`${prefix}trusted-ca-file`),
		clientCertAuth: settings.isOn(`${prefix}client-cert-auth`, pod),
		auto: settings.isOn(use === "client" ? "auto-tls" : "peer-auto-tls", pod),
	};
}
