import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Container } from "kubernetes-types/core/v1";
import { PODS } from "../api/resources.ts";
import type { PodNetwork } from "../machine/network.ts";
import { newRecord } from "./container-record.ts";
import { ContainerRunner, type RestartPolicy } from "./container-runner.ts";
import type { NodeContext, PodContext } from "./context.ts";
import { Deadline } from "./deadline.ts";
import { writeEtc } from "./etc-files.ts";
import { apiTime, isSidecar, isTerminating, ownGrace, podLogs, type StoredPod } from "./pod.ts";
import { PodReporter } from "./pod-reporter.ts";
import { volumeSource } from "./pod-sources.ts";
import type { PodFacts } from "./pod-status.ts";
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
	readonly #reporter: PodReporter;
	readonly #context: PodContext;
	readonly #inits: ContainerRunner[];
	readonly #containers: ContainerRunner[];
	readonly #ending = new AbortController();
	readonly #life: Promise<void>;
	/** When what still runs is killed; set once the pod shall end. */
	#deadline: Deadline | undefined;
	#ended: Promise<void> | undefined;

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
		this.#reporter = new PodReporter(node, this.#facts, () => this.#pod);
		this.#context = {
			node,
			pod: () => this.#pod,
			network: undefined,
			address: "",
			volumes: new Map(),
			etc: [],
			folder: join(node.folder, "pods", metadata.uid),
			logs: podLogs(node.folder, pod),
			changed: () => this.#reporter.changed(),
			event: (...event) => this.#reporter.event(...event),
			ending: this.#ending.signal,
		};
		this.#inits = this.#facts.initContainers.map((one) => new ContainerRunner(this.#context, one));
		this.#containers = this.#facts.containers.map((one) => new ContainerRunner(this.#context, one));
		// one that shall end is not set up again
		if (status?.startTime && !isTerminating(pod)) {
			this.#reporter.event("Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
		}
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
		return this.runners().find(({ record }) => record.name === container);
	}

	runners(): ContainerRunner[] {
		return [...this.#inits, ...this.#containers];
	}

	/** Everything of it that runs now. */
	running(): ContainerRunner[] {
		return this.runners().filter(({ instance }) => instance);
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
		this.#reporter.silence();
		this.#end(Math.max(LEAST_GRACE, pod.metadata.deletionGracePeriodSeconds ?? 0));
		await this.#ended;
	}

	/** As pulling the plug: its processes are gone, and nobody is told. */
	async powerOff(): Promise<void> {
		this.#reporter.silence();
		this.#ending.abort();
		for (const runner of [...this.#inits, ...this.#containers]) runner.powerOff();
		await this.#life;
		await this.#unplug();
	}

	async #live(): Promise<void> {
		if (isTerminating(this.#pod)) return;
		this.#reporter.changed();
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
		const { namespace, name } = this.#pod.metadata;
		if (!hostNetwork) {
			this.#context.network ??= await this.#node.network.addPod(this.#node.number, `${namespace}/${name}`);
		}
		this.#context.address = this.#context.network?.address ?? this.#node.address;
		this.#context.etc = await writeEtc(this.#pod, this.#context.address, join(this.#context.folder, "etc"));
		this.#facts.podIP = this.#context.address;
		this.#facts.sandbox = true;
		this.#reporter.changed();
	}

	async #unplug(): Promise<void> {
		if (this.#context.network) await this.#node.network.removePod(this.#context.network);
		this.#facts.sandbox = false;
		this.#reporter.changed();
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
				this.#reporter.event("Warning", reason, error instanceof Error ? error.message : String(error));
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
		this.#reporter.flush();
		await removeVolumes({ disk: this.#node.disk, pod: this.#context.folder });
		await rm(this.#context.logs, { recursive: true, force: true });
		if (this.#reporter.isSilent) return;
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
		this.#reporter.changed();
	}
}

const stopping = (runner: ContainerRunner) => `Stopping container ${runner.record.name}`;
