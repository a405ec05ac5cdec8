import { isIP } from "node:net";
import { covers } from "./certificate-names.ts";
import type { PodFacts } from "./start/environment.ts";
import { hostOf, isGoverned } from "./start/hosts.ts";
import type { Settings } from "./start/settings.ts";

/** The names by which clients may know the etcd of one pod. */
export interface ClientNames {
	/** by which it alone is known: what it advertises, else its name in the governing Service */
	readonly main: string;
	/** where `main` is from; `unknown`: it advertises something that cannot be known from here */
	readonly from: "advertised" | "governing" | "unknown";
	/** whether a certificate with these names is this member's */
	isNamed(names: readonly string[]): boolean;
}

type Set = { readonly serviceName: string; readonly namespace: string };

/** As the template advertises them in that pod. What is not known is no name. */
export function clientNames(settings: Settings | undefined, pod: PodFacts, set: Set): ClientNames {
	return namesAmong(settings?.value("advertise-client-urls", settings.in(pod))?.split(",") ?? [], pod, set);
}

/** The same of URLs that the member itself advertises; none: it is not known what it does. */
export const advertisedNames = (urls: readonly string[], pod: PodFacts, set: Set): ClientNames =>
	namesAmong(urls.length > 0 ? urls : [""], pod, set);

function namesAmong(urls: readonly string[], pod: PodFacts, set: Set): ClientNames {
	const known = urls.flatMap((url) => hostOf(url.trim()) ?? []);
	const hosts = known.map((host) => host.replace(/^\[(.*)\]$/, "$1"));
	const own =
		hosts.find((host) => host.split(".")[0] === pod.name) ??
		hosts.find((host) => pod.addresses?.includes(host) || isOfNode(host, pod.node));
	const governing = `${pod.name}.${set.serviceName}.${set.namespace}.svc.cluster.local`;
	const all = [...hosts, ...(pod.addresses ?? [])];
	return {
		main: own ?? governing,
		from: own !== undefined ? "advertised" : hosts.length < urls.length ? "unknown" : "governing",
		isNamed: (names) =>
			all.some((host) => covers(names, host)) ||
			names.some((name) => isGoverned(name.replace(/^\*(?=\.)/, pod.name), pod.name, set)),
	};
}

const isOfNode = (host: string, node: string | undefined): boolean =>
	node !== undefined && isIP(host) === 0 && (host === node || host.startsWith(`${node}.`));
