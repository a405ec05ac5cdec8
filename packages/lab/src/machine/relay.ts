import { connect, type Socket } from "node:net";

/** Milliseconds: a side whose power is gone sends nothing any more, not even an end. */
const KEEP_ALIVE = 30_000;

/** Passes bytes both ways between an accepted connection and a new one; ends, half-ends and breaks are passed on as they come. */
export function relay(client: Socket, host: string, port: number): void {
	const server = connect({ host, port, allowHalfOpen: true });
	for (const socket of [client, server]) socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE);
	join(client, server);
	join(server, client);
}

/** pipe() brings half-close and back-pressure; a connection that broke must break the other one too. */
function join(from: Socket, to: Socket): void {
	from.pipe(to);
	from.on("error", () => {});
	from.on("close", (broken) => {
		if (!broken && from.readableEnded) return;
		if (to.connecting) to.destroy();
		// As a kernel does where the other end is gone: the peer sees "connection reset".
		else if (!to.destroyed) to.resetAndDestroy();
	});
}
