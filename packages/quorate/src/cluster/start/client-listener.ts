import { namedPodFacts, UNKNOWN } from "./environment.ts";
import type { Settings } from "./settings.ts";

/** Where etcd takes clients, seen from localhost in its pod: that is where a kubelet's port-forward connects to. */
export interface ClientListener {
	/** undefined: the template does not say */
	readonly port: number | undefined;
	readonly scheme: "http" | "https";
	/** `pod`: on addresses of the pod only, so that no port-forward reaches it; `unknown`: maybe so */
	readonly on: "localhost" | "pod" | "unknown";
}

/** No variable of a container can hold it. */
const ADDRESS = `${UNKNOWN}address`;
const LOCALHOST = /^(|localhost|0\.0\.0\.0|127\.\d+\.\d+\.\d+|\[::1?\])$/;

/** Of any pod: it is the same for all. Of several listeners, one that a port-forward reaches. */
export function clientListener(settings: Settings): ClientListener {
	const facts = namedPodFacts("namespace", {}, "pod-0");
	const pod = settings.in({ ...facts, addresses: [ADDRESS], hostAddresses: [ADDRESS], node: ADDRESS });
	const listens = settings.value("listen-client-urls", pod);
	// etcd's own default is localhost; an image may have another, and say so where it advertises
	const text = listens ?? settings.value("advertise-client-urls", pod) ?? "";
	const all = text.split(",").flatMap((url): ClientListener[] => {
		const [, scheme, host = "", port] = /^\s*(https?):\/\/(.*?)(?::(\d+))?\/?\s*$/s.exec(url) ?? [];
		if (scheme !== "http" && scheme !== "https") return [];
		return [{ port: port ? Number(port) : undefined, scheme, on: listens === undefined ? "localhost" : placeOf(host) }];
	});
	const [first] = all;
	const scheme = settings.quote("cert-file") === undefined ? "http" : "https";
	return (
		all.find(({ on }) => on === "localhost") ??
		first ?? { port: undefined, scheme, on: listens === undefined ? "localhost" : "unknown" }
	);
}

function placeOf(host: string): ClientListener["on"] {
	if (LOCALHOST.test(host)) return "localhost";
	const whole = host.replace(/^\[(.*)\]$/, "$1");
	// an address is all that etcd takes there; one that is written out is the pod's, or nothing listens
	return whole === ADDRESS || !host.includes(UNKNOWN) ? "pod" : "unknown";
}
