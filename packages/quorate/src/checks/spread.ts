import { podAt, quorum, voters } from "../cluster/cluster-view.ts";
import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "nodes-spread",
	group: "kubernetes",
	passes: "No node has so many members that losing it costs quorum",
	why: "when that node fails or is drained, etcd takes no more writes",
	todo: "spread the pods: required pod anti-affinity on kubernetes.io/hostname",
};

export const spread = advice(about, ({ view }) => {
	const count = voters(view).length;
	if (view.etcd.trouble || count === 0) return { status: "skip", saw: "unknown: the member list could not be read" };
	const on = new Map<string, number>();
	for (const { ordinal, outside } of voters(view)) {
		const node = (ordinal === undefined ? outside : podAt(view, ordinal))?.node;
		if (node !== undefined) on.set(node, (on.get(node) ?? 0) + 1);
	}
	const [most] = [...on].sort((a, b) => b[1] - a[1]);
	if (!most) return { status: "skip", saw: "no member's pod is on a node" };
	const [node, members] = most;
	if (members > 1 && count - members < quorum(count))
		return { status: "warn", saw: `${members} of ${count} voters are on node ${node}; without it quorum is lost` };
	const known = [...on.values()].reduce((sum, voters) => sum + voters, 0);
	const which = known === count ? `${count} voters` : `${known} of ${count} voters`;
	return { status: "pass", saw: `${which} on ${on.size} ${on.size === 1 ? "node" : "nodes"}` };
});
