import {
	type ClaimView,
	type ClusterView,
	isLoose,
	type NodeView,
	podName,
	type VolumeView,
} from "../cluster/cluster-view.ts";
import { folderOf, nodeOf } from "../cluster/volume-place.ts";
import type { RestoreRefusal } from "./refuse-elsewhere.ts";

/** As a volume names its node. */
const hostnameOf = ({ labels, name }: NodeView): string => labels["kubernetes.io/hostname"] ?? name;

/** A volume on a node's disk that does not say of which, and the node where it is to be bound. */
export interface Pin {
	readonly volume: string;
	/** of the node, kubernetes.io/hostname */
	readonly label: string;
}

/**
 * Where the volume has to be bound before its pod goes; undefined: nowhere, for it is on no node's disk or says on which. A node is never
 * guessed: Kubernetes lets it be set once only, and the folder of that path on another node may hold anyone's data (ADR 7). Pure.
 *
 * @returns why the volume cannot be restored to, where its node is lost or not known
 */
export function pinOf(view: ClusterView, claim: ClaimView, volume: VolumeView): Pin | RestoreRefusal | undefined {
	if (!isLoose(volume)) {
		const homes = namedNodes(volume);
		const there = view.nodes.some((node) => node.ready && homes.includes(hostnameOf(node)));
		return homes.length > 0 && !there ? nodeLost(volume, claim, homes.join(", ")) : undefined;
	}
	const home = nodeOf(view, volume);
	if (home === undefined) return nodeUnknown(view, volume, claim);
	const node = view.nodes.find(({ name }) => name === home);
	return node?.ready ? { volume: volume.name, label: hostnameOf(node) } : nodeLost(volume, claim, home);
}

const namedNodes = ({ spec }: VolumeView): readonly string[] =>
	(spec.nodeAffinity?.required?.nodeSelectorTerms ?? []).flatMap(({ matchExpressions = [] }) =>
		matchExpressions.flatMap(({ key, values = [] }) => (key === "kubernetes.io/hostname" ? values : [])),
	);

const nodeLost = (volume: VolumeView, claim: ClaimView, node: string): RestoreRefusal => ({
	message: `volume ${volume.name} of claim ${claim.name} is on node ${node}, which is not there or not Ready`,
	hint: "bring the node back; or give its volume up: kubectl delete that claim and its pod (--force), provide a new volume, and print the runbook again",
});

function nodeUnknown(view: ClusterView, volume: VolumeView, claim: ClaimView): RestoreRefusal {
	const { statefulSet: set, nodes } = view;
	const folder = folderOf(volume.spec) ?? "";
	const pod = podName(set, claim.ordinal);
	const names = nodes.map(({ name }) => name);
	const among = names.length > 6 ? `${names.slice(0, 6).join(", ")} …` : names.join(", ");
	const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: ["NODE"] }];
	const patch = JSON.stringify({ spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } } });
	const before = claim.ordinal - set.firstOrdinal;
	return {
		message: `volume ${volume.name} of claim ${claim.name}, folder ${folder}, is on the disk of a node, and nothing says of which: it names none, and ${pod} runs on none`,
		hint: [
			`see which node has that folder with data of ${pod} (one of ${among}): kubectl debug node/NODE -it --image=busybox:1.36 -- find /host${folder} -name db`,
			`bind the volume to it, which can be done once only: kubectl patch pv ${volume.name} -p '${patch}' (NODE: its label kubernetes.io/hostname)`,
			"then the same command",
			...(before > 0 ? [`or restore only the members before it: --members ${before}`] : []),
		].join("; "),
	};
}
