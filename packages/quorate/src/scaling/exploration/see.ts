import type { VolumeNodeAffinity } from "kubernetes-types/core/v1";
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
import type { Goal } from "../goal.ts";
import { healthyView, statusOf } from "../testing/views.ts";
import { isReady } from "./controller.ts";
import type { Core } from "./core.ts";
import { dividedEtcd } from "./divided.ts";
import { idOf, STRANGER_ID } from "./ids.ts";
import { rollsPods, runsHook, type Setup, sizesOf } from "./setup.ts";
import type { Cleaner } from "./visits.ts";
import {
	containerRuns,
	FOREIGN,
	followed,
	isJoin,
	isUp,
	type Leaving,
	NAMED,
	ORIGINAL,
	type Template,
	type Wish,
	type World,
} from "./world.ts";

export const ONE_PATH = "/data/etcd";
const CLUSTER = 7n;
const BEHIND = 5000n;

/** Looks at a world as the tool would. Made once for a setup: what never changes is kept. */
export class Eyes {
	readonly #setup: Setup;
	readonly #core: Core;
	readonly #base: ClusterView;
	readonly #first: number;
	readonly #peerURLs: readonly (readonly string[])[];
	readonly #clientURLs: readonly (readonly string[])[];
	#last: { readonly w: World; readonly kubernetes: World; readonly view: ClusterView } | undefined;

