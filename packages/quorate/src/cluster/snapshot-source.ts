import { QuorateError } from "../errors.ts";
import { EtcdError } from "../etcd/member-client.ts";
import { type ClusterView, isCaughtUp, type PodView, podAt, voters } from "./cluster-view.ts";

/**
 * The pod whose member gives a snapshot: a caught-up voter, rather not the leader, which has enough to do.
 *
 * @param wanted the pod's name; it is taken as it is
 * @throws {QuorateError} NotFound, MemberUnreachable
 */
export function pickSource(view: ClusterView, wanted?: string): PodView {
	if (wanted !== undefined) return namedPod(view, wanted);
	const candidates = voters(view).filter(isCaughtUp);
	const member = candidates.find((candidate) => candidate.id !== view.etcd.leader) ?? candidates[0];
	const pod = member?.ordinal === undefined ? undefined : podAt(view, member.ordinal);
	if (!pod)
		throw new EtcdError("Unavailable", "Snapshot", view.statefulSet.name, view.etcd.trouble ?? "no voter answers");
	return pod;
}

function namedPod({ pods, statefulSet }: ClusterView, name: string): PodView {
	const pod = pods.find((one) => one.name === name);
	if (pod) return pod;
	throw new QuorateError("NotFound", {
		operation: "choosing the member that a snapshot is taken of",
		message: `StatefulSet ${statefulSet.name} has no pod "${name}"`,
		state: "nothing was written",
		hint: pods.length > 0 ? `it has ${pods.map((one) => one.name).join(", ")}` : "it has no pods at all",
	});
}
