import { QuorateError } from "../errors.ts";
import { type ClusterView, isCaughtUp, type MemberView, podOf, voters } from "./cluster-view.ts";

/**
 * The pod whose member gives a snapshot: the caught-up voter with the highest revision; of equal ones rather not the leader, which has
 * enough to do.
 *
 * @param wanted the pod's name; it is taken as it is
 * @throws {QuorateError} NotFound, MemberUnreachable
 */
export function pickSource(view: ClusterView, wanted?: string): PodRef {
	if (wanted !== undefined) return namedPod(view, wanted);
	const known = view.etcd.trouble === undefined ? voters(view).filter(isCaughtUp) : [];
	const [best] = known.sort(
		(one, other) => descending(one, other) || Number(isLeader(view, one)) - Number(isLeader(view, other)),
	);
	const pod = best && podOf(view, best);
	if (!pod) throw noSource(view);
	return pod;
}

type PodRef = NonNullable<ReturnType<typeof podOf>>;

const isLeader = (view: ClusterView, member: MemberView): boolean => member.id === view.etcd.leader;

const descending = (one: MemberView, other: MemberView): number => {
	const [a, b] = [one.status?.revision ?? 0n, other.status?.revision ?? 0n];
	return a === b ? 0 : a < b ? 1 : -1;
};

function noSource(view: ClusterView): QuorateError {
	const { namespace, name } = view.statefulSet;
	const answering = view.etcd.members.filter(({ status }) => status).sort(descending);
	const pods = answering.flatMap((member) => podOf(view, member)?.name ?? []);
	return new QuorateError("MemberUnreachable", {
		operation: "choosing the member that a snapshot is taken of",
		message: view.etcd.trouble ?? "no voter answers and has caught up",
		state: "nothing was written",
		hint: pods[0]
			? `save what one member has, as it is: quorate snapshot save FILE sts/${name} -n ${namespace} --pod ${pods[0]}${pods.length > 1 ? ` (also: ${pods.slice(1).join(", ")})` : ""}`
			: `kubectl get pods -n ${namespace}`,
	});
}

function namedPod(view: ClusterView, name: string): PodRef {
	const { pods, statefulSet, etcd } = view;
	const outside = etcd.members.flatMap((member) => member.outside ?? []);
	const pod = [...pods, ...outside].find((one) => one.name === name);
	if (pod) return pod;
	throw new QuorateError("NotFound", {
		operation: "choosing the member that a snapshot is taken of",
		message: `StatefulSet ${statefulSet.name} has no pod "${name}"`,
		state: "nothing was written",
		hint: pods.length > 0 ? `it has ${pods.map((one) => one.name).join(", ")}` : "it has no pods at all",
	});
}
