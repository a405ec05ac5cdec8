import { createServer as createHttpServer, type Server as HttpServer, type IncomingMessage } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { type AddressInfo, connect, createServer as createTcpServer, type Server, type Socket } from "node:net";

export interface LocalProxy {
	readonly url: string;
	/** connections that went through it */
	count(): number;
	close(): void;
}

/** An HTTP proxy on loopback that knows CONNECT; with a certificate it speaks TLS itself. */
export function httpProxy(tls?: { cert: string; key: string }): Promise<LocalProxy> {
	const server: HttpServer = tls ? createHttpsServer(tls) : createHttpServer();
	return started(server, tls ? "https" : "http", (through) => {
		server.on("connect", (request: IncomingMessage, socket: Socket) => {
			const [host, port] = (request.url ?? "").split(":");
			through(socket, host ?? "", Number(port), "HTTP/1.1 200 OK\r\n\r\n");
		});
	});
}

/** A SOCKS 5 proxy on loopback, without users. */
export function socksProxy(): Promise<LocalProxy> {
	const server = createTcpServer();
	return started(server, "socks5", (through) => {
		server.on("connection", (socket: Socket) => {
			socket.on("error", () => {});
			socket.once("data", () => {
				socket.write(Buffer.from([5, 0]));
				socket.once("data", (request) => {
					const port = request.readUInt16BE(request.length - 2);
					through(socket, "127.0.0.1", port, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
				});
			});
		});
	});
}

type Through = (socket: Socket, host: string, port: number, hello: string | Buffer) => void;

async function started(server: Server, scheme: string, listen: (through: Through) => void): Promise<LocalProxy> {
	let count = 0;
	const sockets = new Set<Socket>();
	listen((socket, host, port, hello) => {
		count++;
		const target = connect(port, host, () => {
			socket.write(hello);
			target.pipe(socket).pipe(target);
		});
		for (const end of [socket, target]) {
			sockets.add(end);
			end.on("error", () => {});
		}
	});
	await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
	return {
		url: `${scheme}://localhost:${(server.address() as AddressInfo).port}`,
		count: () => count,
		close: () => {
			for (const socket of sockets) socket.destroy();
			server.close();
		},
	};
}
