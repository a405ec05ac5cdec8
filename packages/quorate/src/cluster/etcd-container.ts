import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";
import { type KnownObjects, UNKNOWN } from "./start/environment.ts";
import type { EtcdCommand } from "./start/etcd-command.ts";
import { Settings } from "./start/settings.ts";
import { notUnderstood } from "./start/understand.ts";

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
	/** what of its start is not understood, quoted; empty: a new pod of it can be made to join. @default empty */
	readonly notUnderstood?: readonly string[];
	readonly clientPort: number;
	readonly clientScheme: "http" | "https";
	/** a readiness probe that passes on a learner would send it clients that it must turn away */
	readonly readyAsLearner: boolean;
}

/**
 * The container that runs etcd; undefined: none does. Of several, the one that is told how the cluster begins. `name` says which it is,
 * whatever it looks like.
 */
export function findEtcdContainer(
	template: PodTemplateSpec,
	name?: string,
	objects?: KnownObjects,
): EtcdContainer | undefined {
	const containers = template.spec?.containers ?? [];
	const starting = containers.filter(startsEtcd);
	const container =
		name === undefined
			? (starting.find((c) => setting(c, "initial-cluster") !== undefined) ?? starting[0])
			: containers.find((c) => c.name === name);
	if (!container) return undefined;
	const settings = new Settings(container, objects);
	const url = listenURL(settings);
	return {
		name: container.name,
		image: container.image ?? "",
		family: family(container, settings.command),
		notUnderstood: notUnderstood(template, container, settings),
		clientPort: Number(url?.port) || container.ports?.find((p) => p.name === "client")?.containerPort || 2379,
		clientScheme: url?.protocol === "https:" ? "https" : "http",
		readyAsLearner: readyAsLearner(container),
	};
}

/** Of any pod: in what way and at which port it listens is the same for all. */
function listenURL(settings: Settings): URL | undefined {
	const pod = settings.in({ name: "pod", namespace: "namespace" });
	const urls = settings.value("listen-client-urls", pod) ?? settings.value("advertise-client-urls", pod) ?? "";
	const text = urls.split(",")[0]?.replaceAll(UNKNOWN, "0.0.0.0") ?? "";
	return URL.canParse(text) ? new URL(text) : undefined;
}

function startsEtcd(container: Container): boolean {
	const words = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
	const image = (container.image ?? "").replace(/@.*$/, "").replace(/:[^:/]*$/, "");
	const variables = ["ETCD_NAME", "ETCD_INITIAL_CLUSTER", "ETCD_DATA_DIR", "ETCD_LISTEN_PEER_URLS"];
	const configured = (container.env ?? []).filter((e) => variables.includes(e.name)).length;
	const runs = /(?:^|[\s/])etcd(?:\s|$)/.test(words) || words.includes("--initial-cluster");
	return runs || configured > 1 || (image.split("/").at(-1) === "etcd" && configured > 0);
}

function family(container: Container, { kind, flags }: EtcdCommand): ImageFamily {
	if (kind === "image" && container.env?.some(({ name }) => name === "ETCD_ON_K8S")) return "bitnami";
	if (!flags.some(({ name }) => name === "initial-cluster")) return "environment";
	return kind === "script" ? "script" : "flags";
}

/** One of etcd's settings as it stands in the template, be it a flag, a flag within a script, or a variable. Undefined: not set there. */
export const setting = (container: Container, flag: string): string | undefined => new Settings(container).source(flag);

/** Whether one of etcd's switches is on: a flag with or without a value, or a variable. */
export function isOn(container: Container, flag: string): boolean {
	const settings = new Settings(container);
	const given = settings.command.flags.findLast(({ name }) => name === flag);
	if (given && given.value === undefined) return true;
	return isTrue(settings.source(flag) ?? "");
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
