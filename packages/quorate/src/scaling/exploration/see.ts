import type {
	ClaimView,
	CleanerView,
	ClusterView,
	MemberView,
	PodView,
	VolumeView,
} from "../../cluster/cluster-view.ts";
import { namingTemplate } from "../../cluster/join-profile.ts";
import type { LeavingRecord, ScalingRecord } from "../../cluster/scaling-record.ts";
import { onNode } from "../../cluster/volume-place.ts";
import { healthyView, statusOf } from "../testing/views.ts";
import { isReady } from "./controller.ts";
import type { Setup } from "./setup.ts";
import {
	type Cleaner,
	containerRuns,
	FOREIGN,
	followed,
	isJoin,
	isUp,
	NAMED,
	type Notes,
	ORIGINAL,
	type Template,
	type World,
} from "./world.ts";

export const idOf = (slot: number): bigint => BigInt(101 + slot);
export const slotOf = (id: bigint): number => Number(id) - 101;
const STRANGER_ID = 999n;

const BEHIND = 5000n;

/** Looks at a world as the tool would. Made once for a setup: what never changes is kept. */
export class Eyes {
	readonly #setup: Setup;
	readonly #base: ClusterView;
	readonly #first: number;
	readonly #peerURLs: readonly (readonly string[])[];
	readonly #clientURLs: readonly (readonly string[])[];
	#last: { readonly w: World; readonly kubernetes: World; readonly view: ClusterView } | undefined;

