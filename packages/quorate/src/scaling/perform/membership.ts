import { type ClusterView, isHealthy } from "../../cluster/cluster-view.ts";
import { EtcdError, type EtcdFailure, type MemberClient } from "../../etcd/member-client.ts";
import type { Step } from "../step.ts";
import { LookAgain, type PerformContext } from "./context.ts";

/** Milliseconds; a change of members that is not answered by then is looked for in the member list. */
const CHANGE_TIMEOUT = 10_000;

/** etcd says "not yet", or says nothing: the member list tells the rest. */
const NOT_YET: Partial<Record<EtcdFailure, string>> = {
	UnhealthyCluster: "etcd changes its members only when its voters have been connected for 5 s",
	LearnerNotReady: "etcd does not find the learner in sync with the leader yet",
	NotEnoughStarted: "etcd waits for a member that was added to start",
	TooManyLearners: "there is a learner already",
	NoLeader: "there is no leader at the moment",
	NotLeader: "the leader has just changed",
	Unavailable: "the leader does not answer",
	DeadlineExceeded: "the leader did not answer in time",
	MemberExists: "the member is in the list already",
	NotLearner: "the member votes already",
	MemberNotFound: "the member is not in the list any more",
	BadLeaderTransferee: "the member that was to lead is not a voter any more",
};

export async function addLearner(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "add-learner" }>,
) {
	await askingInTurn(voters(context, view), (client) =>
		client.memberAdd(step.peerURLs, true, { timeoutMs: CHANGE_TIMEOUT }),
	);
}

export async function promote(context: PerformContext, view: ClusterView, step: Extract<Step, { kind: "promote" }>) {
	await asking(leader(context, view), (client) => client.memberPromote(step.memberId, { timeoutMs: CHANGE_TIMEOUT }));
}

export async function moveLeader(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "move-leader" }>,
) {
	await asking(leader(context, view), (client) => client.moveLeader(step.target, { timeoutMs: CHANGE_TIMEOUT }));
}

export async function removeMember(
	context: PerformContext,
	view: ClusterView,
	step: Extract<Step, { kind: "remove-member" }>,
) {
	await askingInTurn(voters(context, view, step.memberId), (client) =>
		client.memberRemove(step.memberId, { timeoutMs: CHANGE_TIMEOUT }),
	);
}

/**
 * Makes sure that the members are those of the view: between look and change a promotion of a run that was killed may have come through,
 * or an image have added its member again; a pod taken away then is a vote taken away.
 */
export async function confirmMembers(context: PerformContext, view: ClusterView) {
	const { members } = await asking(leader(context, view), (client) => client.memberList());
	const known = new Map(view.etcd.members.map(({ id, isLearner }) => [id, isLearner]));
	const same = members.length === known.size && members.every(({ id, isLearner }) => known.get(id) === isLearner);
	if (!same)
		throw new LookAgain("the members are not those that were seen", "see who changes them: etcdctl member list");
}

/** Who can be asked to change the member list: the leader, then the other healthy voters, `except` left out. */
function voters(context: PerformContext, view: ClusterView, except?: bigint): MemberClient[] {
	const others = view.etcd.members.flatMap((member) => {
		const { id, ordinal } = member;
		const pod = view.pods.find((pod) => pod.ordinal === ordinal && pod.running && !pod.terminating);
		const fit = pod && !member.isLearner && id !== view.etcd.leader && id !== except && isHealthy(member);
		return fit ? [context.cluster.members.to(pod)] : [];
	});
	return [leader(context, view), ...others];
}

/**
 * A member refuses by what it knows of its own connections, and may take a peer for lost for good: its last write to the old
 * address of a pod that was made anew fails after the new streams are up, and nothing sets it right until these break
 * (seen on 3.5.9). Another one knows better. What was refused changed nothing, so it may be asked for again.
 */
async function askingInTurn(clients: readonly MemberClient[], call: (client: MemberClient) => Promise<unknown>) {
	let refusal: unknown;
	for (const client of clients) {
		try {
			await asking(client, call);
			return;
		} catch (error) {
			const cause = error instanceof LookAgain ? error.cause : undefined;
			if (!(cause instanceof EtcdError && cause.failure === "UnhealthyCluster")) throw error;
			refusal ??= error;
		}
	}
	throw refusal;
}

/** Only the leader knows how far the others are, and with auth older versions let nobody else promote. */
function leader({ cluster }: PerformContext, view: ClusterView): MemberClient {
	const member = view.etcd.members.find((m) => m.id === view.etcd.leader);
	const pod = view.pods.find((p) => p.ordinal === member?.ordinal);
	if (!pod) throw new LookAgain("there is no leader at the moment", "kubectl logs of the members tell of elections");
	return cluster.members.to(pod);
}

async function asking<T>(client: MemberClient, call: (client: MemberClient) => Promise<T>): Promise<T> {
	try {
		return await call(client);
	} catch (error) {
		const reason = error instanceof EtcdError ? NOT_YET[error.failure] : undefined;
		if (reason === undefined) throw error;
		throw new LookAgain(reason, "if it goes on, see the leader's log", { cause: error });
	}
}
