import { certificateFacts, factsOf } from "../certificate.ts";
import { clientNames } from "../client-names.ts";
import type { StatefulSetView } from "../cluster-view.ts";
import { tlsSettings } from "../etcd-security.ts";
import type { EtcdAccess, MemberAccess } from "../member-connections.ts";
import type { SecretFiles } from "../secret-files.ts";
import { namedPodFacts, podFacts } from "../start/environment.ts";
import { Settings } from "../start/settings.ts";
import { etcdContainerOf } from "../start/template-value.ts";
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
	const container = etcdContainerOf(set);
	const settings = container && new Settings(container, set.objects);
	const told = settings && { settings, environment: settings.in(podFacts(set, template, set.firstOrdinal)) };
	const secrets = new Set<string>();
	const context: AccessContext = { set, template, container, told, files, secrets, options };
	// the listener that is connected to may be plain beside others that are not
	const guarded =
		told && set.etcd.clientScheme === "https" ? tlsSettings(told.settings, "client", told.environment) : undefined;
	const found = guarded || given.tls ? await findTls(context, guarded, given.tls ?? {}) : undefined;
	const tls = found?.tls;
	const user = given.auth ? { auth: given.auth } : await findUser(context, given.userSecret);
	const commonName = tls?.cert === undefined ? undefined : certificateFacts(tls.cert)?.commonName;
	const { serverName } = given.tls ?? {};
	return {
		access: {
			...(tls ? { tls: (pod) => ({ ...tls, ...namesOf(pod) }) } : {}),
			...(user.auth ? { auth: user.auth } : {}),
		},
		secrets: [...secrets],
		user: user.auth?.username ?? commonName,
		serverName,
		shown: tls?.cert === undefined ? undefined : { cert: tls.cert, from: found?.from.cert ?? "that was given" },
		authority: tls?.ca === undefined ? undefined : (found?.from.ca ?? "the one that was given"),
		userTrouble: user.trouble,
	};

	function namesOf(pod: Parameters<NonNullable<MemberAccess["tls"]>>[0]): Named {
		if (serverName !== undefined) return { serverName };
		const { main, from, isNamed } = clientNames(
			settings,
			pod.facts ?? namedPodFacts(set.namespace, template, pod.name),
			set,
		);
		// of a name that cannot be known, an authority of etcd's own has to do: the API server has led us to this very pod
		const any = from === "unknown" && tls?.ca !== undefined;
		return { serverName: main, isMembers: (certificate) => any || isNamed(factsOf(certificate).names) };
	}
}

type Named = Pick<ReturnType<NonNullable<MemberAccess["tls"]>>, "serverName" | "isMembers">;
