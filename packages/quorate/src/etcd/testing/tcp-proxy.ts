import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** Passes TCP on to a port of loopback, until told otherwise. */
export interface TcpProxy {
	port: number;
	/** connections that were accepted so far */
	accepted: number;
	/** bytes that came from the target */
	received: number;
	/** connections that are open */
	open: () => number;
	/** Breaks what is open; new connections work. */
	cut(): void;
	/** Swallows all bytes both ways, without closing anything. Connections made from then on work. */
	freeze(): void;
	close(): Promise<void>;
}

export async function tcpProxy(target: number): Promise<TcpProxy> {
	const sockets = new Set<Socket>();
	const server = createServer((client) => {
		proxy.accepted++;
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
		upstream.on("data", (chunk) => {
			proxy.received += chunk.length;
		});
		client.pipe(upstream);
		upstream.pipe(client);
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const address = server.address();
	const proxy: TcpProxy = {
		port: typeof address === "object" && address ? address.port : 0,
		accepted: 0,
		received: 0,
		open: () => sockets.size / 2,
		cut() {
			for (const socket of sockets) {
				socket.destroy();
			}
		},
		freeze() {
			for (const socket of sockets) {
				socket.unpipe();
				socket.resume();
			}
		},
		async close() {
			proxy.cut();
			server.close();
			await once(server, "close");
		},
	};
	return proxy;
}
