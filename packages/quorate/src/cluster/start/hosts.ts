/** The host of a URL; undefined: it is none, or has what no host has, as a reference that nobody replaced. */
export function hostOf(url: string): string | undefined {
	const host = URL.canParse(url) ? new URL(url).hostname : "";
	return /^[\w.-]+$|^\[[\da-f:.]+\]$/i.test(host) ? host : undefined;
}

/** Whether a host is a pod's name in its governing Service: `pod.service`, with the namespace and the cluster's domain or without. */
export function isGoverned(
	host: string,
	pod: string,
	set: { readonly serviceName: string; readonly namespace: string },
): boolean {
	const [name, service, namespace = set.namespace, svc = "svc"] = host.toLowerCase().split(".");
	return name === pod && service === set.serviceName && namespace === set.namespace && svc === "svc";
}
