import { LabError } from "../lab-error.ts";
import type { Network } from "../machine/network.ts";
import type { Kubelet } from "./kubelet.ts";
import type { StoredPod } from "./pod.ts";
import type { PodWorker } from "./pod-worker.ts";

/** What can be made to go wrong, each on the real processes and cables. */
export class Faults {
	readonly #kubelets: Map<string, Kubelet>;
	readonly #network: Network;

	constructor(kubelets: Map<string, Kubelet>, network: Network) {
		this.#kubelets = kubelets;
		this.#network = network;
	}

	/** Pulls a node's plug: everything on it is gone at once, unheard. */
	async stopNode(name: string): Promise<void> {
		await this.#kubelet(name).powerOff();
	}

	/** Switches it on again, with its disk as it was. */
	async startNode(name: string): Promise<void> {
		await this.#kubelet(name).start();
	}

	/** Pulls a pod's cable, or with `true` plugs it in again. */
	async connectPod(pod: StoredPod, connected: boolean): Promise<void> {
		const { network } = this.#worker(pod, "cutting a pod off");
		if (network) await this.#network.connect(network, connected);
	}

	/** Plugs all cables in again. */
	async heal(): Promise<void> {
		await this.#network.heal();
	}

	/** Stops all of a pod's processes where they are, or lets them go on. */
	async freezePod(pod: StoredPod, frozen: boolean): Promise<void> {
		const running = this.#worker(pod, "freezing a pod").running();
		await Promise.all(running.map((runner) => runner.instance?.process.freeze(frozen)));
	}

	/** Sends a signal to the first process of each of a pod's containers, or of one. */
	signalPod(pod: StoredPod, signal: NodeJS.Signals, container?: string): void {
		const running = this.#worker(pod, "signalling a pod").running();
		for (const { record, instance } of running) {
			if (container === undefined || record.name === container) instance?.process.signal(signal);
		}
	}

	#kubelet(name: string): Kubelet {
		const found = this.#kubelets.get(name);
		if (found) return found;
		const known = [...this.#kubelets.keys()].join(", ");
		throw new LabError("InvalidOption", {
			operation: "looking for a node",
			message: `no node ${JSON.stringify(name)}`,
			hint: `the lab has ${known}`,
		});
	}

	#worker(pod: StoredPod, operation: string): PodWorker {
		const worker = this.#kubelets.get(pod.spec.nodeName ?? "")?.worker(pod.metadata.uid);
		if (worker) return worker;
		const message = `pod ${pod.metadata.namespace}/${pod.metadata.name} runs on no node`;
		throw new LabError("InvalidOption", { operation, message, hint: "wait until it is scheduled and its node is on" });
	}
}
