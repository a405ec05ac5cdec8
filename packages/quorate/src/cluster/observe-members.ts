import { setTimeout as sleep } from "node:timers/promises";
import type { CallOptions, Member, MemberStatus } from "../etcd/member-client.ts";
import { type Asked, askMembers, isOutside, messageOf, type PodsToAsk } from "./ask-members.ts";
import {
	type ApartPod,
	type EtcdView,
	type MemberView,
	type OutsidePod,
	ordinalOf,
	type PodView,
	type SideView,
} from "./cluster-view.ts";
import { apartText, type Departed, historiesOf, historyMeant, sideText, sideView } from "./histories.ts";
import type { MemberConnections } from "./member-connections.ts";

/** Milliseconds that one member may take to say how it is. */
const STATUS_TIMEOUT = 3000;

/** Milliseconds after which members that seem to disagree are asked again: a new leader or a new member is known to all by then. */
const SECOND_LOOK = 500;

type Answering = Asked & { status: MemberStatus; list: readonly Member[] | undefined };

export interface ObserveMembersOptions {
	readonly signal?: AbortSignal;
	/** other pods of the namespace, of which members may be, too. @default none */
	readonly others?: readonly OutsidePod[];
	/** members that an unfinished run took out. @default none */
	readonly departed?: readonly Departed[];
	/** milliseconds. @default 500 */
	readonly secondLook?: number;
}

/** Asks every pod's etcd how it is and whom it lists, and the leader (or another voter) who is a member. */
export async function observeMembers(
	connections: MemberConnections,
	pods: readonly PodView[],
	statefulSet: string,
	{ signal, others = [], departed = [], secondLook = SECOND_LOOK }: ObserveMembersOptions,
): Promise<EtcdView> {
	const call = { ...(signal ? { signal } : {}), timeoutMs: STATUS_TIMEOUT };
	const toAsk: PodsToAsk = { own: pods, others };
	const view = (answers: readonly Asked[]) => new Answers(answers, toAsk, statefulSet);
	let answers = await askMembers(connections, toAsk, call);
	let sides = historiesOf(answering(answers));
	if (sides.length > 1) {
		await sleep(secondLook, undefined, call);
		const before = answering(answers);
		answers = await askMembers(connections, toAsk, call);
		sides = historiesOf(answering(answers), before);
	}
	signal?.throwIfAborted();
	const isOf = (member: Member, pod: { ordinal?: number }) =>
		pod.ordinal !== undefined && view([]).ordinalOf(member) === pod.ordinal;
	const meant = historyMeant(sides, isOf, departed);
	if (!meant) {
		return divided(view(answers), sides.map(sideView));
	}
	const apart = apartFrom(sides, meant);
	const told = view(answers.map((one) => ofAnother(one, apart)));
	const etcd = await askMeant(meant, told, noAnswer(answers, pods), connections, call);
	return apart.length > 0 ? { ...etcd, apart } : etcd;
}

/** @param silence why none of them answers, where that is so */
async function askMeant(
	meant: readonly Answering[],
	told: Answers,
	silence: string,
	connections: MemberConnections,
	call: CallOptions,
): Promise<EtcdView> {
	const asked = leaderFirst(meant);
	let trouble = meant.length === 0 ? silence : undefined;
	// one that knows no leader cannot say what a quorum knows
	for (const one of asked.filter(({ status }) => status.leader !== 0n)) {
		try {
			return await listedBy(one, connections, told, asked.find(isLeader)?.status, call);
		} catch (error) {
			call.signal?.throwIfAborted();
			trouble ??= `${one.pod.name} cannot list the members: ${messageOf(error)}`;
		}
	}
	return withoutQuorum(told, asked, trouble ?? "no voter answers");
}

const answering = (answers: readonly Asked[]): Answering[] =>
	answers.flatMap((one) => (one.status ? [{ ...one, status: one.status, list: one.list }] : []));

const isLeader = ({ status }: Answering): boolean => status.leader !== 0n && status.leader === status.memberId;

/** The leader's list is the newest; learners have none. */
const leaderFirst = (answering: readonly Answering[]): Answering[] => [
	...answering.filter(isLeader),
	...answering.filter((one) => !isLeader(one) && !one.status.isLearner),
];

function apartFrom(sides: readonly Answering[][], meant: readonly Answering[]): ApartPod[] {
	return sides
		.filter((side) => side !== meant)
		.flatMap((side) => {
			const { clusterId, revision } = sideView(side);
			return side.map(({ pod }) => ({ pod: pod.name, ordinal: pod.ordinal, clusterId, revision }));
		});
}

/** What a member of another history says is not said by the member that is meant. */
function ofAnother(one: Asked, apart: readonly ApartPod[]): Asked {
	const other = apart.find(({ pod }) => pod === one.pod.name);
	return other ? { pod: one.pod, trouble: `its pod began a cluster of its own (${apartText(other)})` } : one;
}

