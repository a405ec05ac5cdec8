import { certificateFacts, factsOf } from "./certificate.ts";
import { advertisedNames, type ClientNames, clientNames } from "./client-names.ts";
import { type ClusterView, podAt, podName, voters } from "./cluster-view.ts";
import { describeSource, fileSource } from "./container-files.ts";
import { type PortUse, tlsSettings } from "./etcd-security.ts";
import type { ClusterAccess } from "./observe.ts";
import { observeAuth } from "./observe-auth.ts";
import { isForbidden, SecretFiles } from "./secret-files.ts";
import type { CertificateView, SecurityView } from "./security-view.ts";
import { shownCertificate } from "./shown-certificate.ts";
import { podFacts } from "./start/environment.ts";
import { hostOf } from "./start/hosts.ts";
import { joinerAt, peerURLsFor } from "./start/joiner.ts";
import { Settings } from "./start/settings.ts";
import { etcdContainerOf } from "./start/template-value.ts";

/**
 * What the checks of certificates and users go by. Asks etcd and reads Secrets; changes nothing.
 *
 * @param replicas how many members there are to be
 */
export async function observeSecurity(
	cluster: ClusterAccess,
	view: ClusterView,
	replicas: number,
	options: { signal?: AbortSignal } = {},
): Promise<SecurityView> {
	// read anew: what a new pod would be given now
	const files = new SecretFiles(cluster.client, cluster.namespace);
	const [client, peer, auth] = await Promise.all([
		certificatesOf("client", cluster, view, replicas, files, options),
		certificatesOf("peer", cluster, view, replicas, files, options),
		observeAuth(cluster, view, options),
	]);
	return { seenAt: new Date(), certificates: [...client, ...peer], auth };
}

async function certificatesOf(
	use: PortUse,
	cluster: ClusterAccess,
	view: ClusterView,
	replicas: number,
	files: SecretFiles,
	options: { signal?: AbortSignal },
): Promise<CertificateView[]> {
	const set = view.statefulSet;
	const template = set.record?.template ?? set.template;
	const container = etcdContainerOf(set);
	if (!container) return [];
	const settings = new Settings(container, set.objects);
	const found = new Map<string, CertificateView>();
	const count = Math.max(replicas, voters(view).length);
	const ordinals = Array.from({ length: count }, (_, index) => set.firstOrdinal + index);
	for (const ordinal of ordinals) {
		const guarded = tlsSettings(settings, use, settings.in(factsAt(ordinal)));
		if (!guarded || (guarded.auto && guarded.certFile === undefined)) continue;
		const source = guarded.certFile === undefined ? undefined : fileSource(template, container, guarded.certFile);
		const told = source ? describeSource(source) : (guarded.certFile ?? "its certificate");
		const before = found.get(told);
		const seen = before ?? { use, source: told, hosts: [], ...(await read(source)) };
		found.set(told, { ...seen, hosts: [...seen.hosts, ...hostsOf(ordinal, seen.facts?.names)] });
		if (before || guarded.caFile === undefined) continue;
		const authority = fileSource(template, container, guarded.caFile);
		if (!authority || found.has(describeSource(authority))) continue;
		const facts = await read(authority);
		if (facts.facts)
			found.set(describeSource(authority), {
				use: "authority",
				source: describeSource(authority),
				hosts: [],
				...facts,
			});
	}
	return [...found.values()];

	function factsAt(ordinal: number) {
		return podAt(view, ordinal)?.facts ?? podFacts(set, template, ordinal);
	}

	function memberAt(ordinal: number) {
		return view.etcd.members.find((member) => member.ordinal === ordinal);
	}

	/** New members by the name that they will be known by; present ones where it is by that name that they are spoken to. */
	function hostsOf(ordinal: number, names: readonly string[] | undefined): string[] {
		if (use === "peer") return memberAt(ordinal) ? [] : peerURLsAt(ordinal).flatMap((url) => hostOf(url) ?? []);
		if (cluster.found.serverName !== undefined) return [];
		const { main, from, isNamed } = clientNamesAt(ordinal);
		if (from === "advertised" && main.split(".")[0] === podName(set, ordinal)) return [main];
		// clients reach it by an address, or a name that is not its own or not known: a certificate with any of its names will do
		if (names !== undefined && isNamed(names)) return [];
		return from === "unknown" && !coversPresent(names ?? []) ? [] : [main];
	}

	function coversPresent(names: readonly string[]): boolean {
		return ordinals.some((ordinal) => memberAt(ordinal) && clientNamesAt(ordinal).isNamed(names));
	}

	/** What cannot be known from the template, a member that runs tells; one that does not run yet will be as others are. */
	function clientNamesAt(ordinal: number): ClientNames {
		const facts = factsAt(ordinal);
		const told = clientNames(settings, facts, set);
		if (told.from !== "unknown") return told;
		const others = view.etcd.members.map(({ clientURLs, ordinal, name }) => ({ name, ordinal, peerURLs: clientURLs }));
		const urls =
			memberAt(ordinal)?.clientURLs ??
			peerURLsFor(facts.name, others, (one) => (one.ordinal === undefined ? "" : podName(set, one.ordinal)));
		return advertisedNames(urls ?? [], facts, set);
	}

	function peerURLsAt(ordinal: number): readonly string[] {
		const joiner = joinerAt(view, ordinal);
		if ("peerURLs" in joiner) return joiner.peerURLs;
		return peerURLsFor(podName(set, ordinal), view.etcd.members) ?? [];
	}

	async function read(source: ReturnType<typeof fileSource>): Promise<Pick<CertificateView, "facts" | "trouble">> {
		try {
			const text = source && (await files.file(source, options));
			const facts = text === undefined ? undefined : certificateFacts(text);
			if (facts) return { facts, trouble: undefined };
			if (source)
				return { facts: undefined, trouble: text === undefined ? "it is not there" : "it is not a certificate" };
		} catch (error) {
			if (!isForbidden(error)) throw error;
		}
		return shown();
	}

	/** What may not be read, or is in no Secret, is at least shown by a member that runs: etcd reads it anew each time. */
	async function shown(): Promise<Pick<CertificateView, "facts" | "trouble">> {
		const pod = view.pods.find((pod) => pod.running);
		if (!pod) return { facts: undefined, trouble: "it cannot be read, and no member runs that shows it" };
		const dial = () =>
			use === "client"
				? cluster.dial(pod.name)
				: cluster.client.portForward(cluster.namespace, pod.name, peerPort(), options);
		const certificate = await shownCertificate(dial, clientNamesAt(pod.ordinal).main).catch((error: Error) => error);
		if (certificate instanceof Error) return { facts: undefined, trouble: certificate.message };
		return { facts: factsOf(certificate), trouble: undefined };
	}

	function peerPort(): number {
		const url = view.etcd.members.flatMap((member) => member.peerURLs)[0];
		return Number(url && URL.canParse(url) ? new URL(url).port : "") || 2380;
	}
}
