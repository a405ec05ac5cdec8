import { Duplex } from "node:stream";
import type { MemberClientOptions } from "../member-client.ts";

/** Dials streams that are no sockets, as a tunnel through an API server is none. */
export function plainDuplex(dial: MemberClientOptions["dial"], opened: Duplex[] = []): MemberClientOptions["dial"] {
	return async () => {
		const socket = await dial();
		const stream = new Duplex({
			read: () => void socket.resume(),
			write: (chunk, encoding, done) => void socket.write(chunk, encoding, done),
			final: (done) => void socket.end(done),
			destroy: (error, done) => {
				socket.destroy();
				done(error);
			},
		});
		socket.on("data", (chunk) => {
			if (!stream.push(chunk)) {
				socket.pause();
			}
		});
		socket.once("end", () => stream.push(null));
		socket.once("error", (error) => stream.destroy(error));
		socket.once("close", () => stream.destroy());
		opened.push(stream);
		return stream;
	};
}
