import type { Container } from "kubernetes-types/core/v1";
import { parseQuantity } from "../../../api/quantity.ts";
import type { Pod } from "../../stored.ts";
import type { Filter } from "./filter.ts";

const nano = (quantity: string | number | undefined): bigint => parseQuantity(quantity ?? 0)?.nano ?? 0n;

/** What a pod asks of its node, by resource, in billionths: its containers together, or its largest init container. */
export function requestsOf(pod: Pod): Map<string, bigint> {
	const total = new Map<string, bigint>();
	const requests = (container: Container) => Object.entries(container.resources?.requests ?? {});
	const add = (name: string, amount: bigint) => total.set(name, (total.get(name) ?? 0n) + amount);
	for (const container of pod.spec?.containers ?? []) {
		for (const [name, quantity] of requests(container)) add(name, nano(quantity));
	}
	for (const container of pod.spec?.initContainers ?? []) {
		for (const [name, quantity] of requests(container)) {
			if (nano(quantity) > (total.get(name) ?? 0n)) total.set(name, nano(quantity));
		}
	}
	for (const [name, quantity] of Object.entries(pod.spec?.overhead ?? {})) add(name, nano(quantity));
	return total;
}

/** The node's cpu, memory, places and so on. What a node does not tell of (other than extended resources) is not limited. */
export const resourcesFit: Filter = (pod, { node, pods }) => {
	const allocatable = node.status?.allocatable ?? {};
	const reasons: string[] = [];
	let preemptable = true;
	if (allocatable.pods !== undefined && BigInt(pods.length + 1) * 1_000_000_000n > nano(allocatable.pods)) {
		reasons.push("Too many pods");
	}
	for (const [name, wanted] of requestsOf(pod)) {
		if (wanted === 0n) continue;
		const limit = allocatable[name];
		if (limit === undefined && !name.includes("/")) continue;
		const used = pods.reduce((sum, other) => sum + (requestsOf(other).get(name) ?? 0n), 0n);
		if (wanted + used <= nano(limit)) continue;
		reasons.push(`Insufficient ${name}`);
		if (wanted > nano(limit)) preemptable = false;
	}
	return reasons.length > 0 ? { reasons, preemptable } : undefined;
};
