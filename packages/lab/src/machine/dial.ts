import { connect, type Socket } from "node:net";

/** Milliseconds: packets to what is cut off vanish, and nobody waits for the kernel's two minutes. */
const PATIENCE = 10_000;

/** Connects inside the lab; rejects as `connect` does, with ETIMEDOUT after ten seconds. */
export function dial(host: string, port: number): Promise<Socket> {
	return new Promise((resolve, reject) => {
		const socket = connect({ host, port, allowHalfOpen: true, noDelay: true });
		const late = setTimeout(() => {
			const error = new Error(`connect ETIMEDOUT ${host}:${port}`);
			socket.destroy(Object.assign(error, { code: "ETIMEDOUT", syscall: "connect" }));
		}, PATIENCE);
		socket.once("close", () => clearTimeout(late));
		socket.once("error", reject);
		socket.once("connect", () => {
			clearTimeout(late);
			socket.off("error", reject);
			resolve(socket);
		});
	});
}
