import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to the API server that can be shut: what the tool sees of an API server that is away. */
export interface ApiDoor {
	readonly port: number;
	/** Breaks every connection, the port-forwards with them; new ones work. */
	cut(): void;
	/** Breaks every connection and takes no more. */
	shut(): void;
	open(): void;
	close(): Promise<void>;
}

/** `target`: a port of 127.0.0.1. */
export async function apiDoor(target: number): Promise<ApiDoor> {
	const sockets = new Set<Socket>();
	let isOpen = true;
	const server = createServer((client) => {
		client.on("error", () => {});
		if (!isOpen) return client.destroy();
		const upstream = connect(target, "127.0.0.1");
		for (const socket of [client, upstream]) {
			sockets.add(socket);
			socket.on("error", () => {});
			socket.once("close", () => {
				sockets.delete(socket);
				client.destroy();
				upstream.destroy();
			});
		}
		client.pipe(upstream);
		upstream.pipe(client);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	const cut = () => {
		for (const socket of sockets) socket.destroy();
	};
	return {
		port: typeof address === "object" && address ? address.port : 0,
		cut,
		shut() {
			isOpen = false;
			cut();
		},
		open() {
			isOpen = true;
		},
		async close() {
			cut();
			server.close();
			await once(server, "close");
		},
	};
}
