import type { ClaimView, CleanerView, ClusterView, DataOwner, VolumeView } from "../cluster/cluster-view.ts";
import { folderOf } from "../cluster/volume-place.ts";
import { leftBy, staticVolume } from "./static-volumes.ts";
import type { Blocked } from "./step.ts";

export const describeCleaner = (pod: string, namespace: string): string =>
	`kubectl describe pod ${pod} -n ${namespace}`;

/** "volume etcd-volume-3, folder /var/local/etcd/pod-3 on node worker-3" */
export function describeVolume(volume: VolumeView, node: string | undefined): string {
	const folder = folderOf(volume.spec);
	return `volume ${volume.name}${folder === undefined ? "" : `, folder ${folder}${node ? ` on node ${node}` : ""}`}`;
}

/** A pod of ours looked into the volume and did nothing, for the data is not that of the member that left. */
export function notTheMembers(view: ClusterView, claim: ClaimView, cleaner: CleanerView): Blocked {
	const { namespace, name } = view.statefulSet;
	const volume = staticVolume(view, claim);
	const found = cleaner.report?.found.map((owner) => describeOwner(view, owner)).join(", ");
	const left = leftBy(view, claim);
	const deletes = [`pod ${cleaner.pod} -n ${namespace}`, `pvc ${claim.name} -n ${namespace}`];
	const byHand = [...deletes, ...(volume ? [`pv ${volume.name}, and empty its folder`] : [])];
	const expected = left?.member ? `member ${left.member}` : `a member that has left ${namespace}/${name}`;
	return {
		reason: "VolumeNotTheMembers",
		message: `the volume of claim ${claim.name} is not touched: ${cleaner.report?.refused ?? "nothing was reported"} (${volume ? describeVolume(volume, cleaner.node) : "no volume"}; found: ${found || "no write-ahead log"}; expected: ${expected})`,
		hint: `see what lies there before anything is deleted; then keep claim and volume: --keep-volumes; or delete them by hand, once nobody needs the data: ${byHand.map((what) => `kubectl delete ${what}`).join("; ")}`,
	};
}

function describeOwner(view: ClusterView, { member, cluster }: DataOwner): string {
	if (member === undefined || cluster === undefined) return "a log that cannot be read";
	if (cluster !== view.etcd.clusterId)
		return `data of member ${member.toString(16)} of another cluster, ${cluster.toString(16)}`;
	const present = view.etcd.members.find(({ id }) => id === member);
	return present
		? `data of ${present.name || "member"} ${member.toString(16)}, which is a member`
		: `data of member ${member.toString(16)}`;
}

/** On which node the folder is cannot be known, so nothing is done with it. */
export function notPlaced(view: ClusterView, claim: ClaimView, volume: VolumeView): Blocked {
	const affinity = `{"spec":{"nodeAffinity":{"required":{"nodeSelectorTerms":[{"matchExpressions":[{"key":"kubernetes.io/hostname","operator":"In","values":["NODE"]}]}]}}}}`;
	const nodes = view.nodes.map(({ name }) => name);
	const among = nodes.length > 6 ? `${nodes.slice(0, 6).join(", ")} …` : nodes.join(", ");
	return {
		reason: "VolumeLocationUnknown",
		message: `${describeVolume(volume, undefined)}, is on the disk of a node, and nothing says of which: it names no single node, and the pod that used claim ${claim.name} is gone`,
		hint: `find the node whose folder holds that member's data (one of ${among}), bind the volume to it, and run the same command again: kubectl patch pv ${volume.name} -p '${affinity}'; or keep claim and volume: --keep-volumes`,
	};
}
