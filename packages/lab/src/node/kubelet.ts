import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { WatchEvent } from "../api/api.ts";
import { PODS } from "../api/resources.ts";
import type { NodeContext } from "./context.ts";
import { startHeartbeat } from "./node-heartbeat.ts";
import { isFinished, isTerminating, podLogs, type StoredPod } from "./pod.ts";
import { PodWorker } from "./pod-worker.ts";

/** One node: runs the pods that are assigned to it. */
export class Kubelet {
	readonly #node: NodeContext;
	readonly #labels: Record<string, string>;
	readonly #workers = new Map<string, PodWorker>();
	#stops: (() => void)[] = [];
	/** power and kubelet are on */
	#on = false;
	#goingOff: Promise<void> | undefined;

	constructor(node: NodeContext, labels: Record<string, string>) {
		this.#node = node;
		this.#labels = labels;
	}

	get name(): string {
		return this.#node.name;
	}

	get on(): boolean {
		return this.#on;
	}

	workers(): PodWorker[] {
		return [...this.#workers.values()];
	}

	get address(): string {
		return this.#node.address;
	}

	worker(uid: string): PodWorker | undefined {
		return this.#workers.get(uid);
	}

	get disk(): string {
		return this.#node.disk;
	}

	/** Where a pod's logs are. */
	logs(pod: StoredPod): string {
		return podLogs(this.#node.folder, pod);
	}

	/** Those that it runs processes of. */
	runningPods(): StoredPod[] {
		return [...this.#workers.values()].filter((worker) => worker.running().length > 0).map(({ pod }) => pod);
	}

	/** Switches the node on: pods that were on it come up again. */
	async start(): Promise<void> {
		await this.#goingOff;
		if (this.#on) return;
		this.#on = true;
		await this.#sweep();
		const { api, name, network, number, address, allocatable } = this.#node;
		await network.addNode(number);
		this.#stops = [
			startHeartbeat(api, { name, address, labels: this.#labels, capacity: allocatable }),
			api.watch<StoredPod>(PODS, (event) => this.#take(event), { fieldSelector: `spec.nodeName=${name}` }),
		];
	}

	/** As pulling the plug: first the cable, so that nobody hears the processes die; then everything that runs. */
	async powerOff(): Promise<void> {
		if (!this.#on) return;
		this.#on = false;
		for (const stop of this.#stops) stop();
		this.#goingOff = this.#goOff();
		await this.#goingOff;
	}

	/** Empties its disk; it must be off. */
	async wipe(): Promise<void> {
		await this.#goingOff;
		const { disk, folder } = this.#node;
		for (const place of [disk, join(folder, "pods"), join(folder, "logs")]) {
			for (const one of await readdir(place).catch(() => []))
				await rm(join(place, one), { recursive: true, force: true });
		}
	}

	async #goOff(): Promise<void> {
		await this.#node.network.removeNode(this.#node.number);
		await Promise.all([...this.#workers.values()].map((worker) => worker.powerOff()));
		this.#workers.clear();
	}

	#take({ type, object: pod }: WatchEvent<StoredPod>): void {
		if (!this.#on) return;
		const { uid, namespace, name } = pod.metadata;
		const worker = this.#workers.get(uid);
		if (type === "DELETED") {
			void worker
				?.remove(pod)
				.catch((error: Error) => process.emitWarning(error))
				.finally(() => this.#workers.delete(uid));
		} else if (worker) {
			worker.update(pod);
		} else if (!isFinished(pod)) {
			this.#workers.set(uid, new PodWorker(this.#node, pod));
		} else if (isTerminating(pod)) {
			this.#node.api.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
		}
	}

	/** Files of pods that were deleted while the node was off. */
	async #sweep(): Promise<void> {
		const { api, name, folder } = this.#node;
		const pods = api.list<StoredPod>(PODS, { fieldSelector: `spec.nodeName=${name}` });
		const uids = new Set(pods.map(({ metadata }) => metadata.uid));
		for (const kind of ["pods", "logs"]) {
			const left = await readdir(join(folder, kind)).catch(() => []);
			for (const one of left) {
				const uid = one.split("_").at(-1) ?? "";
				if (!uids.has(uid)) await rm(join(folder, kind, one), { recursive: true, force: true });
			}
		}
	}
}
