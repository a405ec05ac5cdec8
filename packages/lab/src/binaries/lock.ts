import { createHash } from "node:crypto";
import { connect, createServer, type Server } from "node:net";
import { userInfo } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Runs `work` while no other process of this user holds the lock of that name; waits for it otherwise. The lock is an
 * abstract Unix socket (Linux only), which the kernel gives back however its holder ends, so no stale one can be
 * left.
 */
export async function withLock<T>(name: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
	const address = `\0quorate-${userInfo().uid}-${createHash("sha256").update(name).digest("hex").slice(0, 32)}`;
	let held: Server | undefined;
	for (;;) {
		signal?.throwIfAborted();
		held = await listen(address);
		if (held) break;
		await untilReleased(address, signal);
	}
	try {
		return await work();
	} finally {
		held.close();
		for (const waiter of waiters.get(held) ?? []) waiter.destroy();
	}
}

const waiters = new WeakMap<Server, Set<{ destroy(): void }>>();

function listen(address: string): Promise<Server | undefined> {
	return new Promise((resolve, reject) => {
		const server = createServer();
		const sockets = new Set<{ destroy(): void }>();
		waiters.set(server, sockets);
		server.on("connection", (socket) => {
			sockets.add(socket);
			socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
			socket.unref();
		});
		server.once("error", (error: NodeJS.ErrnoException) => {
			if (error.code === "EADDRINUSE") resolve(undefined);
			else reject(error);
		});
		server.listen(address, () => resolve(server.unref()));
	});
}

/** The holder keeps our connection open until it is done, or dies. */
async function untilReleased(address: string, signal?: AbortSignal): Promise<void> {
	await new Promise<void>((resolve) => {
		const socket = connect(address);
		const stop = () => socket.destroy();
		signal?.addEventListener("abort", stop, { once: true });
		socket.on("error", () => undefined);
		socket.on("data", () => undefined);
		socket.on("close", () => {
			signal?.removeEventListener("abort", stop);
			resolve();
		});
	});
	await sleep(Math.random() * 20);
}
