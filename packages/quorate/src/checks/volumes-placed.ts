import { isLocal, isLoose } from "../cluster/cluster-view.ts";
import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "volumes-placed",
	group: "storage",
	passes: "Volumes that are on one node's disk are bound to that node, and the node is there",
	why: "a pod that is started on another node finds an empty folder, and a member that has lost its data must not come back under its id",
	todo: "give the volume a nodeAffinity to the node that has the data (it can be set once where there is none)",
};

export const volumesPlaced = advice(about, ({ view }) => {
	if (view.unread?.volumes) return { status: "skip", saw: `not known: ${view.unread.volumes}` };
	const names = new Set(view.claims.flatMap((claim) => claim.volume ?? []));
	const local = view.volumes.filter((volume) => names.has(volume.name) && isLocal(volume));
	const loose = local.filter(isLoose);
	const gone = local.filter(({ spec }) => {
		const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
		const hosts = terms.flatMap((term) =>
			(term.matchExpressions ?? []).flatMap(({ key, values }) =>
				key === "kubernetes.io/hostname" ? (values ?? []) : [],
			),
		);
		const there = view.nodes.some((node) => hosts.includes(node.labels["kubernetes.io/hostname"] ?? node.name));
		return hosts.length > 0 && !there && !view.unread?.nodes;
	});
	if (gone.length > 0)
		return {
			status: "warn",
			saw: `the node of ${gone.map(({ name }) => name).join(", ")} is gone`,
			why: "its member cannot start anywhere else",
			hint: "bring the node back, or replace the member",
		};
	if (loose.length > 0)
		return {
			status: "warn",
			saw: `${loose.map(({ name }) => name).join(", ")}: on a node's disk, but bound to no node`,
		};
	return {
		status: "pass",
		saw: local.length === 0 ? "no volume is on a node's own disk" : `${local.length} volumes, each bound to its node`,
	};
});
