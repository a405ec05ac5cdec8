import { readFile } from "node:fs/promises";
import { LabError } from "../lab-error.ts";
import { FullFolders } from "../machine/full-folders.ts";
import type { Network } from "../machine/network.ts";
import type { ContainerInstance } from "./container-instance.ts";
import type { ContainerRunner } from "./container-runner.ts";
import { clearFull, fillDatabase, fillDisk } from "./fill.ts";
import type { Kubelet } from "./kubelet.ts";
import type { StoredPod } from "./pod.ts";
import type { PodWorker } from "./pod-worker.ts";

/**
 * What can be made to go wrong, each on the real processes, cables and disks. All say what they did, and throw LabError NotInLab,
 * FaultFailed or MachineFailed.
 */
export class Faults {
	readonly #kubelets: Map<string, Kubelet>;
	readonly #network: Network;
	readonly #full = new FullFolders();

	constructor(kubelets: Map<string, Kubelet>, network: Network) {
		this.#kubelets = kubelets;
		this.#network = network;
	}

	/** Pulls a node's plug: everything on it is gone at once, unheard. */
	async stopNode(name: string): Promise<string[]> {
		const kubelet = this.#kubelet(name, "switching a node off");
		if (!kubelet.on) return [`${name} was off already`];
		const running = kubelet.runningPods();
		await kubelet.powerOff();
		const lost =
			running.length > 0 ? `: the processes of ${running.map(label).join(", ")} were killed without notice` : "";
		return [`${name} has no power${lost}`];
	}

	/** Switches it on again, with its disk as it was. */
	async startNode(name: string): Promise<string[]> {
		const kubelet = this.#kubelet(name, "switching a node on");
		if (kubelet.on) return [`${name} was on already`];
		await kubelet.start();
		return [`${name} is on again, with its disk as it was`];
	}

	/** Puts a new machine in its place, of the same name, with an empty disk; it is off if the old one was. */
	async wipeNode(name: string): Promise<string[]> {
		const kubelet = this.#kubelet(name, "emptying a node's disk");
		const wasOn = kubelet.on;
		const done = wasOn ? await this.stopNode(name) : [];
		this.#full.release(kubelet.disk);
		await kubelet.wipe();
		done.push(`the disk of ${name} is empty`);
		if (!wasOn) return done;
		await kubelet.start();
		return [...done, `${name} is on again`];
	}

	/** Pulls a pod's cable. */
	async cut(pod: StoredPod): Promise<string[]> {
		await this.#network.cut(this.#owner(pod));
		return [`${label(pod)} is cut off from everything`];
	}

	/** Lets nothing pass between two pods, both ways. */
	async part(pod: StoredPod, from: StoredPod): Promise<string[]> {
		await this.#network.part(this.#owner(pod), this.#owner(from));
		return [`nothing passes between ${label(pod)} and ${label(from)}`];
	}

	/** Makes everything between a pod and all others take `ms` longer, each way; 0 for as fast as it can be. */
	async slow(pod: StoredPod, ms: number): Promise<string[]> {
		await this.#network.slow(this.#owner(pod), ms);
		const told = ms === 0 ? "are as fast as ever" : `take ${ms} ms longer, ${2 * ms} ms there and back`;
		return [`packets to and from ${label(pod)} ${told}`];
	}

