import { mkdir } from "node:fs/promises";
import { LabError } from "../lab-error.ts";
import { AddressPool, MACHINE_ADDRESS, nodeAddress } from "./addresses.ts";
import { run } from "./command.ts";

const BRIDGE = "lab";

/** One pod's place in the network. */
export interface PodNetwork {
	node: number;
	address: string;
	/** the network namespace, as a path */
	namespace: string;
	/** the machine's end of the pod's cable */
	link: string;
}

/**
 * The network of the lab's machine: a bridge that every pod is plugged into by a cable (a veth pair) of its own. Names say
 * whose a cable is: `n<node>p<number>`.
 */
export class Network {
	readonly #pools = new Map<number, AddressPool>();
	readonly #pods = new Map<string, PodNetwork>();
	readonly #offNodes = new Set<number>();
	readonly #cut = new Set<string>();
	#count = 0;

	/** Must be called once, in a network and mount namespace that is the lab's own. */
	static async create(): Promise<Network> {
		// `ip netns` keeps its names in /run/netns, where an ordinary user may not make a folder.
		await run("mount", ["-t", "tmpfs", "-o", "mode=755", "tmpfs", "/run"]);
		await mkdir("/run/netns");
		await ip([
			"link set lo up",
			// With an address of its own the bridge keeps it while cables come and go; else every pod's ARP entry would go stale.
			`link add ${BRIDGE} address 02:00:c6:12:00:01 type bridge`,
			`link set ${BRIDGE} addrgenmode none up`,
			`address add ${MACHINE_ADDRESS}/16 dev ${BRIDGE}`,
		]);
		return new Network();
	}

	/** Gives a node its own address on the bridge. */
	async addNode(node: number): Promise<void> {
		this.#offNodes.delete(node);
		await ip([`address replace ${nodeAddress(node)}/32 dev ${BRIDGE}`]);
	}

	/** Pulls the cables of a node and all of its pods. */
	async removeNode(node: number): Promise<void> {
		this.#offNodes.add(node);
		const links = [...this.#pods.values()].filter((pod) => pod.node === node).map((pod) => pod.link);
		await ip([`address del ${nodeAddress(node)}/32 dev ${BRIDGE}`, ...links.map((link) => `link set ${link} down`)]);
	}

	async addPod(node: number): Promise<PodNetwork> {
		const pool = this.#pools.get(node) ?? new AddressPool(node);
		this.#pools.set(node, pool);
		const address = pool.take();
		if (!address) {
			throw new LabError("MachineFailed", {
				operation: "giving a pod an address",
				message: `all addresses of node ${node} are in use`,
				hint: "delete some pods of that node, or bring the lab up with more nodes",
			});
		}
		const name = `n${node}p${++this.#count}`;
		const pod: PodNetwork = { node, address, namespace: `/run/netns/${name}`, link: name };
		this.#pods.set(name, pod);
		try {
			await ip([`netns add ${name}`]);
			await ip([
				`link add ${name} type veth peer name eth0 netns ${name}`,
				`link set ${name} master ${BRIDGE} addrgenmode none ${this.#offNodes.has(node) ? "down" : "up"}`,
			]);
			await ip(
				[
					"link set lo up",
					"link set eth0 addrgenmode none up",
					`address add ${address}/16 dev eth0`,
					`route add default via ${MACHINE_ADDRESS}`,
				],
				name,
			);
		} catch (error) {
			await this.removePod(pod);
			throw error;
		}
		return pod;
	}

	/** Takes the pod's cable and namespace away; what still runs in there is cut off. */
	async removePod(pod: PodNetwork): Promise<void> {
		if (!this.#pods.delete(pod.link)) return;
		this.#cut.delete(pod.link);
		await ip([`link del ${pod.link}`]).catch(() => {});
		await ip([`netns del ${pod.link}`]).catch(() => {});
		this.#pools.get(pod.node)?.release(pod.address);
	}

	/** Pulls one pod's cable, or plugs it in again. */
	async connect(pod: PodNetwork, connected: boolean): Promise<void> {
		if (!this.#pods.has(pod.link)) return;
		if (connected) this.#cut.delete(pod.link);
		else this.#cut.add(pod.link);
		await ip([`link set ${pod.link} ${connected && !this.#offNodes.has(pod.node) ? "up" : "down"}`]);
	}

	/** Plugs every pod's cable in again, save those of nodes without power. */
	async heal(): Promise<void> {
		for (const link of [...this.#cut]) {
			const pod = this.#pods.get(link);
			if (pod) await this.connect(pod, true);
		}
	}

	/** Makes a Service's address one of the machine's own, so that it can be listened on. */
	async addServiceAddress(address: string): Promise<void> {
		await ip([`address replace ${address}/32 dev lo`]);
	}

	async removeServiceAddress(address: string): Promise<void> {
		await ip([`address del ${address}/32 dev lo`]);
	}
}

/** One `ip` process for several commands, in the machine's network namespace or a pod's. */
async function ip(commands: string[], namespace?: string): Promise<void> {
	await run("ip", [...(namespace ? ["-n", namespace] : []), "-batch", "-"], { input: `${commands.join("\n")}\n` });
}
