import type { CertificateFacts } from "./certificate.ts";
import type { PortUse } from "./etcd-security.ts";

/** How etcd is guarded, as it was seen at one moment. */
export interface SecurityView {
	readonly seenAt: Date;
	/** empty: plain text */
	readonly certificates: readonly CertificateView[];
	readonly auth: AuthView;
}

/** A certificate that members show, to clients or to one another; or the authority that signed it. */
export interface CertificateView {
	readonly use: PortUse | "authority";
	/** where it was seen: "tls.crt of Secret etcd-peer-crt", "what mayastor-etcd-0 shows" */
	readonly source: string;
	/** undefined: it could not be read, see `trouble` */
	readonly facts: CertificateFacts | undefined;
	readonly trouble: string | undefined;
	/** host names that members will be reached by and that it must cover */
	readonly hosts: readonly string[];
}

/** Whether etcd asks who one is, and what it lets this run do. */
export type AuthView =
	| { readonly state: "off" }
	/** no member could be asked */
	| { readonly state: "unknown"; readonly trouble: string }
	| {
			readonly state: "on";
			/** undefined: none was given, and none was found */
			readonly user: string | undefined;
			/** undefined: etcd does not tell them, see `trouble` */
			readonly roles: readonly string[] | undefined;
			readonly trouble: string | undefined;
	  };

/** Plain text and no users. */
export const PLAIN: SecurityView = { seenAt: new Date(0), certificates: [], auth: { state: "off" } };
