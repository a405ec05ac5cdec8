import {
	type ClusterView,
	isLoose,
	memberAt,
	outdatedPods,
	type PodView,
	podName,
	revisionFor,
	tolerance,
	voters,
} from "../cluster/cluster-view.ts";
import { namingTemplate } from "../cluster/join-profile.ts";
import { onNode } from "../cluster/volume-place.ts";
import { blocked, step, untilReady, wait } from "./decision.ts";
import type { RollOut } from "./goal.ts";
import { startObstacle } from "./start-obstacle.ts";
import type { Decision } from "./step.ts";
import { stopHookObstacle } from "./stop-hooks.ts";

/**
 * As many voters as wanted, all well: bring the pods onto the newest template. One at a time, when all are Ready and all members
 * have caught up; the leader hands its office on before its turn. The controller goes from the last ordinal to the first, as ever; where
 * it waits for pods to be deleted (OnDelete), the leader's is the last.
 *
 * @returns undefined: every pod is on it
 */
export function rolling(view: ClusterView, rollOut: RollOut): Decision | undefined {
	const set = view.statefulSet;
	const unknown = rollOut === "initial-cluster" ? startObstacle(set) : undefined;
	if (unknown) return { kind: "blocked", blocked: unknown };
	const naming = rollOut === "initial-cluster" ? namingMembers(view) : undefined;
	const old = outdatedPods(view);
	const restarted = naming ? view.pods : old;
	const hook = stopHookObstacle(view, restarted);
	if (hook) return { kind: "blocked", blocked: hook };
	const loose = looseVolumes(view, restarted);
	if (loose) return loose;
	if (naming) return naming;
	const [next] = inOrder(view, old);
	if (!next) return untilSettled(view);
	const unready = untilReady(view);
	if (unready) return unready;
	if (tolerance(view) < 1)
		return blocked(
			"RestartWouldLoseQuorum",
			`restarting ${next.name} would leave ${voters(view).length - 1} of ${voters(view).length} voters, fewer than quorum`,
			`where a moment without quorum does no harm: ${byHand(set, next)}`,
		);
	const member = memberAt(view, next.ordinal);
	if (member && member.id === view.etcd.leader)
		return step({ kind: "move-leader", ordinal: next.ordinal, target: successor(view, next, old) });
	if (set.updateStrategy.type === "OnDelete")
		return step({ kind: "restart-pod", ordinal: next.ordinal, uid: next.uid });
	const partition = next.ordinal - set.firstOrdinal;
	if (set.updateStrategy.partition !== partition) return step({ kind: "roll-pod", ordinal: next.ordinal, partition });
	return wait({
		kind: "controller",
		ordinal: next.ordinal,
		reason: `the StatefulSet controller has not begun to make pod ${next.name} anew`,
		hint: `kubectl rollout status sts/${set.name} -n ${set.namespace}`,
	});
}

/**
 * A pod that does not run, and was made from another template than it would come back from: one that was corrected since. Its controller
 * replaces none before it is Ready (kubernetes#67250), which it never is.
 */
export function stuckPod(view: ClusterView): PodView | undefined {
	const set = view.statefulSet;
	if (set.templateState !== "original") return undefined;
	return view.pods.find((pod) => {
		const member = memberAt(view, pod.ordinal);
		const reachable = pod.node === undefined || view.nodes.some(({ name, ready }) => name === pod.node && ready);
		const outdated = pod.revision !== undefined && pod.revision !== revisionFor(view, pod.ordinal);
		return outdated && reachable && !pod.running && !pod.terminating && member?.isLearner === false && !member.status;
	});
}

/** Its member does not vote while it does not run: deleting it takes no vote away, where the others are a quorum without it. */
export function unsticking(view: ClusterView): Decision | undefined {
	const pod = stuckPod(view);
	if (!pod || tolerance(view) < 0) return undefined;
	return looseVolumes(view, [pod]) ?? step({ kind: "restart-pod", ordinal: pod.ordinal, uid: pod.uid });
}

