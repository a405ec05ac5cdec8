import { type ClusterView, quorum, tolerance, voters } from "../../cluster/cluster-view.ts";
import { type MemberElsewhere, membersElsewhere } from "../../cluster/members-elsewhere.ts";
import { type Verdict, verdictOf } from "../../cluster/verdict.ts";
import { type MemberRow, memberHealth, memberRows, memberTrouble } from "../render/member-health.ts";
import { versionsOf } from "../render/status-text.ts";
import { compact, document, id } from "./document.ts";

export function clusterStatus(view: ClusterView, server: string, verdict: Verdict | undefined = verdictOf(view)) {
	const { statefulSet: set, etcd } = view;
	const count = voters(view).length;
	const elsewhere = membersElsewhere(view);
	const known = etcd.trouble === undefined || etcd.listedByOne === true;
	return document("ClusterStatus", {
		namespace: set.namespace,
		name: set.name,
		server,
		verdict: verdict ?? { kind: "ok" },
		etcd: compact({
			trouble: etcd.trouble,
			clusterId: etcd.clusterId === 0n ? undefined : id(etcd.clusterId),
			versions: versionsOf(view),
			image: set.etcd.image,
			leader: etcd.leader === undefined ? undefined : id(etcd.leader),
			...(known
				? { voters: count, learners: etcd.members.length - count, quorum: quorum(count), tolerance: tolerance(view) }
				: {}),
			alarms:
				etcd.trouble === undefined
					? etcd.alarms.map(({ memberId, type }) => ({ memberId: id(memberId), type }))
					: undefined,
			sides: etcd.sides?.map(({ pods, clusterId, voters, term, index, revision }) =>
				compact({
					pods,
					clusterId: id(clusterId),
					voters,
					...{ term: Number(term), index: Number(index), revision: Number(revision) },
				}),
			),
			apart: etcd.apart?.map(({ pod, clusterId, revision }) => ({
				pod,
				clusterId: id(clusterId),
				revision: Number(revision),
			})),
			members: memberRows(view).flatMap((row) => memberOf(row, view, elsewhere)),
		}),
		statefulSet: compact({
			replicas: set.replicas,
			firstOrdinal: set.firstOrdinal,
			podManagementPolicy: set.podManagementPolicy,
			updateStrategy: set.updateStrategy,
			observed: set.observed,
			currentRevision: set.currentRevision,
			updateRevision: set.updateRevision,
			managedBy: set.managedBy,
		}),
		pods: view.pods.map((pod) =>
			compact({
				name: pod.name,
				ordinal: pod.ordinal,
				phase: pod.phase,
				ready: pod.ready,
				terminating: pod.terminating,
				node: pod.node,
				restarts: pod.restarts,
				volumes: view.claims.filter((c) => c.ordinal === pod.ordinal).flatMap(({ volume }) => volume ?? []),
				trouble: pod.trouble,
			}),
		),
		storage: view.storage.map(({ template, className, provisioner, accessModes, request }) =>
			compact({ template, className, provisioner, accessModes, request }),
		),
		...scaling(view),
	});
}

function memberOf({ member, pod }: MemberRow, view: ClusterView, elsewhere: readonly MemberElsewhere[]) {
	if (!member) return [];
	const { status } = member;
	return [
		compact({
			id: id(member.id),
			name: member.name,
			pod: pod?.name,
			owner: elsewhere.find((one) => one.member === member)?.owner,
			role: member.isLearner ? "learner" : member.id === view.etcd.leader ? "leader" : "voter",
			health: memberHealth(member),
			trouble: memberTrouble(member, pod),
			version: status?.version,
			dbSize: number(status?.dbSize),
			dbSizeInUse: number(status?.dbSizeInUse),
			revision: number(status?.revision),
			raftTerm: number(status?.raftTerm),
			raftIndex: number(status?.raftIndex),
			raftAppliedIndex: number(status?.raftAppliedIndex),
			lag: number(member.lag),
			peerURLs: member.peerURLs,
			clientURLs: member.clientURLs,
		}),
	];
}

const number = (value: bigint | undefined) => (value === undefined ? undefined : Number(value));

function scaling({ statefulSet: { record } }: ClusterView) {
	if (!record) return {};
	const { from, startedAt, goal, joining, snapshot, proven } = record;
	return {
		scaling: compact({
			from,
			startedAt,
			goal,
			joining,
			snapshot: snapshot && { ...snapshot, revision: Number(snapshot.revision) },
			proven: proven && { ...proven, revision: Number(proven.revision) },
		}),
	};
}
