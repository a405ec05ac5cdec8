import type { Taint } from "kubernetes-types/core/v1";
import type { Node } from "../stored.ts";
import { timestamp } from "../time.ts";
import { nodeCondition } from "./health.ts";

export const NOT_READY = "node.kubernetes.io/not-ready";
export const UNREACHABLE = "node.kubernetes.io/unreachable";

/** The taints that the controller answers for: what else a node has is its administrator's. */
const PRESSURES: Record<string, string> = {
	MemoryPressure: "node.kubernetes.io/memory-pressure",
	DiskPressure: "node.kubernetes.io/disk-pressure",
	PIDPressure: "node.kubernetes.io/pid-pressure",
	NetworkUnavailable: "node.kubernetes.io/network-unavailable",
};
const UNSCHEDULABLE = "node.kubernetes.io/unschedulable";
const OWN = new Set([NOT_READY, UNREACHABLE, UNSCHEDULABLE, ...Object.values(PRESSURES)]);

/** The node's taints by its conditions and by whether it is cordoned; undefined where they are so. */
export function wantedTaints(node: Node, now: number): Taint[] | undefined {
	const present = node.spec?.taints ?? [];
	const own = [...silence(node), ...pressures(node), ...cordon(node)];
	const others = present.filter(
		({ key, effect }) => !OWN.has(key) || (effect !== "NoSchedule" && effect !== "NoExecute"),
	);
	const same = (a: Taint, b: Taint) => a.key === b.key && a.effect === b.effect;
	const kept = own.map(
		(taint) => present.find((other) => same(other, taint)) ?? { ...taint, timeAdded: timestamp(now) },
	);
	const wanted = [...others, ...kept];
	const unchanged =
		wanted.length === present.length && wanted.every((taint) => present.some((other) => same(taint, other)));
	return unchanged ? undefined : wanted;
}

function silence(node: Node): Taint[] {
	const ready = nodeCondition(node, "Ready")?.status;
	if (ready === "True") return [];
	const key = ready === "False" ? NOT_READY : UNREACHABLE;
	// a node that never said anything is not ready yet rather than lost
	const named = ready === undefined ? NOT_READY : key;
	return [
		{ key: named, effect: "NoSchedule" },
		{ key: named, effect: "NoExecute" },
	];
}

function pressures(node: Node): Taint[] {
	return Object.entries(PRESSURES)
		.filter(([type]) => nodeCondition(node, type)?.status === "True")
		.map(([, key]) => ({ key, effect: "NoSchedule" }));
}

const cordon = (node: Node): Taint[] =>
	node.spec?.unschedulable ? [{ key: UNSCHEDULABLE, effect: "NoSchedule" }] : [];
