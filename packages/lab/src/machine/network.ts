import { mkdir } from "node:fs/promises";
import { LabError } from "../lab-error.ts";
import { AddressPool, MACHINE_ADDRESS, nodeAddress } from "./addresses.ts";
import { run } from "./command.ts";
import { SlowCables } from "./slow-cables.ts";
import { Wiring } from "./wiring.ts";

const BRIDGE = "lab";

/** An address of Ethernet that nobody has. */
const NOBODY = "02:00:c6:12:ff:ff";

/** One pod's place in the network. */
export interface PodNetwork {
	/** the pod, as `namespace/name` */
	owner: string;
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
	readonly #wiring = new Wiring();
	readonly #slow = new SlowCables(BRIDGE);
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

	async addPod(node: number, owner: string): Promise<PodNetwork> {
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
		const pod: PodNetwork = { owner, node, address, namespace: `/run/netns/${name}`, link: name };
		this.#pods.set(name, pod);
		try {
			await ip([`netns add ${name}`]);
			await ip([
				`link add ${name} type veth peer name eth0 netns ${name}`,
				`link set ${name} master ${BRIDGE} addrgenmode none ${this.#upOrDown(pod)}`,
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
			const ms = this.#wiring.slow.get(owner);
			if (ms) await this.#slow.slow(pod.link, ms);
			for (const other of this.#pods.values()) {
				if (this.#wiring.areParted(owner, other.owner)) await part(pod, other);
			}
		} catch (error) {
			await this.removePod(pod);
			throw error;
		}
		return pod;
	}

	/** Takes the pod's cable and namespace away; what still runs in there is cut off. */
	async removePod(pod: PodNetwork): Promise<void> {
		if (!this.#pods.delete(pod.link)) return;
		for (const other of this.#pods.values()) {
			if (this.#wiring.areParted(pod.owner, other.owner)) await join(pod, other);
		}
		await this.#slow.forget(pod.link);
		await ip([`link del ${pod.link}`]).catch(() => {});
		await ip([`netns del ${pod.link}`]).catch(() => {});
		this.#pools.get(pod.node)?.release(pod.address);
	}

	/** Pulls a pod's cable. As all that follows it holds for whatever pod of that name there is, until it is healed. */
	async cut(owner: string): Promise<void> {
		this.#wiring.cut.add(owner);
		await this.#setLinks(owner);
	}

	/** Lets nothing pass between two pods any more; neither is told. */
	async part(owner: string, other: string): Promise<void> {
		this.#wiring.part(owner, other);
		for (const [pod, from] of this.#pairs(owner, other)) await part(pod, from);
	}

	/** Makes everything between a pod and all others take `ms` longer, each way; 0 for as fast as it can be. */
	async slow(owner: string, ms: number): Promise<void> {
		for (const pod of this.#of(owner)) await this.#slow.slow(pod.link, ms);
		if (ms > 0) this.#wiring.slow.set(owner, ms);
		else this.#wiring.slow.delete(owner);
	}

	/** All that is wrong with a pod's connections is put right, or with everybody's; returns whose they were. */
	async heal(owner?: string): Promise<string[]> {
		const { wiring, pairs } = this.#wiring.heal(owner);
		for (const one of wiring) {
			await this.#setLinks(one);
			for (const pod of this.#of(one)) await this.#slow.slow(pod.link, 0);
		}
		for (const [one, other] of pairs) {
			for (const [pod, from] of this.#pairs(one, other)) await join(pod, from);
		}
		return [...new Set([...wiring, ...pairs.flat()])];
	}

	/** What is wrong with connections, a line each. */
	told(): string[] {
		return this.#wiring.told();
	}

	/** Whose connections something is wrong with. */
	unwell(): string[] {
		return this.#wiring.owners();
	}

	#of(owner: string): PodNetwork[] {
		return [...this.#pods.values()].filter((pod) => pod.owner === owner);
	}

	#pairs(owner: string, other: string): [PodNetwork, PodNetwork][] {
		return this.#of(owner).flatMap((pod) => this.#of(other).map((from): [PodNetwork, PodNetwork] => [pod, from]));
	}

	async #setLinks(owner: string): Promise<void> {
		const pods = this.#of(owner);
		if (pods.length > 0) await ip(pods.map((pod) => `link set ${pod.link} ${this.#upOrDown(pod)}`));
	}

	#upOrDown({ node, owner }: PodNetwork): "up" | "down" {
		return this.#offNodes.has(node) || this.#wiring.cut.has(owner) ? "down" : "up";
	}

	/** Makes a Service's address one of the machine's own, so that it can be listened on. */
	async addServiceAddress(address: string): Promise<void> {
		await ip([`address replace ${address}/32 dev lo`]);
	}

	async removeServiceAddress(address: string): Promise<void> {
		await ip([`address del ${address}/32 dev lo`]);
	}
}

/**
 * Makes each take the other's address for a machine that is not there: what it sends is lost on the bridge, on standing connections
 * too. (A blackhole route would tell the sender, with an error.)
 */
async function part(pod: PodNetwork, other: PodNetwork): Promise<void> {
	const lose = (from: PodNetwork, to: PodNetwork) =>
		ip([`neigh replace ${to.address} lladdr ${NOBODY} dev eth0 nud permanent`], from.link);
	await Promise.all([lose(pod, other), lose(other, pod)]);
}

async function join(pod: PodNetwork, other: PodNetwork): Promise<void> {
	const find = (from: PodNetwork, to: PodNetwork) =>
		ip([`neigh del ${to.address} dev eth0`], from.link).catch(() => {});
	await Promise.all([find(pod, other), find(other, pod)]);
}

/** One `ip` process for several commands, in the machine's network namespace or a pod's. */
async function ip(commands: string[], namespace?: string): Promise<void> {
	await run("ip", [...(namespace ? ["-n", namespace] : []), "-batch", "-"], { input: `${commands.join("\n")}\n` });
}
