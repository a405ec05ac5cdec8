import {
	type ClusterView,
	claimName,
	type MemberView,
	memberAt,
	type PodView,
	podAt,
	podName,
	revisionFor,
	voters,
	withoutStayed,
} from "../cluster/cluster-view.ts";
import { joinTemplate, namingTemplate } from "../cluster/join-profile.ts";
import type { ScalingRecord } from "../cluster/scaling-record.ts";
import { onNode } from "../cluster/volume-place.ts";
import { withLeaving } from "./leaving-record.ts";
import { newCleaner, settledStorage } from "./model-storage.ts";
import type { Step } from "./step.ts";

const JOIN_REVISION = "join-profile";
const NAMING_REVISION = "names-all";
const UNNAMED_REVISION = "as-found";

/** The view as it will be once `step` was carried out, and nothing else has happened yet. Pure. */
export function applyStep(view: ClusterView, step: Step): ClusterView {
	const set = view.statefulSet;
	const record = set.record ?? newRecord(view);
	switch (step.kind) {
		case "take-snapshot": {
			const { history: _, ...rest } = record;
			return {
				...withSet(view, {
					record: {
						...rest,
						snapshot: { file: "", revision: "0", sha256: "", takenAt: "" },
						...(step.rolling ? { rolling: step.rolling } : {}),
					},
				}),
				snapshotReadable: true,
			};
		}
		case "create-volume":
			return {
				...withSet(view, { record: { ...record, volumes: [...(record.volumes ?? []), step.volume.name] } }),
				volumes: [
					...view.volumes,
					{
						name: step.volume.name,
						uid: `uid-of-new-${step.volume.name}`,
						phase: "Available",
						terminating: false,
						claim: { namespace: set.namespace, name: step.volume.claim },
						spec: step.volume.spec,
						labels: step.volume.labels,
						annotations: step.volume.annotations,
					},
				],
			};
		case "fence":
			return withSet(view, {
				record: { ...withoutRolling(record), joining: step.ordinal },
				template: joinTemplate(record.template, set.etcd, step.initialCluster),
				templateState: "joining",
				updateStrategy: { ...set.updateStrategy, partition: step.partition },
				currentRevision: set.templateState === "original" ? set.updateRevision : set.currentRevision,
				updateRevision: `${JOIN_REVISION}-${step.ordinal}`,
			});
		case "name-members": {
			const template = namingTemplate(set.template, set.etcd, step.initialCluster);
			return withSet(view, {
				record: { ...unproven(view, record, "forth"), template, unnamed: record.unnamed ?? set.template },
				template,
				updateStrategy: { ...set.updateStrategy, partition: step.partition },
				updateRevision: NAMING_REVISION,
			});
		}
		case "unname-members": {
			const { unnamed, ...rest } = unproven(view, record, "back");
			const template = unnamed ?? rest.template;
			return withSet(view, {
				record: { ...rest, template },
				template,
				updateStrategy: { ...set.updateStrategy, partition: step.partition },
				// what no pod has left yet is the revision that was found
				updateRevision: set.currentRevision === set.updateRevision ? UNNAMED_REVISION : set.currentRevision,
			});
		}
		case "roll-pod": {
			const rolled = withSet(view, {
				record: unproven(view, record, record.rolling ?? "forth"),
				updateStrategy: { ...set.updateStrategy, partition: step.partition },
			});
			return withoutPod(rolled, step.ordinal);
		}
		case "add-learner":
			return withMembers(view, [...view.etcd.members, newLearner(view, step.ordinal, step.peerURLs)]);
		case "raise-replicas":
			return withSet(view, { replicas: step.replicas });
		case "restore-template": {
			const { joining: _, ...rest } = record;
			return withSet(view, {
				record: rest,
				template: record.template,
				templateState: "original",
				updateStrategy: { ...set.updateStrategy, partition: step.partition },
				updateRevision: set.currentRevision,
			});
		}
		case "restart-pod":
			return withoutPod(view, step.ordinal);
		case "promote":
			return withMembers(
				view,
				view.etcd.members.map((m) => (m.id === step.memberId ? { ...m, isLearner: false } : m)),
			);
		case "prove":
			return withSet(view, {
				record: { ...withoutStayed(view, record), proven: { voters: step.voters, revision: "0" } },
			});
		case "move-leader":
			return { ...view, etcd: { ...view.etcd, leader: step.target } };
		case "note-leaving":
			return withSet(view, { record: withLeaving(view, record, step.ordinal) });
		case "look-into-volume":
			return { ...view, cleaners: [...view.cleaners, newCleaner(view, "look", step.claim, step.node)] };
		case "place-volume":
			return {
				...view,
				volumes: view.volumes.map((volume) => {
					const nodeAffinity = onNode(view, step.node);
					return volume.name === step.volume && nodeAffinity
						? { ...volume, spec: { ...volume.spec, nodeAffinity } }
						: volume;
				}),
			};
		case "lower-replicas":
			return withSet(view, {
				replicas: step.replicas,
				record: withLeaving(view, record, set.firstOrdinal + step.replicas),
			});
		case "remove-member": {
			const removed = withMembers(
				view,
				view.etcd.members.filter((m) => m.id !== step.memberId),
			);
			return step.replicas === undefined ? removed : withSet(removed, { replicas: step.replicas });
		}
		case "empty-volume":
			return { ...view, cleaners: [...view.cleaners, newCleaner(view, "empty", step.claim, step.node)] };
		case "remove-cleaner":
			return { ...view, cleaners: view.cleaners.filter(({ pod }) => pod !== step.pod) };
		case "delete-claim": {
			const bound = view.claims.find((claim) => claim.name === step.claim)?.volume;
			const emptied = step.emptied && { emptied: [...(record.emptied ?? []), step.emptied] };
			return {
				...(emptied ? withSet(view, { record: { ...record, ...emptied } }) : view),
				claims: view.claims.filter((claim) => claim.name !== step.claim),
				cleaners: view.cleaners.filter((cleaner) => cleaner.claim !== step.claim),
				volumes: view.volumes.map((v) => (v.name === bound ? { ...v, phase: "Released" } : v)),
			};
		}
		case "delete-volume":
			return { ...view, volumes: view.volumes.filter((v) => v.name !== step.volume) };
		case "restore-strategy":
			return withSet(view, {
				record: undefined,
				updateStrategy: {
					type: set.updateStrategy.type,
					partition: record.updateStrategy.rollingUpdate?.partition ?? 0,
				},
			});
	}
}

