import { certificateFacts, factsOf } from "./certificate.ts";
import { type ClusterView, podName, voters } from "./cluster-view.ts";
import { describeSource, fileSource } from "./container-files.ts";
import { clientHost, containerOf, type PortUse, tlsSettings } from "./etcd-security.ts";
import type { ClusterAccess } from "./observe.ts";
import { observeAuth } from "./observe-auth.ts";
import { isForbidden, SecretFiles } from "./secret-files.ts";
import type { CertificateView, SecurityView } from "./security-view.ts";
import { shownCertificate } from "./shown-certificate.ts";
import { peerURLsFor } from "./start/joiner.ts";

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
	const container = containerOf(template, set.etcd.name);
	if (!container) return [];
	const found = new Map<string, CertificateView>();
	const present = view.etcd.members.map((member) => member.name);
	const count = Math.max(replicas, voters(view).length);
	const names = Array.from({ length: count }, (_, index) => podName(set, set.firstOrdinal + index));
	for (const pod of names) {
		const settings = tlsSettings(container, use, pod);
		if (!settings || (settings.auto && settings.certFile === undefined)) continue;
		const isNew = !present.includes(pod);
		const hosts = hostsOf(use, pod, isNew);
		const source = settings.certFile === undefined ? undefined : fileSource(template, container, settings.certFile);
		const told = source ? describeSource(source) : (settings.certFile ?? "its certificate");
		const before = found.get(told);
		if (before) {
			found.set(told, { ...before, hosts: [...before.hosts, ...hosts] });
			continue;
		}
		found.set(told, { use, source: told, hosts, ...(await read(source)) });
		if (settings.caFile === undefined) continue;
		const authority = fileSource(template, container, settings.caFile);
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

	/** New pods by the name that they will be known by; present ones where it is by that name that they are spoken to. */
	function hostsOf(use: PortUse, pod: string, isNew: boolean): string[] {
		if (use === "peer")
			return isNew ? (peerURLsFor(pod, view.etcd.members) ?? []).flatMap((url) => hostOf(url) ?? []) : [];
		return cluster.found.serverName === undefined ? [clientHost(container, pod, set)] : [];
	}

	async function read(source: ReturnType<typeof fileSource>): Promise<Pick<CertificateView, "facts" | "trouble">> {
		try {
			const text = source && (await files.file(source, options));
			const facts = text === undefined ? undefined : certificateFacts(text);
			if (facts) return { facts, trouble: undefined };
			if (source) return { facts: undefined, trouble: text === undefined ? "it is not there" : "it is no certificate" };
		} catch (error) {
			if (!isForbidden(error)) throw error;
		}
		return shown();
	}

	/** What may not be read, or is in no Secret, is at least shown by a member that runs: etcd reads it anew each time. */
	async function shown(): Promise<Pick<CertificateView, "facts" | "trouble">> {
		const pod = view.pods.find((pod) => pod.running);
		if (!pod) return { facts: undefined, trouble: "it cannot be read, and no member runs that shows it" };
		const port = use === "client" ? set.etcd.clientPort : peerPort();
		const dial = () => cluster.client.portForward(cluster.namespace, pod.name, port, options);
		const certificate = await shownCertificate(dial, clientHost(container, pod.name, set)).catch(
			(error: Error) => error,
		);
		if (certificate instanceof Error) return { facts: undefined, trouble: certificate.message };
		return { facts: factsOf(certificate), trouble: undefined };
	}

	function peerPort(): number {
		const url = view.etcd.members.flatMap((member) => member.peerURLs)[0];
		return Number(url && URL.canParse(url) ? new URL(url).port : "") || 2380;
	}
}

const hostOf = (url: string): string | undefined => (URL.canParse(url) ? new URL(url).hostname : undefined);
