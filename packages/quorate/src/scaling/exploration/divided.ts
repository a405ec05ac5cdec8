import type { ApartPod, ClusterView, MemberView } from "../../cluster/cluster-view.ts";
import type { Answer, Departed } from "../../cluster/histories.ts";
import type { Member } from "../../etcd/member-client.ts";
import { statusOf } from "../testing/views.ts";
import type { Core } from "./core.ts";
import { idOf } from "./ids.ts";
import { isAnswering, isApart, type World } from "./world.ts";

type Etcd = ClusterView["etcd"];

/** Of the cluster that a pod began whose member was taken out. */
const APART = { clusterId: 8n, id: 900n };

/** Entries and revisions of the cluster, and of a member that began one by itself. */
const ALL = { index: 9000n, revision: 1000n };
const FEW = { index: 6n, revision: 2n };

/**
 * What is seen of etcd where the first member has lost its data and answers all the same, or a pod leads a cluster of its own: every pod is asked for its own view, and the
 * core says which of them tell of one history.
 *
 * @param whole as it is seen where one history is told of
 * @param running slots whose pods are asked
 */
export function dividedEtcd(
	w: World,
	core: Core,
	whole: Etcd,
	running: ReadonlySet<number>,
	departed: readonly Departed[],
): Etcd {
	const list = whole.members.map(({ id, name, peerURLs, clientURLs, isLearner }) => ({
		id,
		name,
		peerURLs,
		clientURLs,
		isLearner,
	}));
	const answers = w.members.flatMap((member, slot) =>
		member && running.has(slot) && isAnswering(w, slot) ? [answerOf(w, slot, member.learner, list)] : [],
	);
	for (const slot of w.pods.keys()) if (running.has(slot) && isApart(w, slot)) answers.push(answerApart(slot));
	const sides = core.historiesOf(answers);
	const meant = core.historyMeant(sides, (member, { ordinal }) => member.id === idOf(ordinal ?? -1), departed);
	if (!meant) {
		const trouble = `the pods do not answer from one history, but from ${sides.length}`;
		return { ...whole, trouble, leader: undefined, alarms: [], members: [] };
	}
	const speaker = meant.find(({ status }) => status.leader === status.memberId) ?? meant.find((one) => one.list);
	if (!speaker?.list) return { ...whole, trouble: "no voter answers", leader: undefined, alarms: [], members: [] };
	const told = speaker.list.flatMap(({ id }) => whole.members.filter((one) => one.id === id));
	const members = told.map((one): MemberView => {
		const status = meant.find((answer) => answer.status.memberId === one.id)?.status;
		const lag = status && { lag: speaker.status.raftAppliedIndex - status.raftAppliedIndex };
		return { ...one, status, trouble: status ? undefined : "does not answer", lag: undefined, ...lag };
	});
	const apart = sides.flatMap((side) => (side === meant ? [] : side.map(apartSeen)));
	return { ...whole, trouble: undefined, leader: speaker.status.leader, members, apart };
}

const apartSeen = ({ pod, status: { clusterId, revision } }: Answer): ApartPod => ({
	pod: pod.name,
	ordinal: pod.ordinal,
	clusterId,
	revision,
});

function answerApart(slot: number): Answer {
	const { clusterId, id } = APART;
	const { index, revision } = FEW;
	const status = { ...statusOf(id), clusterId, leader: id, revision, raftIndex: index, raftAppliedIndex: index };
	const url = `http://apart-${slot}:2380`;
	return {
		pod: { name: `pod ${slot}`, ordinal: slot },
		status: { ...status, raftTerm: 2n },
		list: [{ id, name: `pod ${slot}`, peerURLs: [url], clientURLs: [], isLearner: false }],
	};
}

function answerOf(w: World, slot: number, learner: boolean, all: readonly Member[]): Answer {
	const alone = slot === 0 && w.twin === "alone";
	const hollow = slot === 0 && w.twin === "hollow";
	const leader = alone ? idOf(0) : w.leader === undefined ? 0n : idOf(w.leader);
	const behind = w.pods[slot]?.stage === "behind";
	const index = alone ? FEW.index : behind ? ALL.index - 5000n : ALL.index;
	const revision = alone || hollow ? FEW.revision : behind ? ALL.revision - 500n : ALL.revision;
	return {
		pod: { name: `pod ${slot}`, ordinal: slot },
		status: {
			...statusOf(idOf(slot)),
			leader,
			isLearner: learner,
			revision,
			raftIndex: index,
			raftAppliedIndex: index,
			raftTerm: alone ? 2n : 3n,
		},
		list: learner ? undefined : alone ? all.filter(({ id }) => id === idOf(0)) : all,
	};
}