/** The view once all that comes by itself has come about: pods made, bound, started and Ready, members caught up. Pure. */
export function settle(view: ClusterView): ClusterView {
	const set = view.statefulSet;
	const ordinals = Array.from({ length: set.replicas }, (_, index) => set.firstOrdinal + index);
	const fit = view.nodes.filter((n) => n.ready && n.schedulable);
	const free = fit.filter((n) => !view.pods.some((p) => p.node === n.name));
	const shared = view.oneNodeEach ? undefined : fit[0];
	const pods = ordinals.map((ordinal): PodView => {
		const found = podAt(view, ordinal);
		const made = found?.terminating ? undefined : found;
		const revision = made?.revision ?? revisionFor(view, ordinal);
		const member = memberAt(view, ordinal);
		const gated = revision.startsWith(JOIN_REVISION) || (member?.isLearner === true && !set.etcd.readyAsLearner);
		return {
			ordinal,
			name: podName(set, ordinal),
			uid: made?.uid ?? `uid-${ordinal}-${revision}`,
			phase: "Running",
			ready: !gated,
			terminating: false,
			node: found?.node ?? volumeNode(view, ordinal) ?? (free.shift() ?? shared)?.name,
			revision,
			restarts: made?.restarts ?? 0,
			running: true,
			// nothing it could start is a member's
			backingOff: member === undefined,
			trouble: undefined,
		};
	});
	const leader = view.etcd.members.find((m) => m.id === view.etcd.leader) ?? voters(view).find((m) => m.status);
	const members = view.etcd.members.map((member): MemberView => {
		const pod = pods.find((p) => p.ordinal === member.ordinal);
		if (!pod || !leader?.status) return { ...member, status: undefined, lag: undefined };
		return {
			...member,
			name: pod.name,
			status: { ...leader.status, memberId: member.id, isLearner: member.isLearner },
			trouble: undefined,
			lag: 0n,
		};
	});
	const storage = settledStorage(view, pods);
	const rolled = set.templateState === "original" && pods.every(({ revision }) => revision === set.updateRevision);
	const currentRevision = rolled && set.updateStrategy.type !== "OnDelete" ? set.updateRevision : set.currentRevision;
	return {
		...withMembers(withSet(view, { observed: true, currentRevision }), members),
		pods,
		...storage,
		cleaners: view.cleaners.map((cleaner) => ({
			...cleaner,
			phase: "Succeeded",
			report: { found: [], refused: undefined, emptied: cleaner.task === "empty" },
		})),
	};
}

function volumeNode(view: ClusterView, ordinal: number): string | undefined {
	const claims = view.storage.map(({ template }) => claimName(view.statefulSet, template, ordinal));
	const volume = view.volumes.find((v) => v.claim !== undefined && claims.includes(v.claim.name));
	return volume?.spec.nodeAffinity?.required?.nodeSelectorTerms[0]?.matchExpressions?.[0]?.values?.[0];
}

/** Its pod is gone, and so its member does not answer. */
function withoutPod(view: ClusterView, ordinal: number): ClusterView {
	const members = view.etcd.members.map((m) =>
		m.ordinal === ordinal ? { ...m, status: undefined, lag: undefined } : m,
	);
	return { ...withMembers(view, members), pods: view.pods.filter((pod) => pod.ordinal !== ordinal) };
}

function unproven(
	view: ClusterView,
	{ proven: _, ...record }: ScalingRecord,
	rolling: "forth" | "back",
): ScalingRecord {
	return { ...record, rolling, voters: voters(view).length };
}

const withoutRolling = ({ rolling: _, ...record }: ScalingRecord): ScalingRecord => record;

function newRecord(view: ClusterView): ScalingRecord {
	const { statefulSet } = view;
	const count = voters(view).length;
	return {
		version: 1,
		from: statefulSet.replicas,
		...(count === statefulSet.replicas ? {} : { voters: count }),
		startedAt: "",
		template: statefulSet.template,
		updateStrategy: statefulSet.rawUpdateStrategy,
	};
}

function newLearner(view: ClusterView, ordinal: number, peerURLs: readonly string[]): MemberView {
	const taken = new Set(view.etcd.members.map((member) => member.id));
	let id = 1n;
	while (taken.has(id)) id++;
	return {
		id,
		name: "",
		ordinal,
		peerURLs,
		clientURLs: [],
		isLearner: true,
		status: undefined,
		trouble: "not started",
		lag: undefined,
	};
}

function withSet(view: ClusterView, change: Partial<ClusterView["statefulSet"]>): ClusterView {
	return { ...view, statefulSet: { ...view.statefulSet, ...change } };
}

function withMembers(view: ClusterView, members: readonly MemberView[]): ClusterView {
	return { ...view, etcd: { ...view.etcd, members } };
}
