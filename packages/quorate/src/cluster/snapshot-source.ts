import { EtcdError } from "../etcd/member-client.ts";
import { type ClusterView, isCaughtUp, type PodView, podAt, voters } from "./cluster-view.ts";

/** The pod whose member gives a snapshot: a caught-up voter, rather not the leader, which has enough to do. */
export function pickSource(view: ClusterView): PodView {
	const candidates = voters(view).filter(isCaughtUp);
	const member = candidates.find((candidate) => candidate.id !== view.etcd.leader) ?? candidates[0];
	const pod = member?.ordinal === undefined ? undefined : podAt(view, member.ordinal);
	if (!pod)
		throw new EtcdError("Unavailable", "Snapshot", view.statefulSet.name, view.etcd.trouble ?? "no voter answers");
	return pod;
}
