import { createServer, type Server } from "node:net";
import type { Endpoints, Service } from "kubernetes-types/core/v1";
import type { Api, WatchEvent } from "../api/api.ts";
import { ENDPOINTS, SERVICES } from "../api/resources.ts";
import type { Network } from "./network.ts";
import { relay } from "./relay.ts";
import { type Backend, backendsOf, type ServicePort, servicePorts } from "./service-ports.ts";

/** A port that is listened on, and where its connections go. */
interface Listener {
	server: Server;
	backends: Backend[];
	next: number;
}

/**
 * Services with an address: the address is the machine's own, and every connection to one of its ports goes to a ready endpoint, in
 * turn. Without one nothing listens, so that the connection is refused. Connections that stand outlive changes of the endpoints.
 */
export class ServiceProxy {
	readonly #api: Api;
	readonly #network: Network;
	readonly #listeners = new Map<string, Listener>();
	/** addresses that the machine has, with the services (by namespace/name) that want them */
	readonly #addresses = new Map<string, string>();
	readonly #dirty = new Set<string>();
	readonly #stops: (() => void)[] = [];
	#working: Promise<void> | undefined;

	constructor(api: Api, network: Network) {
		this.#api = api;
		this.#network = network;
		const changed = (event: WatchEvent) => {
			this.#dirty.add(`${event.object.metadata.namespace ?? ""}/${event.object.metadata.name}`);
			this.#working ??= this.#work();
		};
		this.#stops.push(api.watch(SERVICES, changed), api.watch(ENDPOINTS, changed));
	}

	async stop(): Promise<void> {
		for (const stop of this.#stops) stop();
		await this.#working;
		for (const key of [...this.#listeners.keys()]) this.#close(key);
	}

	/** One change after the other, so that an address is not taken away while it is being given. */
	async #work(): Promise<void> {
		await undefined;
		for (const key of this.#dirty) {
			this.#dirty.delete(key);
			await this.#sync(key).catch(() => {
				// Tried again when the Service or its endpoints change next.
			});
		}
		this.#working = undefined;
	}

	async #sync(key: string): Promise<void> {
		const [namespace = "", name = ""] = key.split("/");
		const service = this.#api.get<Service>(SERVICES, namespace, name);
		const endpoints = this.#api.get<Endpoints>(ENDPOINTS, namespace, name);
		const ports = service ? servicePorts(service) : [];
		const wanted = new Map(ports.map((port) => [`${key}/${port.address}:${port.port}`, port]));
		for (const open of [...this.#listeners.keys()]) {
			if (open.startsWith(`${key}/`) && !wanted.has(open)) this.#close(open);
		}
		for (const [address, owner] of [...this.#addresses]) {
			if (owner !== key || ports.some((port) => port.address === address)) continue;
			this.#addresses.delete(address);
			await this.#network.removeServiceAddress(address);
		}
		for (const [open, port] of wanted) await this.#serve(key, open, port, backendsOf(port, endpoints));
	}

	async #serve(key: string, open: string, port: ServicePort, backends: Backend[]): Promise<void> {
		if (!this.#addresses.has(port.address)) {
			await this.#network.addServiceAddress(port.address);
			this.#addresses.set(port.address, key);
		}
		const listener = this.#listeners.get(open);
		if (listener) listener.backends = backends;
		if (backends.length === 0) return this.#close(open);
		if (!listener) this.#listeners.set(open, await listen(port, backends));
	}

	/** Stops listening; the connections that stand stay. */
	#close(key: string): void {
		this.#listeners.get(key)?.server.close();
		this.#listeners.delete(key);
	}
}

async function listen(port: ServicePort, backends: Backend[]): Promise<Listener> {
	const server = createServer({ allowHalfOpen: true });
	const listener: Listener = { server, backends, next: 0 };
	server.on("connection", (client) => {
		const backend = listener.backends[listener.next++ % listener.backends.length];
		if (!backend) return client.resetAndDestroy();
		relay(client, backend.address, backend.port);
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen({ host: port.address, port: port.port }, resolve);
	});
	server.on("error", () => {});
	return listener;
}
