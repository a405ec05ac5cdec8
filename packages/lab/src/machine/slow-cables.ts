import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { LabError } from "../lab-error.ts";
import { fillChecksum } from "./checksum.ts";
import { run } from "./command.ts";

/**
 * Where the other ends of all slow cables are. A namespace apart, since VXLAN takes a shorter way to an address of its own namespace.
 */
const NAMESPACE = "slow";
const HERE = "169.254.18.1";
const THERE = "169.254.18.2";
/** The port that VXLAN has of old. */
const PORT = 4789;
const HEADER = 8;

interface SlowCable {
	/** network id of its pod's end; the other end has the next one */
	id: number;
	ms: number;
}

/**
 * Cables that take their time. A pod's cable is taken off the machine's bridge and led there through two VXLAN devices whose datagrams
 * this process passes on after a while: the pod keeps its addresses and connections. (`tc netem`, made for this, is not in
 * every kernel, and what a program could do to sockets alone would break the connections that stand.)
 */
export class SlowCables {
	readonly #bridge: string;
	readonly #cables = new Map<string, SlowCable>();
	#socket: Promise<Socket> | undefined;
	#count = 0;

	/** `bridge`: where cables are plugged in otherwise */
	constructor(bridge: string) {
		this.#bridge = bridge;
	}

	/** Makes every frame through this cable `ms` later, each way; 0 puts it right. */
	async slow(link: string, ms: number): Promise<void> {
		const cable = this.#cables.get(link);
		if (ms === 0) await this.#takeOut(link, cable);
		else if (cable) cable.ms = ms;
		else await this.#putIn(link, ms);
	}

	/** The cable is going away. */
	async forget(link: string): Promise<void> {
		await this.#remove(link, this.#cables.get(link));
	}

	async #putIn(link: string, ms: number): Promise<void> {
		const id = 2 * ++this.#count;
		const between = `slow${id}`;
		const make = (name: string, id: number) => [
			`link add ${name} type vxlan id ${id} remote ${HERE} dstport ${PORT} nolearning`,
			`link set ${name} netns 1`,
		];
		// Frames larger than the cable takes would come out as they are.
		const plugIn = (name: string, master: string) =>
			`link set ${name} mtu 1500 gso_max_segs 1 addrgenmode none master ${master} up`;
		this.#cables.set(link, { id, ms });
		try {
			this.#socket ??= this.#open();
			await this.#socket;
			await batch([...make(`${between}a`, id), ...make(`${between}b`, id + 1)], NAMESPACE);
			await batch([
				`link add ${between} type bridge`,
				`link set ${between} addrgenmode none up`,
				plugIn(`${between}a`, between),
				plugIn(`${between}b`, this.#bridge),
				`link set ${link} master ${between}`,
			]);
		} catch (cause) {
			await this.#takeOut(link, this.#cables.get(link));
			throw new LabError("FaultFailed", {
				operation: "slowing a pod's network",
				message: cause instanceof Error ? cause.message : String(cause),
				state: "the pod is connected as before",
				hint: "it needs a kernel with VXLAN (CONFIG_VXLAN)",
				cause,
			});
		}
	}

	async #takeOut(link: string, cable: SlowCable | undefined): Promise<void> {
		if (!cable) return;
		await batch([`link set ${link} master ${this.#bridge}`]);
		await this.#remove(link, cable);
	}

	async #remove(link: string, cable: SlowCable | undefined): Promise<void> {
		if (!cable) return;
		this.#cables.delete(link);
		for (const end of ["a", "b", ""]) await batch([`link del slow${cable.id}${end}`]).catch(() => {});
	}

	async #open(): Promise<Socket> {
		await batch([
			`netns add ${NAMESPACE}`,
			`link add slow0 type veth peer name slow0 netns ${NAMESPACE}`,
			"link set slow0 mtu 2000 addrgenmode none up",
			`address add ${HERE}/30 dev slow0`,
		]);
		await batch(["link set slow0 mtu 2000 addrgenmode none up", `address add ${THERE}/30 dev slow0`], NAMESPACE);
		const socket = createSocket("udp4", (datagram) => {
			const id = datagram.readUIntBE(4, 3);
			const cable = [...this.#cables.values()].find((one) => one.id === id || one.id + 1 === id);
			if (cable) setTimeout(() => pass(socket, datagram, id), cable.ms);
		});
		socket.on("error", () => {});
		socket.bind(PORT, HERE);
		await once(socket, "listening");
		socket.unref();
		return socket;
	}
}

/** What came in at one end goes out at the other. */
function pass(socket: Socket, datagram: Buffer, id: number): void {
	datagram.writeUIntBE(id ^ 1, 4, 3);
	fillChecksum(datagram.subarray(HEADER));
	// One that cannot be sent is a frame lost.
	socket.send(datagram, PORT, THERE, () => {});
}

const batch = (commands: string[], namespace?: string) =>
	run("ip", [...(namespace ? ["-n", namespace] : []), "-batch", "-"], { input: `${commands.join("\n")}\n` });
