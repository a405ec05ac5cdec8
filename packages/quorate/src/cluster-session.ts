import type { Duplex } from "node:stream";
import { anySignal } from "./any-signal.ts";
import type { CheckResult } from "./checks/index.ts";
import { findAccess } from "./cluster/access/find-access.ts";
import { memberDialer } from "./cluster/access/member-dialer.ts";
import type { ClusterView } from "./cluster/cluster-view.ts";
import { findCluster, findClusters } from "./cluster/find-cluster.ts";
import { breachOf, describeBreach, historyOf, type RecordedHistory } from "./cluster/history.ts";
import type { HistoryStore } from "./cluster/history-store.ts";
import { type EtcdAccess, MemberConnections } from "./cluster/member-connections.ts";
import { NodeList } from "./cluster/node-list.ts";
import { type ClusterAccess, observe, statefulSetView } from "./cluster/observe.ts";
import { readReferences } from "./cluster/read-references.ts";
import { SecretFiles } from "./cluster/secret-files.ts";
import { pickSource } from "./cluster/snapshot-source.ts";
import { type SavedSnapshot, saveSnapshot } from "./etcd/snapshot/save.ts";
import { createKubernetesClient } from "./kubernetes/http-client.ts";
import { loadKubeconfig } from "./kubernetes/kubeconfig.ts";
import type { Progress } from "./progress.ts";
import { isGood, type Proof } from "./proof/proof.ts";
import type { ScaleEvent } from "./scaling/events.ts";
import { recordedByRun } from "./scaling/lost-history.ts";
import type { ScaleOptions } from "./scaling/options.ts";
import { type Plan, plan } from "./scaling/plan.ts";
import type { Planned } from "./scaling/plan-changed.ts";
import { proveCluster } from "./scaling/prove-cluster.ts";
import { inspect, look, scale } from "./scaling/scale.ts";

/** Which cluster, and how it is reached. */
export interface OpenOptions {
	/** a kubeconfig file. @default as kubectl: KUBECONFIG, ~/.kube/config, the pod's service account */
	kubeconfig?: string;
	/** @default the current context */
	context?: string;
	/** @default the context's */
	namespace?: string;
	/** the StatefulSet. @default the only one in the namespace that runs etcd */
	name?: string;
	/** the container that runs etcd. @default the one that starts it */
	container?: string;
	/** milliseconds that one request to the API server may take. @default 30000 */
	requestTimeoutMs?: number;
	/** TLS and user for etcd itself. @default what the StatefulSet's template and the Secrets that it names tell */
	etcd?: EtcdAccess;
	/** what earlier runs recorded, for scale, check and validate to compare with. @default nothing is remembered between runs */
	histories?: HistoryStore;
	/** told of each request to the API server (without headers and bodies) */
	onRequest?: (request: { method: string; path: string; status: number | undefined; ms: number }) => void;
}

export interface RunOptions {
	/** ends the call; a scaling stops between two changes */
	signal?: AbortSignal;
}

/** One etcd cluster on Kubernetes, reached and ready to be looked at or scaled. Close it when done. */
export class Cluster {
	readonly access: ClusterAccess;

	constructor(access: ClusterAccess) {
		this.access = access;
	}

	get namespace(): string {
		return this.access.namespace;
	}

	get name(): string {
		return this.access.name;
	}

	/** the kubeconfig's; undefined: the service account of the pod that this runs in */
	get context(): string | undefined {
		return this.access.context;
	}

	/** address of the API server */
	get server(): string {
		return this.access.client.server;
	}

	/** As it is now; writes nothing. */
	view(run: RunOptions = {}): Promise<ClusterView> {
		return observe(this.access, { signal: anySignal(run.signal) });
	}

	/** What earlier runs recorded of it; undefined: nothing, or nothing is remembered between runs ({@link OpenOptions.histories}). */
	async recorded({ statefulSet }: Pick<ClusterView, "statefulSet">): Promise<RecordedHistory | undefined> {
		return this.access.histories?.read(statefulSet);
	}

	/**
	 * Everything that there is to check, as it is now or, with `replicas`, for going there. Checks that need what cannot be seen
	 * are skipped. Writes nothing.
	 */
	async check(options: Partial<ScaleOptions> = {}, run: RunOptions = {}): Promise<readonly CheckResult[]> {
		return (await inspect(this.access, options, run.signal)).checks;
	}

	/**
	 * What would be done; writes nothing.
	 *
	 * @param run.onPatience told why, where it is looked again for at most 5 s: members are choosing a leader, or one does not answer
	 */
	async plan(
		options: ScaleOptions,
		run: RunOptions & { onPatience?: (why: string) => void } = {},
	): Promise<{ view: ClusterView; checks: readonly CheckResult[]; plan: Plan }> {
		const { view, goal, checks } = await look(this.access, options, run.signal, run.onPatience);
		return { view, checks, plan: plan(view, goal) };
	}

	/**
	 * Does it, and tells each event on the way; the last is "finished". Leaving the loop early stops between two changes.
	 *
	 * @param run.approved what {@link plan} returned and was agreed to; nothing worse is done. @default what the "planned" event tells
	 * @throws {QuorateError} Refused where a check fails, PlanChanged, Locked, Stopped, TimedOut, Blocked, KeyspaceDiffers, and others
	 */
	scale(options: ScaleOptions, run: RunOptions & { approved?: Planned } = {}): AsyncIterable<ScaleEvent> {
		return scale(this.access, options, run);
	}

