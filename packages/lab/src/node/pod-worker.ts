import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Container } from "kubernetes-types/core/v1";
import { PODS } from "../api/resources.ts";
import type { PodNetwork } from "../machine/network.ts";
import { newRecord } from "./container-record.ts";
import { ContainerRunner, type RestartPolicy } from "./container-runner.ts";
import type { NodeContext, PodContext } from "./context.ts";
import { Deadline } from "./deadline.ts";
import { writeEtc } from "./etc-files.ts";
import { apiTime, asObject, isSidecar, isTerminating, ownGrace, type StoredPod } from "./pod.ts";
import { volumeSource } from "./pod-sources.ts";
import { type PodFacts, podStatus } from "./pod-status.ts";
import { removeVolumes, setUpVolumes } from "./volumes.ts";

const FIRST_RETRY = 500;
const LAST_RETRY = 122_000;
/** A pod that was removed without grace gets this long all the same, in seconds, as kubelets have it. */
const LEAST_GRACE = 1;

/** One pod on its node, from the moment it is assigned until nothing of it is left. */
export class PodWorker {
	readonly #node: NodeContext;
	#pod: StoredPod;
	readonly #facts: PodFacts;
	readonly #context: PodContext;
	readonly #inits: ContainerRunner[];
	readonly #containers: ContainerRunner[];
	readonly #ending = new AbortController();
	readonly #life: Promise<void>;
	/** When what still runs is killed; set once the pod shall end. */
	#deadline: Deadline | undefined;
	#ended: Promise<void> | undefined;
	/** The API server has it no more: nobody is told anything. */
	#forgotten = false;
	#flushing = false;