/** A pod that a partition holds would come back from the template before. */
function byHand({ name, namespace, updateStrategy }: ClusterView["statefulSet"], pod: PodView): string {
	if (updateStrategy.type === "OnDelete") return `kubectl delete pod ${pod.name} -n ${namespace}`;
	return `kubectl patch sts ${name} -n ${namespace} -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":0}}}}'`;
}

/** A volume on a node's disk that is bound to no node: its pod may be made anew where its data is not. */
function looseVolumes(view: ClusterView, pods: readonly PodView[]): Decision | undefined {
	const loose = pods.flatMap((pod) => {
		const bound = view.claims.filter(({ ordinal }) => ordinal === pod.ordinal).map(({ volume }) => volume);
		return view.volumes
			.filter((volume) => bound.includes(volume.name) && isLoose(volume))
			.map(({ name }) => ({ name, pod }));
	});
	if (loose.length === 0) return undefined;
	const commands = loose.map(({ name, pod }) => {
		const patch = { spec: { nodeAffinity: onNode(view, pod.node ?? "") ?? "NODE" } };
		return `kubectl patch pv ${name} -p '${JSON.stringify(patch)}'`;
	});
	return blocked(
		"VolumesNotPlaced",
		`${loose.map(({ name }) => name).join(", ")}: on a node's disk, but bound to no node, so that a pod that is made anew may find an empty folder elsewhere`,
		`bind each to the node that has its data: ${commands.join("; ")}`,
	);
}

/** The template does not name exactly the members that there are. */
function namingMembers(view: ClusterView): Decision | undefined {
	const set = view.statefulSet;
	const initialCluster = [...voters(view)]
		.sort((one, other) => (one.ordinal ?? 0) - (other.ordinal ?? 0))
		.map(({ name, peerURLs }) => ({ name, peerURLs }));
	try {
		const named = namingTemplate(set.template, set.etcd, initialCluster);
		if (JSON.stringify(named) === JSON.stringify(set.template)) return undefined;
	} catch (error) {
		return blocked(
			"CannotName",
			error instanceof Error ? error.message : String(error),
			"etcd must be configured by ETCD_* variables or by --initial-cluster flags in the container's command or args",
		);
	}
	return step({ kind: "name-members", partition: set.replicas, initialCluster });
}

function inOrder(view: ClusterView, pods: readonly PodView[]): readonly PodView[] {
	const leads = (pod: PodView) => memberAt(view, pod.ordinal)?.id === view.etcd.leader;
	const late = view.statefulSet.updateStrategy.type === "OnDelete" ? leads : () => false;
	return [...pods].sort((one, other) => Number(late(one)) - Number(late(other)) || other.ordinal - one.ordinal);
}

/** One that is not restarted any more; else the one whose turn comes last. */
function successor(view: ClusterView, leader: PodView, old: readonly PodView[]): bigint {
	const others = [...view.pods]
		.filter((pod) => pod !== leader)
		.sort((one, other) => Number(old.includes(one)) - Number(old.includes(other)) || one.ordinal - other.ordinal);
	for (const pod of others) {
		const member = memberAt(view, pod.ordinal);
		if (member && !member.isLearner) return member.id;
	}
	throw new Error(`${podName(view.statefulSet, leader.ordinal)} is the only voter`);
}

/** All pods are on it, which the controller has yet to say. */
function untilSettled(view: ClusterView): Decision | undefined {
	const set = view.statefulSet;
	if (!set.record) return undefined;
	if (set.updateStrategy.type !== "OnDelete" && set.currentRevision !== set.updateRevision)
		return wait({
			kind: "controller",
			reason: `the StatefulSet controller has not ended the roll-out of ${set.name} yet`,
			hint: `kubectl rollout status sts/${set.name} -n ${set.namespace}`,
		});
	return undefined;
}
