import type { Member, MemberStatus } from "../etcd/member-client.ts";
import type { EtcdView, MemberView, PodView } from "./cluster-view.ts";
import type { MemberConnections } from "./member-connections.ts";
import { ordinalOf } from "./pod-view.ts";

/** Milliseconds that one member may take to say how it is. */
const STATUS_TIMEOUT = 3000;

type Answer = { pod: PodView; status?: MemberStatus; trouble?: string };
type Answering = { pod: PodView; status: MemberStatus };
type CallOptions = { signal?: AbortSignal; timeoutMs: number };

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
	const ours = await ofOneCluster(connections, answering, statefulSet, call);
	options.signal?.throwIfAborted();
	const asked = ours ? toAsk(ours) : [];
	const leader = asked.find(isLeader);
	let trouble = ours ? (answering.length === 0 ? noAnswer(answers, pods) : "no voter answers") : twoClusters(answering);
	for (const candidate of asked) {
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

const isLeader = ({ status }: Answering): boolean => status.leader !== 0n && status.leader === status.memberId;

/** The leader's list is the newest; learners refuse to tell. */
const toAsk = (answering: readonly Answering[]): Answering[] => [
	...answering.filter(isLeader),
	...answering.filter((one) => !isLeader(one) && !one.status.isLearner),
];

function byCluster(answering: readonly Answering[]): Map<bigint, Answering[]> {
	const clusters = new Map<bigint, Answering[]>();
	for (const one of answering) {
		const { clusterId } = one.status;
		clusters.set(clusterId, [...(clusters.get(clusterId) ?? []), one]);
	}
	return clusters;
}

/**
 * Those of the cluster that is meant. A pod that began one of its own is no member where nobody counts on it (someone scaled by hand): the
 * cluster is then that of the first ordinal. Where one counts on a pod that is in another, it lost its data, and nobody can tell
 * here which of them holds what was written: undefined.
 */
async function ofOneCluster(
	connections: MemberConnections,
	answering: readonly Answering[],
	statefulSet: string,
	call: CallOptions,
): Promise<readonly Answering[] | undefined> {
	const clusters = [...byCluster(answering).values()];
	const [first = []] = clusters;
	if (clusters.length < 2) return first;
	const counted = await Promise.all(clusters.map((cluster) => ordinalsOf(connections, cluster, statefulSet, call)));
	const mixed = clusters.some((cluster, index) =>
		answering.some((one) => !cluster.includes(one) && counted[index]?.has(one.pod.ordinal) !== false),
	);
	return mixed ? undefined : first;
}

/** Ordinals of a cluster's members; undefined where none of them can tell. */
async function ordinalsOf(
	connections: MemberConnections,
	cluster: readonly Answering[],
	statefulSet: string,
	call: CallOptions,
): Promise<Set<number | undefined> | undefined> {
	for (const { pod } of toAsk(cluster)) {
		const list = await connections
			.to(pod)
			.memberList(call)
			.catch(() => undefined);
		if (list) return new Set(list.members.map((member) => ordinalOfMember(member, statefulSet)));
	}
	return undefined;
}

function twoClusters(answering: readonly Answering[]): string {
	const told = [...byCluster(answering)].map(
		([id, members]) => `${members.map(({ pod }) => pod.name).join(", ")} (cluster ${id.toString(16)})`,
	);
	return `the pods are not members of one cluster, but of ${told.length}: ${told.join("; ")}`;
}

function memberView(
	member: Member,
	answers: readonly Answer[],
	leader: MemberStatus | undefined,
	statefulSet: string,
): MemberView {
	const ordinal = ordinalOfMember(member, statefulSet);
	const isIt = ({ status }: Answer) => status?.memberId === member.id;
	const own = answers.find(({ pod }) => pod.ordinal === ordinal);
	// what runs in another pod than its name says must not count as well: by its name it would lose its pod
	const answer = ordinal === undefined ? answers.find(isIt) : own && isIt(own) ? own : undefined;
	const status = answer?.status;
	const lag = leader && status ? leader.raftAppliedIndex - status.raftAppliedIndex : undefined;
	return {
		...member,
		ordinal,
		status,
		trouble: status ? undefined : whyNoAnswer(own),
		lag: lag !== undefined && lag < 0n ? 0n : lag,
	};
}

function whyNoAnswer(own: Answer | undefined): string {
	if (own?.status) return `in its pod runs member ${own.status.memberId.toString(16)}`;
	return own?.trouble ?? "its pod does not run";
}

const ordinalOfMember = ({ name, peerURLs }: Member, statefulSet: string): number | undefined =>
	ordinalOf(name, statefulSet) ?? ordinalFromURLs(peerURLs, statefulSet);

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