	constructor(node: NodeContext, pod: StoredPod) {
		this.#node = node;
		this.#pod = pod;
		const { spec, status, metadata } = pod;
		const before = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
		const waiting = spec.initContainers?.length ? "PodInitializing" : "ContainerCreating";
		const policy = spec.restartPolicy ?? "Always";
		const resume = (code: number) =>
			!isTerminating(pod) && (policy === "Always" || (policy === "OnFailure" && code !== 0));
		const record = (container: Container, init: boolean) => {
			const status = before.find(({ name }) => name === container.name);
			return newRecord(container, init, waiting, status, init ? undefined : resume);
		};
		this.#facts = {
			startTime: status?.startTime ?? apiTime(Date.now()),
			hostIP: node.address,
			podIP: undefined,
			sandbox: false,
			initContainers: (spec.initContainers ?? []).map((container) => record(container, true)),
			containers: spec.containers.map((container) => record(container, false)),
		};
		this.#context = {
			node,
			pod: () => this.#pod,
			network: undefined,
			address: "",
			volumes: new Map(),
			etc: [],
			folder: join(node.folder, "pods", metadata.uid),
			logs: join(node.folder, "logs", `${metadata.namespace}_${metadata.name}_${metadata.uid}`),
			changed: () => this.#changed(),
			event: (type, reason, message) => this.#event(type, reason, message),
			ending: this.#ending.signal,
		};
		this.#inits = this.#facts.initContainers.map((one) => new ContainerRunner(this.#context, one));
		this.#containers = this.#facts.containers.map((one) => new ContainerRunner(this.#context, one));
		if (status?.startTime)
			this.#event("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
		this.#life = this.#live().catch((error: unknown) => this.#failed(error));
		this.update(pod);
	}

	get pod(): StoredPod {
		return this.#pod;
	}

	get logs(): string {
		return this.#context.logs;
	}

	get network(): PodNetwork | undefined {
		return this.#context.network;
	}

	runner(container: string): ContainerRunner | undefined {
		return [...this.#inits, ...this.#containers].find(({ record }) => record.name === container);
	}

	/** Everything of it that runs now. */
	running(): ContainerRunner[] {
		return [...this.#inits, ...this.#containers].filter(({ instance }) => instance);
	}

	/** Takes in what the API server has of it now. */
	update(pod: StoredPod): void {
		this.#pod = pod;
		for (const container of pod.spec.containers) this.runner(container.name)?.replace(container);
		if (isTerminating(pod)) this.#end(pod.metadata.deletionGracePeriodSeconds ?? ownGrace(pod));
	}

	/** The API server has it no more. Resolves when nothing of it is left. */
	async remove(pod: StoredPod): Promise<void> {
		this.#pod = pod;
		this.#forgotten = true;
		this.#end(Math.max(LEAST_GRACE, pod.metadata.deletionGracePeriodSeconds ?? 0));
		await this.#ended;
	}

	/** As pulling the plug: its processes are gone, and nobody is told. */
	async powerOff(): Promise<void> {
		this.#forgotten = true;
		this.#ending.abort();
		for (const runner of [...this.#inits, ...this.#containers]) runner.powerOff();
		await this.#life;
		await this.#unplug();
	}

	async #live(): Promise<void> {
		if (isTerminating(this.#pod)) return;
		this.#changed();
		await this.#untilDone("FailedCreatePodSandBox", () => this.#plugIn());
		await this.#untilDone("FailedMount", () => this.#mount());
		const sidecars: ContainerRunner[] = [];
		const lives: Promise<unknown>[] = [];
		const initialized = await this.#initialize(sidecars, lives);
		for (const { record } of initialized ? this.#containers : []) {
			if (record.state.waiting) record.state = { waiting: { reason: "ContainerCreating" } };
		}
		const policy = (this.#pod.spec.restartPolicy ?? "Always") as RestartPolicy;
		if (initialized) await Promise.all(this.#containers.map((runner) => runner.run(policy)));
		this.#ending.abort();
		for (const sidecar of sidecars.reverse()) await sidecar.stop(this.#grace(), stopping(sidecar));
		await Promise.all(lives);
		await this.#unplug();
	}

	/** Runs the init containers one after the other; false where one failed for good. Sidecars go on running. */
	async #initialize(sidecars: ContainerRunner[], lives: Promise<unknown>[]): Promise<boolean> {
		const policy = this.#pod.spec.restartPolicy === "Never" ? "Never" : "OnFailure";
		for (const runner of this.#inits) {
			if (this.#ending.signal.aborted) return false;
			if (isSidecar(runner.record.container)) {
				const life = runner.run("Always");
				sidecars.push(runner);
				lives.push(life);
				await Promise.race([runner.started, life]);
			} else if ((await runner.run(policy)) !== 0) {
				return false;
			}
		}
		return !this.#ending.signal.aborted;
	}

	async #plugIn(): Promise<void> {
		const hostNetwork = this.#pod.spec.hostNetwork ?? false;
		if (!hostNetwork) this.#context.network ??= await this.#node.network.addPod(this.#node.number);
		this.#context.address = this.#context.network?.address ?? this.#node.address;
		this.#context.etc = await writeEtc(this.#pod, this.#context.address, join(this.#context.folder, "etc"));
		this.#facts.podIP = this.#context.address;
		this.#facts.sandbox = true;
		this.#changed();
	}

	async #unplug(): Promise<void> {
		if (this.#context.network) await this.#node.network.removePod(this.#context.network);
		this.#facts.sandbox = false;
		this.#changed();
	}

	async #mount(): Promise<void> {
		const folders = { disk: this.#node.disk, pod: this.#context.folder };
		const source = volumeSource(this.#node, this.#pod, this.#context.address);
		this.#context.volumes = await setUpVolumes(this.#pod, folders, source);
	}

	/** Tries again, ever less often, until it works or the pod shall end. */
	async #untilDone(reason: string, action: () => Promise<void>): Promise<void> {
		const { signal } = this.#ending;
		for (let wait = FIRST_RETRY; !signal.aborted; wait = Math.min(wait * 2, LAST_RETRY)) {
			try {
				return await action();
			} catch (error) {
				this.#event("Warning", reason, error instanceof Error ? error.message : String(error));
				await sleep(wait, undefined, { signal }).catch(() => {});
			}
		}
	}

	#end(graceSeconds: number): void {
		const at = Date.now() + graceSeconds * 1000;
		if (this.#deadline) this.#deadline.shorten(at);
		else this.#deadline = new Deadline(at);
		this.#ended ??= this.#finish();
	}

	#grace(): Deadline {
		this.#deadline ??= new Deadline(Date.now() + ownGrace(this.#pod) * 1000);
		return this.#deadline;
	}

	/** Stops what runs, tells how it ended, cleans up, and lets the API server forget the pod. */
	async #finish(): Promise<void> {
		const deadline = this.#grace();
		this.#ending.abort();
		const plain = this.#inits.filter(({ record }) => !isSidecar(record.container));
		await Promise.all([...plain, ...this.#containers].map((runner) => runner.stop(deadline, stopping(runner))));
		await this.#life;
		await this.#unplug();
		this.#flush();
		await removeVolumes({ disk: this.#node.disk, pod: this.#context.folder });
		await rm(this.#context.logs, { recursive: true, force: true });
		if (this.#forgotten) return;
		const { namespace, name, uid } = this.#pod.metadata;
		try {
			this.#node.api.delete(PODS, namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
		} catch {
			// Somebody else has deleted it for good: that was the aim.
		}
	}

	/** Something that must not happen did: the pod says so instead of hanging. */
	#failed(error: unknown): void {
		if (this.#ending.signal.aborted) return;
		const message = error instanceof Error ? error.message : String(error);
		this.#facts.failure = { reason: "UnexpectedError", message };
		this.#changed();
	}

	#event(type: "Normal" | "Warning", reason: string, message: string): void {
		if (this.#forgotten) return;
		const event = { type, reason, message, component: "kubelet", host: this.#node.name };
		this.#telling(() => this.#node.api.event(asObject(this.#pod), event));
	}

	/** Several changes of one turn are written as one. */
	#changed(): void {
		if (this.#flushing) return;
		this.#flushing = true;
		setImmediate(() => this.#flush());
	}

	#flush(): void {
		this.#flushing = false;
		if (this.#forgotten) return;
		const { namespace, name, uid } = this.#pod.metadata;
		const change = (copy: StoredPod) => {
			if (copy.metadata.uid !== uid) return false;
			const status = podStatus(copy, this.#facts, new Date());
			if (isDeepStrictEqual(status, copy.status)) return false;
			copy.status = structuredClone(status);
			return true;
		};
		this.#telling(() => this.#node.api.modify(PODS, namespace, name, change, "status"));
	}

	/** What the API server refuses to hear must not stop the pod. */
	#telling(tell: () => unknown): void {
		try {
			tell();
		} catch (error) {
			process.emitWarning(error instanceof Error ? error : String(error));
		}
	}
}

const stopping = (runner: ContainerRunner) => `Stopping container ${runner.record.name}`;
