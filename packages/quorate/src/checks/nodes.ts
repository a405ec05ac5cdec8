import type { Check } from "./check.ts";

const base = { id: "nodes-enough", group: "kubernetes" } as const;

export const nodes: Check = ({ view, goal }) => {
	const fit = view.nodes.filter((node) => node.ready && node.schedulable).length;
	const saw = `${fit} of ${view.nodes.length} nodes are Ready and can take these pods`;
	if (!view.oneNodeEach) return { ...base, status: "pass", saw: `${saw}; several may share one` };
	const taken = new Set(view.pods.map((pod) => pod.node));
	const free = view.nodes.filter((node) => node.ready && node.schedulable && !taken.has(node.name)).length;
	const needed = Math.max(0, goal.replicas - view.pods.length);
	if (free >= needed) return { ...base, status: "pass", saw };
	return {
		...base,
		status: "fail",
		saw: `${saw}, ${free} of them without one`,
		why: `hard anti-affinity puts each member on a node of its own; ${needed} more ${needed === 1 ? "is" : "are"} needed`,
		hint: "add nodes, or uncordon some: kubectl get nodes",
	};
};