	/** All that is wrong now of what can be put right again, a line each. */
	async told(): Promise<string[]> {
		const kubelets = [...this.#kubelets];
		const workers = kubelets.flatMap(([, kubelet]) => kubelet.workers());
		const pods = await Promise.all(workers.map((worker) => this.#toldOf(worker)));
		const off = kubelets.flatMap(([name, { on }]) => (on ? [] : [`${name} has no power`]));
		return [...off, ...this.#network.told(), ...pods.flat()];
	}

	async #toldOf(worker: PodWorker): Promise<string[]> {
		const runners = worker.runners();
		const frozen = await Promise.all(runners.map(({ instance }) => instance?.process.isFrozen()));
		const full = runners.flatMap(({ plan }) => plan?.mounts.filter(({ source }) => this.#full.isFull(source)) ?? []);
		return [
			...(frozen.includes(true) ? [`the processes of ${label(worker.pod)} stand still`] : []),
			...full.map(({ target }) => `the volume at ${target} of ${label(worker.pod)} has no room left`),
		];
	}

	/** Those whose connections something is wrong with, as `namespace/name`. */
	unwell(): string[] {
		return this.#network.unwell();
	}

	/** Puts a pod's connections right, or everybody's. */
	async heal(owner?: string): Promise<string[]> {
		const healed = await this.#network.heal(owner);
		if (healed.length === 0) return [`the network${owner ? ` of ${owner}` : ""} was well already`];
		return healed.map((one) => `${one} is connected as before`);
	}

	/** Stops all of a pod's processes where they are, or lets them go on. */
	async freeze(pod: StoredPod, frozen: boolean): Promise<string[]> {
		const running = this.#worker(pod).running();
		const instances = running.flatMap(({ instance }) => instance ?? []);
		if (instances.length === 0) throw notRunning(pod);
		await Promise.all(instances.map((instance) => instance.process.freeze(frozen)));
		return [`the processes of ${label(pod)} ${frozen ? "stand still" : "go on"}`];
	}

	/** Sends a signal to the first process of a container, the pod's first one unless said otherwise. */
	async kill(pod: StoredPod, signal: NodeJS.Signals, container?: string): Promise<string[]> {
		const { runner, instance } = this.#container(pod, container);
		const name = await readFile(`/proc/${instance?.process.pid}/comm`, "utf8").catch(() => "");
		if (!instance?.process.signal(signal)) throw notRunning(pod, runner.record.name);
		return [`sent ${signal} to ${name.trim()}, the main process of container ${runner.record.name} of ${label(pod)}`];
	}

	/** Fills a member's database up to its quota, or the volume that it is on. */
	async fill(pod: StoredPod, what: "database" | "disk", container?: string): Promise<string[]> {
		const { runner } = this.#container(pod, container);
		return what === "disk" ? fillDisk(runner, label(pod), this.#full) : fillDatabase(runner, label(pod));
	}

	/** Undoes {@link fill}. */
	async clear(pod: StoredPod, container?: string): Promise<string[]> {
		const done = await clearFull(this.#container(pod, container).runner, label(pod), this.#full);
		return done.length > 0 ? done : [`nothing of ${label(pod)} is full`];
	}

	/** A folder of a node's disk is about to be deleted. */
	release(folder: string): void {
		this.#full.release(folder);
	}

	#kubelet(name: string, operation: string): Kubelet {
		const found = this.#kubelets.get(name);
		if (found) return found;
		const hint = `the lab has ${[...this.#kubelets.keys()].join(", ")}`;
		throw new LabError("NotInLab", { operation, message: `no node ${name}`, hint });
	}

	/** Who the pod is to the network. */
	#owner(pod: StoredPod): string {
		if (!pod.spec.hostNetwork) return label(pod);
		throw new LabError("FaultFailed", {
			operation: "changing a pod's network",
			message: `${label(pod)} has no network of its own: it is on its node's (hostNetwork)`,
			state: "nothing was changed",
		});
	}

	#worker(pod: StoredPod): PodWorker {
		const kubelet = this.#kubelets.get(pod.spec.nodeName ?? "");
		const worker = kubelet?.worker(pod.metadata.uid);
		if (worker) return worker;
		throw notRunning(pod);
	}

	#container(pod: StoredPod, name = pod.spec.containers[0]?.name ?? "") {
		const runner: ContainerRunner | undefined = this.#worker(pod).runner(name);
		if (!runner) {
			const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers].map((one) => one.name);
			throw new LabError("NotInLab", {
				operation: "looking for a container",
				message: `${label(pod)} has no container ${name}`,
				hint: `it has ${containers.join(", ")}`,
			});
		}
		const instance: ContainerInstance | undefined = runner.instance;
		return { runner, instance };
	}
}

const label = ({ metadata }: StoredPod): string => `${metadata.namespace}/${metadata.name}`;

function notRunning(pod: StoredPod, container?: string): LabError {
	return new LabError("FaultFailed", {
		operation: "looking for a pod's processes",
		message: `${container ? `container ${container} of ${label(pod)}` : label(pod)} does not run`,
		state: "nothing was changed",
		hint: pod.spec.nodeName ? `wait until it does; its node ${pod.spec.nodeName} must be on` : "it is on no node yet",
	});
}
