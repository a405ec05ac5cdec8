import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";
import { clientListener } from "./start/client-listener.ts";
import type { KnownObjects } from "./start/environment.ts";
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
	/** it takes clients on addresses of its pod only, which no port-forward reaches; `unknown`: it may. @default on localhost as well */
	readonly listensOn?: "pod" | "unknown";
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
	const { port, scheme, on } = clientListener(settings);
	return {
		name: container.name,
		image: container.image ?? "",
		family: family(container, settings.command),
		notUnderstood: notUnderstood(template, container, settings),
		clientPort: port || container.ports?.find((p) => p.name === "client")?.containerPort || 2379,
		clientScheme: scheme,
		...(on === "localhost" ? {} : { listensOn: on }),
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

function family(container: Container, { kind, flags }: EtcdCommand): ImageFamily {
	if (kind === "image" && container.env?.some(({ name }) => name === "ETCD_ON_K8S")) return "bitnami";
	if (!flags.some(({ name }) => name === "initial-cluster")) return "environment";
	return kind === "script" ? "script" : "flags";
}

/** One of etcd's settings as it stands in the template, be it a flag, a flag within a script, or a variable. Undefined: not set there. */
export const setting = (container: Container, flag: string): string | undefined => new Settings(container).source(flag);

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
