import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "nodes-enough",
	group: "kubernetes",
	passes:
		"There are as many free, Ready and schedulable nodes as new members need under hard anti-affinity, node selectors and taints",
	why: "hard anti-affinity puts each member on a node of its own",
	todo: "add nodes, or uncordon some",
};

export const nodes = check(about, ({ view, goal }) => {
	if (view.unread?.nodes) return { status: "skip", saw: `not known: ${view.unread.nodes}` };
	const fit = view.nodes.filter((node) => node.ready && node.schedulable).length;
	const saw = `${fit} of ${view.nodes.length} nodes are Ready and can take these pods`;
	if (!view.oneNodeEach) return { status: "pass", saw: `${saw}; several may share one` };
	const taken = new Set(view.pods.map((pod) => pod.node));
	const free = view.nodes.filter((node) => node.ready && node.schedulable && !taken.has(node.name));
	const needed = Math.max(0, goal.replicas - view.pods.length);
	if (free.length >= needed) return { status: "pass", saw };
	return {
		status: "fail",
		saw: `${needed} new ${needed === 1 ? "member needs a free node" : `members need ${needed} free nodes`}, but ${free.length === 0 ? "none is free" : `only ${free.length} ${free.length === 1 ? "is" : "are"} free (${free.map(({ name }) => name).join(", ")})`}: ${saw}`,
		hint: "add nodes, or uncordon some: kubectl get nodes",
	};
});
