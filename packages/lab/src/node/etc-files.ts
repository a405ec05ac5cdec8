import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { MACHINE_ADDRESS } from "../machine/addresses.ts";
import { ZONE } from "../machine/dns-answers.ts";
import type { Mount } from "../machine/root-file-system.ts";
import { podHostname, type StoredPod } from "./pod.ts";

/** The files of a pod's own /etc, by name. */
export function etcFiles(pod: StoredPod, address: string): Record<string, string> {
	return {
		hosts: hosts(pod, address),
		"resolv.conf": resolvConf(pod),
		hostname: `${podHostname(pod)}\n`,
		passwd: "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n",
		group: "root:x:0:\nnogroup:x:65534:\n",
		"nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
	};
}

function hosts(pod: StoredPod, address: string): string {
	const hostname = podHostname(pod);
	const full = pod.spec.subdomain ? `${hostname}.${pod.spec.subdomain}.${pod.metadata.namespace}.svc.${ZONE}\t` : "";
	const lines = [
		"# Kubernetes-managed hosts file.",
		"127.0.0.1\tlocalhost",
		"::1\tlocalhost ip6-localhost ip6-loopback",
		"fe00::0\tip6-localnet",
		"fe00::0\tip6-mcastprefix",
		"fe00::1\tip6-allnodes",
		"fe00::2\tip6-allrouters",
		`${address}\t${full}${hostname}`,
	];
	const aliases = pod.spec.hostAliases ?? [];
	if (aliases.length > 0) lines.push("", "# Entries added by HostAliases.");
	for (const { ip, hostnames } of aliases) lines.push([ip, ...(hostnames ?? [])].join("\t"));
	return `${lines.join("\n")}\n`;
}

function resolvConf(pod: StoredPod): string {
	const { dnsPolicy, dnsConfig } = pod.spec;
	const own = dnsPolicy === "None" || dnsPolicy === "Default";
	const namespace = pod.metadata.namespace;
	const searches = own ? [] : [`${namespace}.svc.${ZONE}`, `svc.${ZONE}`, ZONE];
	const options = (dnsConfig?.options ?? []).map(({ name, value }) =>
		value === undefined ? name : `${name}:${value}`,
	);
	if (!own && !options.some((option) => option?.startsWith("ndots:"))) options.push("ndots:5");
	const search = [...searches, ...(dnsConfig?.searches ?? [])];
	const servers = [...(dnsPolicy === "None" ? [] : [MACHINE_ADDRESS]), ...(dnsConfig?.nameservers ?? [])];
	return [
		...(search.length > 0 ? [`search ${search.join(" ")}`] : []),
		...servers.map((server) => `nameserver ${server}`),
		...(options.length > 0 ? [`options ${options.join(" ")}`] : []),
		"",
	].join("\n");
}

/** Writes them into the pod's folder and returns how they are laid into a container. */
export async function writeEtc(pod: StoredPod, address: string, folder: string): Promise<Mount[]> {
	await mkdir(folder, { recursive: true });
	const files = Object.entries(etcFiles(pod, address));
	await Promise.all(files.map(([name, text]) => writeFile(join(folder, name), text)));
	return files.map(([name]) => ({ source: join(folder, name), target: `/etc/${name}` }));
}
