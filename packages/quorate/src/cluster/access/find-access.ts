import { certificateFacts } from "../certificate.ts";
import type { StatefulSetView } from "../cluster-view.ts";
import { clientHost, containerOf, tlsSettings } from "../etcd-security.ts";
import type { EtcdAccess, MemberAccess } from "../member-connections.ts";
import type { SecretFiles } from "../secret-files.ts";
import type { AccessContext } from "./context.ts";
import { findTls } from "./find-tls.ts";
import { findUser } from "./find-user.ts";

/** How the members are spoken to, and how that was found out. */
export interface FoundAccess {
	readonly access: MemberAccess;
	/** Secrets that this rests upon: the user must be able to read them again and again */
	readonly secrets: readonly string[];
	/** the user that etcd takes us for, where it has auth on; undefined: none */
	readonly user: string | undefined;
	/** a name that all members are spoken to by; undefined: each by its own */
	readonly serverName: string | undefined;
	/** the certificate that we show, and where it is from; undefined: none */
	readonly shown: { readonly cert: string; readonly from: string } | undefined;
	/** where the authorities that we trust are from; undefined: the machine's own */
	readonly authority: string | undefined;
	/** why no user was found although the StatefulSet names one */
	readonly userTrouble: string | undefined;
}

/**
 * Takes what was given, and finds the rest in the StatefulSet's template and the Secrets that it names. Secrets are read only
 * where something is missing.
 *
 * @throws {QuorateError} EtcdAccessUnknown where the members speak TLS and a certificate that is needed is in no Secret;
 * Forbidden where a Secret may not be read
 */
export async function findAccess(
	set: StatefulSetView,
	files: SecretFiles,
	given: EtcdAccess = {},
	options: { signal?: AbortSignal } = {},
): Promise<FoundAccess> {
	const template = set.record?.template ?? set.template;
	const container = containerOf(template, set.etcd.name);
	const secrets = new Set<string>();
	const context: AccessContext = { set, template, container, files, secrets, options };
	const settings = container && tlsSettings(container, "client", `${set.name}-${set.firstOrdinal}`);
	const found = settings || given.tls ? await findTls(context, settings, given.tls ?? {}) : undefined;
	const tls = found?.tls;
	const user = given.auth ? { auth: given.auth } : await findUser(context, given.userSecret);
	const commonName = tls?.cert === undefined ? undefined : certificateFacts(tls.cert)?.commonName;
	const { serverName } = given.tls ?? {};
	return {
		access: {
			...(tls ? { tls: (pod) => ({ ...tls, serverName: serverName ?? clientHost(container, pod, set) }) } : {}),
			...(user.auth ? { auth: user.auth } : {}),
		},
		secrets: [...secrets],
		user: user.auth?.username ?? commonName,
		serverName,
		shown: tls?.cert === undefined ? undefined : { cert: tls.cert, from: found?.from.cert ?? "that was given" },
		authority: tls?.ca === undefined ? undefined : (found?.from.ca ?? "the one that was given"),
		userTrouble: user.trouble,
	};
}
