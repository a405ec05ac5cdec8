import type { Member, MemberStatus } from "../etcd/member-client.ts";
import type { EtcdView, MemberView, PodView } from "./cluster-view.ts";
import type { MemberConnections } from "./member-connections.ts";
import { ordinalOf } from "./pod-view.ts";

/** Milliseconds that one member may take to say how it is. */
const STATUS_TIMEOUT = 3000;

type Answer = { pod: PodView; status?: MemberStatus; trouble?: string };

/** Asks every pod's etcd how it is, and the leader (or another voter) who is a member. */
export async function observeMembers(
	connections: MemberConnections,
	pods: readonly PodView[],
	statefulSet: string,
	options: { signal?: AbortSignal },
): Promise<EtcdView> {
	const call = { ...options, timeoutMs: STATUS_TIMEOUT };
	const answers = await Promise.all(
		pods
			.filter((pod) => pod.running)
			.map(
				(pod): Promise<Answer> =>
					connections
						.to(pod)
						.status(call)
						.then((status) => ({ pod, status }))
						.catch((error: unknown) => ({ pod, trouble: messageOf(error) })),
			),
	);
	options.signal?.throwIfAborted();
	const answering = answers.flatMap(({ pod, status }) => (status ? [{ pod, status }] : []));
	const leader = answering.find(({ status }) => status.leader === status.memberId);
	// the leader's list is the newest; learners refuse to tell
	const asked = [leader, ...answering.filter((a) => a !== leader && !a.status.isLearner)];
	const apart = twoClusters(answering);
	let trouble = apart ?? (answering.length === 0 ? noAnswer(answers, pods) : "no voter answers");
	for (const candidate of asked) {
		if (!candidate || apart) continue;
		const client = connections.to(candidate.pod);
		try {
			const [list, alarms] = await Promise.all([client.memberList(call), client.alarmList(call)]);
			return {
				trouble: undefined,
				clusterId: list.clusterId,
				leader: leader?.status.memberId ?? (candidate.status.leader || undefined),
				members: list.members.map((member) => memberView(member, answers, leader?.status, statefulSet)),
				alarms,
			};
		} catch (error) {
			options.signal?.throwIfAborted();
			trouble = `${candidate.pod.name} cannot tell who is a member: ${messageOf(error)}`;
		}
	}
	return {
		trouble,
		clusterId: answering[0]?.status.clusterId ?? 0n,
		leader: undefined,
		alarms: [],
		members: answering.map(({ pod, status }) =>
			memberView(
				{ id: status.memberId, name: pod.name, peerURLs: [], clientURLs: [], isLearner: status.isLearner },
				answers,
				undefined,
				statefulSet,
			),
		),
	};
}

/** A member that lost its data may have begun a cluster of its own, behind the same Service: none of what they say then goes together. */
function twoClusters(answering: readonly { pod: PodView; status: MemberStatus }[]): string | undefined {
	const groups = new Map<bigint, string[]>();
	for (const { pod, status } of answering)
		groups.set(status.clusterId, [...(groups.get(status.clusterId) ?? []), pod.name]);
	if (groups.size < 2) return undefined;
	const told = [...groups].map(([id, names]) => `${names.join(", ")} (cluster ${id.toString(16)})`);
	return `the pods are not members of one cluster, but of ${groups.size}: ${told.join("; ")}`;
}

function memberView(
	member: Member,
	answers: readonly Answer[],
	leader: MemberStatus | undefined,
	statefulSet: string,
): MemberView {
	const ordinal = ordinalOf(member.name, statefulSet) ?? ordinalFromURLs(member.peerURLs, statefulSet);
	const answer = answers.find((a) => a.status?.memberId === member.id);
	const silent = answers.find((a) => a.pod.ordinal === ordinal && !a.status);
	const status = answer?.status;
	const lag = leader && status ? leader.raftAppliedIndex - status.raftAppliedIndex : undefined;
	return {
		...member,
		ordinal,
		status,
		trouble: status ? undefined : (silent?.trouble ?? "its pod does not run"),
		lag: lag !== undefined && lag < 0n ? 0n : lag,
	};
}

/** A member that has never started has no name: its peer URL tells which pod it is for. */
function ordinalFromURLs(urls: readonly string[], statefulSet: string): number | undefined {
	for (const url of urls) {
		const host = URL.canParse(url) ? new URL(url).hostname : "";
		const ordinal = ordinalOf(host.split(".")[0] ?? "", statefulSet);
		if (ordinal !== undefined) return ordinal;
	}
	return undefined;
}

function noAnswer(answers: readonly Answer[], pods: readonly PodView[]): string {
	const first = answers.find((a) => a.trouble !== undefined);
	if (first) return `${first.pod.name} does not answer: ${first.trouble}`;
	return pods.length === 0 ? "there are no pods" : "no pod runs etcd";
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