	/**
	 * Compares every key on every voter, at one revision, and with what was recorded of the cluster before; changes nothing in it. What it finds is
	 * in the answer, good or bad. A good one is recorded, where anything is ({@link OpenOptions.histories}).
	 *
	 * @param run.values compare values byte for byte, though the members' hashes are equal. @default false
	 * @param run.snapshot a file: none of its keys may be gone without a reason. @default none
	 * @param run.acceptHistory what is there now is recorded instead of what earlier runs recorded. @default false
	 */
	async validate(
		run: RunOptions & {
			values?: boolean;
			snapshot?: string;
			acceptHistory?: boolean;
			onProgress?: (progress: Progress) => void;
		} = {},
	): Promise<Proof> {
		const view = await this.#members(run);
		const { histories } = this.access;
		const remembered = run.acceptHistory ? undefined : await histories?.read(view.statefulSet);
		const recorded = [...recordedByRun(view), ...(remembered ? [remembered] : [])];
		const proof = await proveCluster(this.access, view, { ...run, recorded });
		if (isGood(proof)) {
			await histories?.write(view.statefulSet, proof, "validate");
		}
		return proof;
	}

	/**
	 * Saves a snapshot, and verifies it. Never overwrites.
	 *
	 * @param run.onDoubt told if the members hold less than what was recorded, or something else: what is saved is what there is now
	 * @param run.pod whose member it is of, as that is: even one that knows of no leader. Default: a caught-up voter
	 */
	async saveSnapshot(
		path: string,
		run: RunOptions & {
			onProgress?: (progress: Progress) => void;
			pod?: string;
			onDoubt?: (why: string) => void;
		} = {},
	): Promise<SavedSnapshot> {
		const view = await this.#members(run);
		const source = pickSource(view, run.pod);
		const [now, recorded] = [historyOf(view), await this.recorded(view)];
		const breach = now && recorded && breachOf(now, recorded);
		if (breach) run.onDoubt?.(describeBreach(breach, now, recorded));
		return saveSnapshot(this.access.members.to(source), path, {
			...(run.signal ? { signal: run.signal } : {}),
			onProgress: ({ bytes, total }) => run.onProgress?.({ done: bytes, total, unit: "bytes" }),
		});
	}

	/** As {@link view}, without nodes, volumes and classes, which may be many. */
	#members({ signal }: RunOptions): Promise<ClusterView> {
		return observe(this.access, { signal: anySignal(signal), membersOnly: true });
	}

	/** A byte stream to the etcd of one pod, through the API server. */
	dialPod(pod: string): Promise<Duplex> {
		return this.access.dial(pod);
	}

	close(): void {
		this.access.members.close();
		this.access.client.close();
	}
}

/**
 * Finds the cluster and gets ready to reach its members through the API server's port-forward.
 *
 * @throws {QuorateError} KubeconfigInvalid, Unreachable, Unauthorized, Forbidden, StatefulSetNotFound, StatefulSetAmbiguous, NotEtcd,
 * EtcdAccessUnknown
 */
export async function openCluster(options: OpenOptions = {}, run: RunOptions = {}): Promise<Cluster> {
	const { kubeconfig, context, namespace: wanted, requestTimeoutMs, onRequest, container, histories } = options;
	const config = loadKubeconfig({ kubeconfig, context, namespace: wanted, requestTimeoutMs });
	const client = createKubernetesClient(config, { onRequest });
	try {
		const { namespace } = client;
		const object = await findCluster(client, namespace, options.name, { ...run, container });
		const secrets = new SecretFiles(client, namespace);
		const references = await readReferences(object.spec?.template ?? {}, secrets, run);
		const set = statefulSetView(object, container, references);
		const { dialPod } = memberDialer(client, set.etcd, config.context === undefined);
		const dial = (pod: string) => dialPod(namespace, pod, set.etcd.clientPort);
		const found = await findAccess(set, secrets, options.etcd, run);
		const members = new MemberConnections(dial, found.access);
		return new Cluster({
			client,
			namespace,
			name: set.name,
			...(config.context === undefined ? {} : { context: config.context }),
			dial,
			members,
			found,
			nodes: new NodeList(client),
			...(container ? { container } : {}),
			...(histories ? { histories } : {}),
		});
	} catch (error) {
		client.close();
		throw error;
	}
}

/**
 * Every StatefulSet of every namespace that runs etcd, by namespace and name; {@link openCluster} opens one of them. Reads nothing but their
 * list.
 *
 * @throws {QuorateError} KubeconfigInvalid, Unreachable, Unauthorized, Forbidden
 */
export async function listClusters(
	options: Omit<OpenOptions, "namespace" | "name" | "etcd" | "histories"> = {},
	run: RunOptions = {},
): Promise<{ namespace: string; name: string }[]> {
	const { kubeconfig, context, requestTimeoutMs, onRequest, container } = options;
	const client = createKubernetesClient(loadKubeconfig({ kubeconfig, context, requestTimeoutMs }), { onRequest });
	try {
		return await findClusters(client, { ...run, container });
	} finally {
		client.close();
	}
}
