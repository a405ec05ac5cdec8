import type { Container, PodSpec } from "kubernetes-types/core/v1";
import { changesMembers, notHarmless } from "./harmless.ts";
import { quoted } from "./shell-script.ts";

/** Something that runs when a pod ends, and is not known to leave its member alone. */
export interface StopHook {
	readonly container: string;
	/** it takes a member out of the cluster, or deletes data; `unknown`: it may */
	readonly does: "removes" | "unknown";
	/** what was seen, quoted */
	readonly quote: string;
	/** Bitnami's: a value of the chart decides whether it is there */
	readonly bitnami: boolean;
}

/** The hook of Bitnami's charts up to 10: it takes the member out at each end of its pod. */
const BITNAMI_PRESTOP = "/opt/bitnami/scripts/etcd/prestop.sh";

/** Of one pod, as it was made: a pod keeps its hooks, whatever its StatefulSet's template says by now. */
export function stopHooks(spec: Pick<PodSpec, "containers" | "initContainers">): readonly StopHook[] {
	const containers = [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
	return containers.flatMap((container) => [...ofPreStop(container), ...ofScript(container)]);
}

function ofPreStop(container: Container): StopHook[] {
	const hook = container.lifecycle?.preStop;
	if (!hook) return [];
	const command = hook.exec?.command ?? [];
	if (hook.exec) {
		const bitnami = command.includes(BITNAMI_PRESTOP);
		const unknown = notHarmless(command);
		const removing = unknown.filter((quote) => changesMembers(quote) || /\brm\s+-\w*r/.test(quote));
		if (bitnami || removing.length > 0) {
			const quote = bitnami ? quoted(BITNAMI_PRESTOP) : removing.join(", ");
			return [{ container: container.name, does: "removes", quote, bitnami }];
		}
		return unknown.length === 0
			? []
			: [{ container: container.name, does: "unknown", quote: unknown.join(", "), bitnami: false }];
	}
	const { path, port } = hook.httpGet ?? {};
	if (!hook.httpGet) return [];
	const quote = quoted(`httpGet ${port ?? ""}${path ?? ""}`);
	return [{ container: container.name, does: "unknown", quote, bitnami: false }];
}

/** A script that waits for its end, and then takes the member out. */
function ofScript(container: Container): StopHook[] {
	const text = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
	const trapped = /\btrap\b[^\n]*/.exec(text)?.[0];
	if (trapped === undefined || !changesMembers(text)) return [];
	return [{ container: container.name, does: "removes", quote: quoted(trapped), bitnami: false }];
}
