import type { Node as NodeDraft, PersistentVolume, Pod as PodDraft } from "kubernetes-types/core/v1";
import type { Api } from "../../api/api.ts";
import { bootstrap } from "../../api/bootstrap.ts";
import { serveCustomResources } from "../../api/custom/serving.ts";
import { inProcessApi } from "../../api/in-process.ts";
import { KINDS } from "../../api/kinds/index.ts";
import { Registry } from "../../api/machinery/registry.ts";
import { Resources } from "../../api/machinery/resources.ts";
import { Store } from "../../api/machinery/store.ts";
import { EVENTS, NODES, PERSISTENTVOLUMES, PODS } from "../../api/resources.ts";
import { type ControllerOptions, startControllers } from "../index.ts";
import type { Pod } from "../stored.ts";

/** The real API machinery, without HTTPS around it. */
export function newApi(): Api {
	const registry = new Registry();
	for (const kind of KINDS) registry.add(kind);
	const resources = new Resources(new Store(), registry);
	const api = inProcessApi(resources);
	bootstrap(api);
	serveCustomResources(resources);
	return api;
}

/** An API with all controllers; `settle` waits until they have nothing more to do. */
export class TestCluster {
	readonly api = newApi();
	readonly errors: string[] = [];
	readonly #controllers: { stop(): void };
	#kubelet: (() => void) | undefined;

	constructor(options: ControllerOptions = {}) {
		this.#controllers = startControllers(this.api, {
			onError: (controller, key, error) => this.errors.push(`${controller} ${key}: ${error}`),
			...options,
		});
	}

	/** Turns of the event loop until none has written anything for a while. */
	async settle(): Promise<void> {
		let written = 0;
		const stops = KINDS.filter(({ answer }) => !answer).map(({ group, version, plural }) =>
			this.api.watch({ group, version, resource: plural }, () => {
				written++;
			}),
		);
		for (let quiet = 0, seen = -1; quiet < 12; quiet = written === seen ? quiet + 1 : 0, seen = written) {
			seen = written;
			await new Promise((resolve) => setImmediate(resolve));
		}
		for (const stop of stops) stop();
	}

	addNodes(count: number, labels: (index: number) => Record<string, string> = () => ({})): void {
		for (let index = 1; index <= count; index++) {
			const name = `node-${index}`;
			const host = { "kubernetes.io/hostname": name, "kubernetes.io/os": "linux" };
			this.api.create<NodeDraft>(NODES, {
				apiVersion: "v1",
				kind: "Node",
				metadata: { name, labels: { ...host, ...labels(index) } },
			});
			this.setNodeReady(name, "True");
		}
	}

	setNodeReady(name: string, status: string): void {
		this.api.modify<NodeDraft & { status?: NodeDraft["status"] }>(
			NODES,
			undefined,
			name,
			(copy) => {
				const time = new Date().toISOString();
				Object.assign(copy, {
					status: {
						allocatable: { cpu: "4", memory: "8Gi", pods: "110" },
						conditions: [{ type: "Ready", status, lastHeartbeatTime: time, lastTransitionTime: time }],
					},
				});
			},
			"status",
		);
	}

	addVolume(name: string, spec: Partial<NonNullable<PersistentVolume["spec"]>> = {}): void {
		this.api.create<PersistentVolume>(PERSISTENTVOLUMES, {
			apiVersion: "v1",
			kind: "PersistentVolume",
			metadata: { name },
			spec: {
				accessModes: ["ReadWriteOnce"],
				capacity: { storage: "2Gi" },
				hostPath: { path: `/var/local/${name}` },
				storageClassName: "manual",
				persistentVolumeReclaimPolicy: "Delete",
				...spec,
			},
		});
	}

	addPod(name: string, spec: Partial<NonNullable<PodDraft["spec"]>> = {}, labels: Record<string, string> = {}): void {
		this.api.create<PodDraft>(PODS, {
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name, namespace: "default", labels },
			spec: { containers: [{ name: "c", image: "etcd" }], ...spec },
		});
	}

	pod(name: string): Pod | undefined {
		return this.api.get<Pod>(PODS, "default", name);
	}

	/** Stands in for a kubelet: what is scheduled runs and is Ready at once, what terminates is gone at once. */
	startKubelet(isReady: (pod: Pod) => boolean = () => true): void {
		this.#kubelet = this.api.watch<Pod>(PODS, ({ type, object: pod }) => {
			if (type === "DELETED" || !pod.spec?.nodeName) return;
			if (pod.metadata.deletionTimestamp) this.endPod(pod.metadata.name);
			else if (pod.status?.phase === "Pending") this.runPod(pod.metadata.name, isReady(pod));
		});
	}

	endPod(name: string): void {
		if (this.pod(name)) this.api.delete(PODS, "default", name, { gracePeriodSeconds: 0 });
	}

	#addresses = 1;

	runPod(name: string, ready = true, phase = "Running"): void {
		this.api.modify<Pod>(
			PODS,
			"default",
			name,
			(copy) => {
				const lastTransitionTime = new Date().toISOString();
				const conditions = (copy.status?.conditions ?? []).filter(({ type }) => type !== "Ready");
				conditions.push({ type: "Ready", status: ready ? "True" : "False", lastTransitionTime });
				const podIP = copy.status?.podIP ?? `10.0.0.${this.#addresses++}`;
				copy.status = { ...copy.status, phase, podIP, conditions };
			},
			"status",
		);
	}

	/** `Type Reason Kind/name: message`, of all events, in the order of their first time. */
	events(): string[] {
		return this.api
			.list<{ type: string; reason: string; message: string; involvedObject: { kind: string; name: string } }>(EVENTS)
			.map(
				({ type, reason, message, involvedObject: { kind, name } }) => `${type} ${reason} ${kind}/${name}: ${message}`,
			);
	}

	stop(): void {
		this.#kubelet?.();
		this.#controllers.stop();
	}
}
