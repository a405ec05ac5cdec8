import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";
import { isOn, setting } from "./etcd-container.ts";

/** How members guard one of their two ports, as the template says. */
export interface TlsSettings {
	/** paths in the container, of one pod; undefined: not set */
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
export function tlsSettings(container: Container, use: PortUse, pod: string): TlsSettings | undefined {
	const prefix = use === "client" ? "" : "peer-";
	const value = (flag: string) => {
		const text = setting(container, flag);
		return text === undefined || text === "" ? undefined : expand(container, text, pod);
	};
	const url = value(use === "client" ? "advertise-client-urls" : "initial-advertise-peer-urls");
	const listen = value(use === "client" ? "listen-client-urls" : "listen-peer-urls");
	if (!(listen ?? url ?? "").includes("https:")) return undefined;
	return {
		certFile: value(`${prefix}cert-file`),
		keyFile: value(`${prefix}key-file`),
		caFile: value(`${prefix}trusted-ca-file`),
		clientCertAuth: isOn(container, `${prefix}client-cert-auth`),
		auto: isOn(container, use === "client" ? "auto-tls" : "peer-auto-tls"),
	};
}

/** The name under which a pod's etcd is known to clients: the one it advertises, else its name in the governing Service. */
export function clientHost(
	container: Container | undefined,
	pod: string,
	{ serviceName, namespace }: { serviceName: string; namespace: string },
): string {
	const advertised = container ? setting(container, "advertise-client-urls") : undefined;
	for (const text of container && advertised ? expand(container, advertised, pod).split(",") : []) {
		const host = URL.canParse(text.trim()) ? new URL(text.trim()).hostname : "";
		if (host.split(".")[0] === pod) return host;
	}
	return `${pod}.${serviceName}.${namespace}.svc.cluster.local`;
}

/** Variables that are replaced in one text: such as hold others, several times over, would fill the memory. */
const MOST_VARIABLES = 100;

/** `$(NAME)` as the kubelet replaces it, and the shell's own ways to say the pod's name. */
export function expand(container: Container, text: string, pod: string): string {
	let left = MOST_VARIABLES;
	const within = (part: string, depth: number): string => {
		if (depth > 8) return part;
		return part.replace(/\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)/g, (whole, kubernetes, braced, bare) => {
			const name = kubernetes ?? braced ?? bare;
			const variable = left-- > 0 ? container.env?.find((one) => one.name === name) : undefined;
			if (variable?.valueFrom?.fieldRef?.fieldPath === "metadata.name") return pod;
			if (variable?.value !== undefined) return within(variable.value, depth + 1);
			return name === "HOSTNAME" ? pod : whole;
		});
	};
	return within(text, 0);
}

/** The password of etcd's user root, where the image is told it: Bitnami's way. */
export function rootPassword(
	container: Container,
): { secret: string; key: string } | { file: string } | { value: string } | undefined {
	const variable = container.env?.find((one) => one.name === "ETCD_ROOT_PASSWORD");
	const reference = variable?.valueFrom?.secretKeyRef;
	if (reference?.name) return { secret: reference.name, key: reference.key };
	if (variable?.value) return { value: variable.value };
	const file = container.env?.find((one) => one.name === "ETCD_ROOT_PASSWORD_FILE")?.value;
	return file ? { file } : undefined;
}

export const containerOf = (template: PodTemplateSpec, name: string): Container | undefined =>
	template.spec?.containers.find((container) => container.name === name);
