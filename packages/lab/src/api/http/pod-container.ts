import type { Pod } from "kubernetes-types/core/v1";
import { badRequest } from "../machinery/errors.ts";
import type { Resources } from "../machinery/resources.ts";
import { PODS } from "../resources.ts";

/** @throws {ApiError} 404 */
export const podOf = (resources: Resources, namespace: string | undefined, name: string): Pod =>
	resources.get(resources.registry.kind(PODS), namespace, name) as unknown as Pod;

/** The container that is meant: the named one, or the only one. @throws {ApiError} 400 */
export function containerOf(pod: Pod, asked: string | null): string {
	const name = pod.metadata?.name ?? "";
	const names = (pod.spec?.containers ?? []).map((container) => container.name);
	const inits = (pod.spec?.initContainers ?? []).map((container) => container.name);
	if (!asked) {
		const [only] = names;
		if (only !== undefined && names.length === 1 && inits.length === 0) return only;
		const choice = `choose one of: [${names.join(" ")}]`;
		const initChoice = inits.length > 0 ? ` or one of the init containers: [${inits.join(" ")}]` : "";
		if (only !== undefined && names.length === 1) return only;
		throw badRequest(`a container name must be specified for pod ${name}, ${choice}${initChoice}`);
	}
	if ([...names, ...inits].includes(asked)) return asked;
	throw badRequest(`container ${asked} is not valid for pod ${name}`);
}