async function listedBy(
	{ pod, status }: Answering,
	connections: MemberConnections,
	answers: Answers,
	leader: MemberStatus | undefined,
	call: CallOptions,
): Promise<EtcdView> {
	const client = connections.to(pod);
	const [list, alarms] = await Promise.all([client.memberList(call), client.alarmList(call)]);
	return {
		trouble: undefined,
		clusterId: list.clusterId,
		leader: leader?.memberId ?? (status.leader || undefined),
		members: list.members.map((member) => answers.member(member, leader)),
		alarms,
	};
}

/** What one member lists by itself; of several, the one that has applied most. */
function withoutQuorum(answers: Answers, asked: readonly Answering[], trouble: string): EtcdView {
	const [newest] = asked
		.filter(({ list = [] }) => list.length > 0)
		.sort((one, other) => (one.status.raftAppliedIndex < other.status.raftAppliedIndex ? 1 : -1));
	if (!newest?.list) {
		return { ...answers.onlyAnswering(), trouble };
	}
	return {
		trouble: newest.status.leader === 0n ? noQuorum(newest.list, answers) : trouble,
		clusterId: newest.status.clusterId,
		leader: undefined,
		alarms: [],
		listedByOne: true,
		members: newest.list.map((member) => answers.member(member, undefined)),
	};
}

function noQuorum(list: readonly Member[], answers: Answers): string {
	const voters = list.filter(({ isLearner }) => !isLearner).map((member) => answers.member(member, undefined));
	const up = voters.filter(({ status }) => status).length;
	const needed = Math.floor(voters.length / 2) + 1;
	return up < needed
		? `quorum is lost: ${up} of ${voters.length} members ${up === 1 ? "answers" : "answer"}, ${needed} needed`
		: `there is no leader, though ${up} of ${voters.length} members answer`;
}

function divided(answers: Answers, sides: readonly SideView[]): EtcdView {
	const told = sides.map((side) => `${side.pods.join(", ")} (${sideText(side)})`);
	const trouble = sides.every(({ alone }) => alone)
		? `each pod runs an etcd of its own, not one cluster: ${told.join("; ")}`
		: `the pods do not answer from one history, but from ${sides.length}: ${told.join("; ")}`;
	return { ...answers.onlyAnswering(), trouble, sides };
}

/** What was said, by member. */
class Answers {
	readonly #all: readonly Asked[];
	readonly #pods: PodsToAsk;
	readonly #set: string;

	constructor(all: readonly Asked[], pods: PodsToAsk, set: string) {
		this.#all = all;
		this.#pods = pods;
		this.#set = set;
	}

	/** By its name or peer URL; one of another name is that of the pod that answers as it. */
	ordinalOf(member: Pick<Member, "name" | "peerURLs"> & { id?: bigint }): number | undefined {
		const named = ordinalOf(member.name, this.#set) ?? ordinalFromURLs(member.peerURLs, this.#set);
		if (named !== undefined || member.id === undefined) return named;
		const own = this.#all.filter(({ pod, status }) => pod.ordinal !== undefined && status?.memberId === member.id);
		return own.length === 1 ? own[0]?.pod.ordinal : undefined;
	}

	member(member: Member, leader: MemberStatus | undefined): MemberView {
		const ordinal = this.ordinalOf(member);
		const outside = ordinal === undefined ? this.#pods.others.find((pod) => isOutside(member, pod)) : undefined;
		const own = this.#all.find(({ pod }) =>
			ordinal === undefined ? pod.name === outside?.name : pod.ordinal === ordinal,
		);
		// what runs in another pod than its name says must not count as well: by its name it would lose its pod
		const status = own?.status?.memberId === member.id ? own.status : undefined;
		const lag = leader && status ? leader.raftAppliedIndex - status.raftAppliedIndex : undefined;
		return {
			...member,
			ordinal,
			...(outside ? { outside } : {}),
			status,
			trouble: status ? undefined : whyNoAnswer(own),
			lag: lag !== undefined && lag < 0n ? 0n : lag,
		};
	}

	/** As members, for want of a list. */
	onlyAnswering(): Omit<EtcdView, "trouble"> {
		const members = this.#all.flatMap(({ pod, status }) =>
			status
				? [
						this.member(
							{ id: status.memberId, name: pod.name, peerURLs: [], clientURLs: [], isLearner: status.isLearner },
							undefined,
						),
					]
				: [],
		);
		const clusterId = this.#all.find(({ status }) => status)?.status?.clusterId ?? 0n;
		return { clusterId, leader: undefined, alarms: [], members };
	}
}

function whyNoAnswer(own: Asked | undefined): string {
	if (own?.status) return `in its pod runs member ${own.status.memberId.toString(16)}`;
	return own?.trouble ?? "its pod does not run";
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

function noAnswer(answers: readonly Asked[], pods: readonly PodView[]): string {
	const first = answers.find((a) => a.trouble !== undefined);
	if (first) return `${first.pod.name} does not answer: ${first.trouble}`;
	return pods.length === 0 ? "there are no pods" : "no pod runs etcd";
}
