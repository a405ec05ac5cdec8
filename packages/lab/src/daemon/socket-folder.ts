import { closeSync, constants, openSync } from "node:fs";
import { connect, type Server, type Socket } from "node:net";

/**
 * A folder whose Unix sockets can be reached however long its path is: the kernel takes at most 107 bytes, so they
 * are named through the open folder. Linux only. Keep it open for as long as a server listens in it: the server
 * removes its socket by that name.
 */
export class SocketFolder {
	readonly #descriptor: number;

	constructor(folder: string) {
		this.#descriptor = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
	}

	path(name: string): string {
		return `/proc/self/fd/${this.#descriptor}/${name}`;
	}

	close(): void {
		closeSync(this.#descriptor);
	}
}

/** Starts a server on a socket in the folder. */
export function listenIn(folder: SocketFolder, name: string, server: Server): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(folder.path(name), () => {
			server.off("error", reject);
			resolve();
		});
	});
}

/** Connects to a socket in the folder at `path`. */
export async function connectIn(path: string, name: string): Promise<Socket> {
	const folder = new SocketFolder(path);
	try {
		return await new Promise((resolve, reject) => {
			const socket = connect({ path: folder.path(name), allowHalfOpen: true });
			socket.once("error", reject);
			socket.once("connect", () => {
				socket.off("error", reject);
				resolve(socket);
			});
		});
	} finally {
		folder.close();
	}
}