	constructor(setup: Setup, core: Core) {
		this.#setup = setup;
		this.#core = core;
		this.#first = setup.firstOrdinal ?? 0;
		this.#base = healthyView({
			members: setup.from,
			nodes: Math.max(...sizesOf(setup)) + 2,
			firstOrdinal: this.#first,
			podManagementPolicy: setup.policy ?? "Parallel",
			readyAsLearner: setup.readyAsLearner ?? false,
			deletesClaims: setup.deletesClaims ?? false,
			...(setup.volumes === "dynamic" ? { provisioner: "example.com/dynamic" } : {}),
		});
		const urls = (port: number) =>
			Array.from({ length: Math.max(...sizesOf(setup)) + 1 }, (_, slot) => [
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
			volumes: k.follows ? [] : [...k.volumes.flatMap((_, slot) => this.#volume(k, slot)), ...this.#neighbours()],
			cleaners: k.cleaners.flatMap((cleaners, slot) => cleaners.map((cleaner) => this.#cleaner(cleaner, slot))),
			storage: this.#setup.volumes === "none" ? [] : base.storage,
			nodes: base.nodes.map((node, index) => (k.nodes[index] === "up" ? node : { ...node, ready: false })),
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
				node: pod.stage === "pending" ? undefined : nodeName(w.at[slot] ?? slot),
				revision: revision(pod.template),
				restarts: 0,
				running: runs && !pod.terminating,
				backingOff: pod.stage === "backing-off" && !pod.terminating,
				trouble: undefined,
				...(runsHook(this.#setup, pod) ? { stopHooks: [HOOK] } : {}),
			},
		];
	}

	#cleaner({ task, phase, node, report }: Cleaner, slot: number): CleanerView {
		const claim = this.#claimName(slot);
		const seen = { found: [], refused: report === "refused" ? "other data" : undefined, emptied: report === "emptied" };
		return {
			pod: `quorate-${task}-${claim}`,
			uid: `uid-${task}-${slot}`,
			claim,
			task,
			madeFor: this.#base.statefulSet,
			node: node < 0 ? undefined : nodeName(node),
			phase: CLEANER_PHASES[phase],
			report: report === "none" ? undefined : seen,
			trouble: undefined,
		};
	}

	#claim(w: World, slot: number): ClaimView[] {
		const claim = w.claims[slot];
		if (claim === undefined || claim === "none") return [];
		return [
			{
				ordinal: slot + this.#first,
				template: "data",
				name: this.#claimName(slot),
				uid: claimUid(w, this.#setup, slot),
				phase: claim === "pending" ? "Pending" : "Bound",
				volume: w.volumes[slot] === "bound" ? this.#volumeName(w, slot) : undefined,
				terminating: claim === "terminating",
			},
		];
	}

	#volume(w: World, slot: number): VolumeView[] {
		const phase = w.volumes[slot];
		const model = this.#base.volumes[0];
		if (!model || phase === undefined || phase === "none") return [];
		return [
			{
				...model,
				name: this.#volumeName(w, slot),
				uid: volumeUid(w, this.#setup, slot),
				phase: phase === "available" ? "Available" : phase === "bound" ? "Bound" : "Released",
				claim: { namespace: "mayastor", name: this.#claimName(slot) },
				spec: {
					...model.spec,
					hostPath: { path: this.#path(w.numbers[slot] ?? slot), type: "" },
					...((w.bound[slot] ?? -1) < 0 ? {} : this.#onNode(w.bound[slot] ?? 0)),
				},
			},
		];
	}

	#path = (slot: number): string =>
		this.#setup.onePath ? ONE_PATH : `/var/local/mayastor/etcd/pod-${slot + this.#first}`;

	#onNode(node: number): { nodeAffinity?: VolumeNodeAffinity } {
		const nodeAffinity = onNode(this.#base, nodeName(node));
		return nodeAffinity ? { nodeAffinity } : {};
	}

	/** A volume of another namespace. */
	#neighbours(): VolumeView[] {
		const model = this.#base.volumes[0];
		if (!this.#setup.neighbour || !model) return [];
		const slot = this.#setup.from;
		const hostPath = { path: this.#path(slot), type: "" };
		const claim = { namespace: "elsewhere", name: `data-etcd-${slot}` };
		return [
			{
				...model,
				name: "elsewhere-0",
				uid: "uid-elsewhere",
				claim,
				labels: {},
				spec: { ...model.spec, hostPath, ...this.#onNode(slot) },
			},
		];
	}

	#volumeName = (w: World, slot: number): string => `etcd-volume-${(w.numbers[slot] ?? slot) + this.#first}`;

	#record(w: World): ScalingRecord | undefined {
		const notes = followed(w);
		if (notes === undefined) return undefined;
		const { joining, rolling, named, leaving, proven, snapshot } = notes;
		return {
			version: 1,
			from: notes.from,
			...(notes.voters === notes.from ? {} : { voters: notes.voters }),
			startedAt: "",
			...(notes.goal ? { goal: this.#goal(notes.goal) } : {}),
			template: this.#template(notes.template),
			...(named ? { unnamed: this.#base.statefulSet.template } : {}),
			updateStrategy: rawStrategy(this.#setup, notes.partition),
			...(joining === undefined ? {} : { joining: joining + this.#first }),
			...(rolling ? { rolling } : {}),
			...(leaving ? { leaving: this.#leaving(leaving) } : {}),
			...(notes.emptied.length > 0 ? { emptied: notes.emptied.map((volume) => this.#emptied(volume)) } : {}),
			...(snapshot ? { snapshot: { file: "s.db", revision: "1", sha256: "", takenAt: "" } } : {}),
			...(notes.made.length > 0 ? { volumes: notes.made.map((slot) => this.#volumeName(w, slot)) } : {}),
			...(proven === undefined ? {} : { proven: { voters: proven, revision: "1" } }),
		};
	}

	/** As it was written down when the run began. */
	#goal({ replicas, keep, discard, takesBack }: Wish): Goal {
		return {
			replicas,
			snapshot: !takesBack,
			force: true,
			...(keep ? { keepVolumes: true } : {}),
			...(discard ? { discardVolumes: true } : {}),
			...(takesBack ? { takesBack } : {}),
			...(takesBack || !rollsPods(this.#setup) ? {} : { rollOut: this.#setup.naming ? "initial-cluster" : "template" }),
			...(this.#setup.onePath && !takesBack ? { volumes: { path: ONE_PATH } } : {}),
		};
	}

	#leaving({ slot, node, learner, unused, claim }: Leaving): LeavingRecord {
		const name = this.#claimName(slot);
		return {
			ordinal: slot + this.#first,
			...(node < 0 ? {} : { node: nodeName(node) }),
			...(learner ? { learner } : {}),
			...(unused ? { unused } : {}),
			member: idOf(slot).toString(16),
			cluster: CLUSTER.toString(16),
			claims: claim === "none" ? [] : [{ name, uid: uidOf("claim", slot + this.#first, claim === "first") }],
		};
	}

	#emptied(volume: number): { name: string; uid: string } {
		const ordinal = (volume >> 1) + this.#first;
		return { name: "", uid: uidOf("volume", ordinal, volume % 2 === 0) };
	}

	#etcd(w: World, pods: readonly PodView[]): ClusterView["etcd"] {
		const asked = new Set(pods.flatMap((pod) => (pod.running ? [pod.ordinal - this.#first] : [])));
		const whole = this.#whole(w, asked);
		return w.twin === "none" ? whole : dividedEtcd(w, this.#core, whole, asked);
	}

	#whole(w: World, asked: ReadonlySet<number>): ClusterView["etcd"] {
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
		const common = { clusterId: CLUSTER };
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
				name: w.stranger === "voter" ? "elsewhere" : "",
				ordinal: undefined,
				peerURLs: ["http://elsewhere:2380"],
				clientURLs: [],
				isLearner: w.stranger === "learner",
				status: w.stranger === "voter" ? { ...statusOf(STRANGER_ID), leader: idOf(leader) } : undefined,
				trouble: w.stranger === "voter" ? undefined : "its pod does not run",
				lag: w.stranger === "voter" ? 0n : undefined,
			});
		const alarms = w.alarm ? [{ memberId: idOf(0), type: "NOSPACE" as const }] : [];
		return { ...common, trouble: undefined, leader: idOf(leader), members, alarms };
	}
}

export const LATER = "-later";
const uidOf = (what: string, ordinal: number, first: boolean): string => `uid-${what}-${ordinal}${first ? "" : LATER}`;

export const claimUid = (w: World, { firstOrdinal = 0 }: Setup, slot: number): string =>
	uidOf("claim", slot + firstOrdinal, (w.firstClaims & (1 << slot)) !== 0);

export const volumeUid = (w: World, { firstOrdinal = 0 }: Setup, slot: number): string =>
	uidOf("volume", slot + firstOrdinal, (w.firstVolumes & (1 << slot)) !== 0);

/** As a pod's container has it. */
const HOOK = { does: "removes", container: "etcd", quote: "etcdctl member remove", bitnami: false } as const;

const nodeName = (node: number): string => `node-${node + 1}`;

const CLEANER_PHASES = { running: "Running", succeeded: "Succeeded", failed: "Failed" } as const;

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
