import type { ClusterView, PodView } from "../../cluster/cluster-view.ts";
import { departedIn } from "../../cluster/histories.ts";
import { namingTemplate } from "../../cluster/join-profile.ts";
import { healthyView } from "../testing/views.ts";
import { isReady } from "./controller.ts";
import type { Core } from "./core.ts";
import { nodeName, podName, revision } from "./names.ts";
import { EtcdEyes } from "./see-etcd.ts";
import { rawStrategy, seeRecord } from "./see-record.ts";
import { seeStorage } from "./see-storage.ts";
import { runsHook, type Setup, sizesOf } from "./setup.ts";
import { containerRuns, FOREIGN, followed, isJoin, NAMED, type Template, type World } from "./world.ts";

/** Looks at a world as the tool would. Made once for a setup: what never changes is kept. */
export class Eyes {
	readonly #setup: Setup;
	readonly #base: ClusterView;
	readonly #first: number;
	readonly #etcd: EtcdEyes;
	#last: { readonly w: World; readonly kubernetes: World; readonly view: ClusterView } | undefined;

	constructor(setup: Setup, core: Core) {
		const largest = Math.max(...sizesOf(setup));
		this.#setup = setup;
		this.#first = setup.firstOrdinal ?? 0;
		const healthy = healthyView({
			members: setup.from,
			nodes: largest + 2,
			firstOrdinal: this.#first,
			podManagementPolicy: setup.policy ?? "Parallel",
			readyAsLearner: setup.readyAsLearner ?? false,
			deletesClaims: setup.deletesClaims ?? false,
			...(setup.volumes === "dynamic" ? { provisioner: "example.com/dynamic" } : {}),
		});
		const notUnderstood = setup.image === "takes-over" ? [INIT] : [];
		const { statefulSet } = healthy;
		this.#base = { ...healthy, statefulSet: { ...statefulSet, etcd: { ...statefulSet.etcd, notUnderstood } } };
		this.#etcd = new EtcdEyes(setup, core, largest + 1);
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
		const record = seeRecord(k, this.#setup, (template) => this.#template(template), base.statefulSet.template);
		const departed = departedIn(record).map((one) => ({ ...one, ordinal: one.ordinal - this.#first }));
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
				record,
				followsTemplate: followed(k) !== k.notes,
				templateState:
					k.notes === undefined || k.template === followed(k)?.template
						? "original"
						: k.notes.joining !== undefined && isJoin(k.template)
							? "joining"
							: "foreign",
			},
			pods,
			...seeStorage(k, this.#setup, base),
			storage: this.#setup.volumes === "none" ? [] : base.storage,
			nodes: base.nodes.map((node, index) => (k.nodes[index] === "up" ? node : { ...node, ready: false })),
			etcd: this.#etcd.see(w, pods, departed),
			snapshotReadable: k.file && k.notes?.snapshot === true,
		};
	}

	/** As far as anything looks at it. */
	#template(template: Template): ClusterView["statefulSet"]["template"] {
		const { etcd, statefulSet } = this.#base;
		const { template: original } = statefulSet;
		if (template === NAMED) return namingTemplate(original, statefulSet.etcd, etcd.members);
		return template === FOREIGN ? { ...original, metadata: { annotations: { edited: "by someone" } } } : original;
	}

	#pod(w: World, slot: number): PodView[] {
		const pod = w.pods[slot];
		if (!pod) return [];
		const runs = containerRuns(pod);
		return [
			{
				ordinal: slot + this.#first,
				name: podName(this.#setup, slot),
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
}

/** What is not understood of a start. */
const INIT = "init container join runs `etcdctl member remove`: it changes who is a member";

/** As a pod's container has it. */
const HOOK = { does: "removes", container: "etcd", quote: "etcdctl member remove", bitnami: false } as const;