	constructor(setup: Setup) {
		this.#setup = setup;
		this.#first = setup.firstOrdinal ?? 0;
		this.#base = healthyView({
			members: setup.from,
			nodes: Math.max(setup.from, setup.to) + 2,
			firstOrdinal: this.#first,
			podManagementPolicy: setup.policy ?? "Parallel",
			readyAsLearner: setup.readyAsLearner ?? false,
			deletesClaims: setup.deletesClaims ?? false,
			...(setup.volumes === "dynamic" ? { provisioner: "example.com/dynamic" } : {}),
		});
		const urls = (port: number) =>
			Array.from({ length: Math.max(setup.from, setup.to) + 1 }, (_, slot) => [
				`http://${this.#podName(slot)}.mayastor-etcd-headless.mayastor.svc.cluster.local:${port}`,
			]);
		this.#peerURLs = urls(2380);
		this.#clientURLs = urls(2379);
	}

	/** @param kubernetes the world as it was when Kubernetes was read: the members are asked later */
	see(w: World, kubernetes: World = w): ClusterView {
		if (this.#last?.w === w && this.#last.kubernetes === kubernetes) return this.#last.view;
		const view = this.#look(w, kubernetes);
		this.#last = { w, kubernetes, view };
		return view;
	}

	#look(w: World, kubernetes: World): ClusterView {
		const k = kubernetes;
		const base = this.#base;
		const pods = k.pods.flatMap((_, slot) => this.#pod(k, slot));
		return {
			...base,
			statefulSet: {
				...base.statefulSet,
				replicas: k.replicas,
				template: this.#template(k.template),
				updateStrategy: { type: this.#setup.strategy ?? "RollingUpdate", partition: k.partition },
				rawUpdateStrategy: rawStrategy(this.#setup, k.partition),
				observed: k.observed,
				currentRevision: revision(k.currentRevision),
				updateRevision: revision(k.updateRevision),
				deleting: k.deleting,
				record: this.#record(k),
				followsTemplate: followed(k) !== k.notes,
				templateState:
					k.notes === undefined || k.template === followed(k)?.template
						? "original"
						: k.notes.joining !== undefined && isJoin(k.template)
							? "joining"
							: "foreign",
			},
			pods,
			claims: this.#setup.volumes === "none" ? [] : k.claims.flatMap((_, slot) => this.#claim(k, slot)),
			volumes:
				(this.#setup.volumes ?? "static") !== "static" ? [] : k.volumes.flatMap((_, slot) => this.#volume(k, slot)),
			cleaners: k.cleaners.flatMap((cleaner, slot) => this.#cleaner(cleaner, slot)),
			storage: this.#setup.volumes === "none" ? [] : base.storage,
			nodes: base.nodes.map((node, slot) =>
				k.nodes[slot] && k.nodes[slot] !== "up" ? { ...node, ready: false } : node,
			),
			etcd: this.#etcd(w, pods),
			snapshotReadable: k.file && k.notes?.snapshot === true,
		};
	}

	/** As far as anything looks at it. */
	#template(template: Template): ClusterView["statefulSet"]["template"] {
		const { etcd, statefulSet } = this.#base;
		return template === NAMED
			? namingTemplate(statefulSet.template, statefulSet.etcd, etcd.members)
			: statefulSet.template;
	}

	#podName = (slot: number): string => `mayastor-etcd-${slot + this.#first}`;
	#claimName = (slot: number): string => `data-mayastor-etcd-${slot + this.#first}`;

	#pod(w: World, slot: number): PodView[] {
		const pod = w.pods[slot];
		if (!pod) return [];
		const runs = containerRuns(pod);
		return [
			{
				ordinal: slot + this.#first,
				name: this.#podName(slot),
				uid: pod.before ? `uid-${slot}` : `uid-${slot}-new`,
				phase: pod.stage === "pending" ? "Pending" : "Running",
				ready: isReady(w, this.#setup, slot),
				terminating: pod.terminating,
				node: pod.stage === "pending" ? undefined : `node-${slot + 1}`,
				revision: revision(pod.template),
				restarts: 0,
				running: runs && !pod.terminating,
				backingOff: pod.stage === "backing-off" && !pod.terminating,
				trouble: undefined,
			},
		];
	}

	#cleaner(cleaner: Cleaner, slot: number): CleanerView[] {
		if (cleaner === "none") return [];
		const task = cleaner === "looking" || cleaner === "looked" || cleaner === "unseen" ? "look" : "empty";
		const claim = this.#claimName(slot);
		const done = cleaner === "looked" || cleaner === "succeeded";
		return [
			{
				pod: `quorate-${task}-${claim}`,
				uid: `uid-${task}-${slot}`,
				claim,
				task,
				node: `node-${slot + 1}`,
				phase: done ? "Succeeded" : cleaner === "looking" || cleaner === "running" ? "Running" : "Failed",
				report: done ? { found: [], refused: undefined, emptied: task === "empty" } : undefined,
				trouble: undefined,
			},
		];
	}

	#claim(w: World, slot: number): ClaimView[] {
		const claim = w.claims[slot];
		if (claim === undefined || claim === "none") return [];
		return [
			{
				ordinal: slot + this.#first,
				template: "data",
				name: this.#claimName(slot),
				uid: `uid-${this.#claimName(slot)}`,
				phase: claim === "pending" ? "Pending" : "Bound",
				volume: w.volumes[slot] === "bound" ? `etcd-volume-${slot + this.#first}` : undefined,
				terminating: claim === "terminating",
			},
		];
	}

	#volume(w: World, slot: number): VolumeView[] {
		const phase = w.volumes[slot];
		const model = this.#base.volumes[0];
		if (!model || phase === undefined || phase === "none") return [];
		const ordinal = slot + this.#first;
		const placedOn = w.placed[slot] ? onNode(this.#base, `node-${slot + 1}`) : undefined;
		return [
			{
				...model,
				name: `etcd-volume-${ordinal}`,
				uid: `uid-etcd-volume-${ordinal}`,
				phase: phase === "available" ? "Available" : phase === "bound" ? "Bound" : "Released",
				claim: { namespace: "mayastor", name: this.#claimName(slot) },
				spec: {
					...model.spec,
					hostPath: { path: `/var/local/mayastor/etcd/pod-${ordinal}`, type: "" },
					...(placedOn ? { nodeAffinity: placedOn } : {}),
				},
			},
		];
	}

	#record(w: World): ScalingRecord | undefined {
		const notes = followed(w);
		if (notes === undefined) return undefined;
		const { joining, rolling, named, leaving, proven, snapshot } = notes;
		return {
			version: 1,
			from: notes.from,
			...(notes.voters === notes.from ? {} : { voters: notes.voters }),
			startedAt: "",
			template: this.#template(notes.template),
			...(named ? { unnamed: this.#base.statefulSet.template } : {}),
			updateStrategy: rawStrategy(this.#setup, notes.partition),
			...(joining === undefined ? {} : { joining: joining + this.#first }),
			...(rolling ? { rolling } : {}),
			...(leaving === undefined ? {} : { leaving: this.#leaving(leaving, notes) }),
			...(notes.emptied.length > 0
				? { emptied: notes.emptied.map((slot) => ({ name: "", uid: `uid-etcd-volume-${slot + this.#first}` })) }
				: {}),
			...(snapshot ? { snapshot: { file: "s.db", revision: "1", sha256: "", takenAt: "" } } : {}),
			...(notes.made.length > 0 ? { volumes: notes.made.map((slot) => `etcd-volume-${slot + this.#first}`) } : {}),
			...(proven === undefined ? {} : { proven: { voters: proven, revision: "1" } }),
		};
	}

	#leaving(slot: number, { located, unused }: Notes): LeavingRecord {
		const name = this.#claimName(slot);
		return {
			ordinal: slot + this.#first,
			...(located ? { node: `node-${slot + 1}` } : {}),
			...(unused ? { unused } : {}),
			member: idOf(slot).toString(16),
			claims: [{ name, uid: `uid-${name}` }],
		};
	}

	#etcd(w: World, pods: readonly PodView[]): ClusterView["etcd"] {
		const asked = new Set(pods.flatMap((pod) => (pod.running ? [pod.ordinal - this.#first] : [])));
		const answers = (slot: number) => asked.has(slot) && isUp(w, slot);
		const { leader } = w;
		const leaderAnswers = leader !== undefined && answers(leader);
		const members: MemberView[] = w.members.flatMap((member, slot) => {
			if (!member) return [];
			const up = answers(slot);
			const behind = w.pods[slot]?.stage === "behind";
			return [
				{
					id: idOf(slot),
					name: member.started ? this.#podName(slot) : "",
					ordinal: slot + this.#first,
					peerURLs: this.#peerURLs[slot] ?? [],
					clientURLs: member.started ? (this.#clientURLs[slot] ?? []) : [],
					isLearner: member.learner,
					status: up
						? { ...statusOf(idOf(slot)), leader: leader === undefined ? 0n : idOf(leader), isLearner: member.learner }
						: undefined,
					trouble: up ? undefined : "does not answer",
					lag: up && leaderAnswers ? (behind ? BEHIND : 0n) : undefined,
				},
			];
		});
		const common = { clusterId: 7n };
		const told = leader !== undefined && members.some((m) => m.status !== undefined && !m.isLearner);
		if (!told)
			return {
				...common,
				trouble: "no voter answers",
				leader: undefined,
				alarms: [],
				members: members.filter((m) => m.status),
			};
		if (w.stranger !== "none")
			members.push({
				id: STRANGER_ID,
				name: "",
				ordinal: undefined,
				peerURLs: ["http://elsewhere:2380"],
				clientURLs: [],
				isLearner: w.stranger === "learner",
				status: undefined,
				trouble: "its pod does not run",
				lag: undefined,
			});
		const alarms = w.alarm ? [{ memberId: idOf(0), type: "NOSPACE" as const }] : [];
		return { ...common, trouble: undefined, leader: idOf(leader), members, alarms };
	}
}

const revision = (template: Template): string =>
	template === ORIGINAL
		? "original"
		: template === NAMED
			? "named"
			: template === FOREIGN
				? "foreign"
				: `join-profile-${template}`;

const rawStrategy = (setup: Setup, partition: number) =>
	setup.strategy === "OnDelete" ? { type: "OnDelete" } : { type: "RollingUpdate", rollingUpdate: { partition } };
