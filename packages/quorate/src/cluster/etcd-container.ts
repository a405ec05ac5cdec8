import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";

/**
 * How the image must be made to start etcd:
 * - `bitnami`: its entrypoint decides by itself whether and how to join, so etcd is executed directly;
 * - `environment`: etcd's own `ETCD_*` variables;
 * - `flags`: arguments of their own; `script`: flags inside one shell line.
 */
export type ImageFamily = "bitnami" | "environment" | "flags" | "script";

export interface EtcdContainer {
	readonly name: string;
	readonly image: string;
	readonly family: ImageFamily;
	readonly clientPort: number;
	readonly clientScheme: "http" | "https";
	/** a readiness probe that passes on a learner would send it clients that it must turn away */
	readonly readyAsLearner: boolean;
}

/** Flags with a value, as they stand in a shell's line. */
const FLAG =
	/(?:^|[\s"'])--?(initial-cluster(?:-state)?|(?:listen|advertise)-client-urls|(?:listen|initial-advertise)-peer-urls|name|data-dir|(?:peer-)?(?:cert-file|key-file|trusted-ca-file))(?:=|\s+)("[^"]*"|'[^']*'|[^\s"']+)/g;

/**
 * The container that runs etcd; undefined: none does. Of several, the one that is told how the cluster begins. `name` says which it is,
 * whatever it looks like.
 */
export function findEtcdContainer(template: PodTemplateSpec, name?: string): EtcdContainer | undefined {
	const containers = template.spec?.containers ?? [];
	const starting = containers.filter(startsEtcd);
	const container =
		name === undefined
			? (starting.find((c) => setting(c, "initial-cluster") !== undefined) ?? starting[0])
			: containers.find((c) => c.name === name);
	if (!container) return undefined;
	const listen = (setting(container, "listen-client-urls") ?? setting(container, "advertise-client-urls"))?.split(
		",",
	)[0];
	const url = parseUrl(listen?.replace(/\$\(\w+\)|\$\{?\w+\}?/g, "0.0.0.0"));
	return {
		name: container.name,
		image: container.image ?? "",
		family: family(container),
		clientPort: Number(url?.port) || container.ports?.find((p) => p.name === "client")?.containerPort || 2379,
		clientScheme: url?.protocol === "https:" ? "https" : "http",
		readyAsLearner: readyAsLearner(container),
	};
}

function startsEtcd(container: Container): boolean {
	const words = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
	const image = (container.image ?? "").replace(/@.*$/, "").replace(/:[^:/]*$/, "");
	const variables = ["ETCD_NAME", "ETCD_INITIAL_CLUSTER", "ETCD_DATA_DIR", "ETCD_LISTEN_PEER_URLS"];
	const configured = (container.env ?? []).filter((e) => variables.includes(e.name)).length;
	const runs = /(?:^|[\s/])etcd(?:\s|$)/.test(words) || words.includes("--initial-cluster");
	return runs || configured > 1 || (image.split("/").at(-1) === "etcd" && configured > 0);
}

function parseUrl(text: string | undefined): URL | undefined {
	return text !== undefined && URL.canParse(text) ? new URL(text) : undefined;
}

function family(container: Container): ImageFamily {
	const words = [...(container.command ?? []), ...(container.args ?? [])];
	const environment = new Set((container.env ?? []).map((e) => e.name));
	const script = words.find((word) => word.includes("--initial-cluster") && /\s/.test(word));
	if (script !== undefined) return "script";
	if (words.some((word) => /^--?initial-cluster(=|$)/.test(word))) return "flags";
	const direct =
		container.command !== undefined && !container.command.some((word) => word.includes("/opt/bitnami/scripts"));
	return environment.has("ETCD_ON_K8S") && !direct ? "bitnami" : "environment";
}

/** The value of one of etcd's settings, be it a flag, a flag within a script, or a variable. Undefined: not set, or not a plain value. */
export function setting(container: Container, flag: string): string | undefined {
	const words = [...(container.command ?? []), ...(container.args ?? [])];
	for (const [index, word] of words.entries()) {
		const match = /^--?([\w-]+)(?:=(.*))?$/s.exec(word);
		if (match?.[1] === flag) return match[2] ?? words[index + 1];
		for (const found of word.matchAll(FLAG)) if (found[1] === flag) return found[2]?.replace(/^["']|["']$/g, "");
	}
	const variable = `ETCD_${flag.toUpperCase().replaceAll("-", "_")}`;
	return container.env?.find((e) => e.name === variable)?.value;
}

/** Whether one of etcd's switches is on: a flag with or without a value, or a variable. */
export function isOn(container: Container, flag: string): boolean {
	const words = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
	const given = new RegExp(`(?:^|[\\s"'])--?${flag}(?:=["']?(\\w+))?(?![\\w-])`).exec(words);
	if (given) return given[1] === undefined || isTrue(given[1]);
	return isTrue(setting(container, flag) ?? "");
}

/** As Go's flags read it. */
const isTrue = (text: string): boolean => /^(1|t|true)$/i.test(text);

/** Only what asks etcd itself in a way that a learner refuses keeps a learner out of the Service. */
function readyAsLearner(container: Container): boolean {
	const probe = container.readinessProbe;
	if (probe?.exec) {
		const words = (probe.exec.command ?? []).join(" ");
		const asksHealth = /healthcheck\.sh|endpoint\s+(health|hashkv)|member\s+list|readyz/.test(words);
		return !asksHealth || /serializable/.test(words);
	}
	if (probe?.httpGet) return !/^\/readyz(\?|$)/.test(probe.httpGet.path ?? "");
	return true;
}
