import type { Readable, Writable } from "node:stream";
import type { WebSocket } from "ws";
import { sendMessage } from "./websocket.ts";

/** In v5: the channel whose number follows is at its end. */
const CLOSE = 255;

export interface ChannelHandlers {
	data(channel: number, data: Buffer): void;
	/** The client has no more for the channel. */
	end?(channel: number): void;
}

/**
 * Kubernetes' channels on one WebSocket: each message begins with the number of its channel, as a byte, or, in the base64
 * protocols, as a digit before the text.
 */
export class Channels {
	readonly socket: WebSocket;
	readonly #base64: boolean;
	#blocked = 0;

	constructor(socket: WebSocket, protocol: string | undefined) {
		this.socket = socket;
		this.#base64 = protocol?.includes("base64.") ?? false;
		socket.on("error", () => {});
	}

	/** The promise is there when there is room for more. */
	send(channel: number, data: Uint8Array): Promise<void> | undefined {
		if (this.#base64) return sendMessage(this.socket, `${channel}${Buffer.from(data).toString("base64")}`);
		const message = Buffer.allocUnsafe(data.length + 1);
		message[0] = channel;
		message.set(data, 1);
		return sendMessage(this.socket, message);
	}

	/** Sends all of the stream, at the pace of the client. */
	async pump(source: Readable, channel: number): Promise<void> {
		// What is written to the other half of a connection has to outlive the end of this one.
		for await (const chunk of source.iterator({ destroyOnReturn: false })) {
			if (this.socket.readyState !== this.socket.OPEN) return;
			await this.send(channel, chunk);
		}
	}

	/** Writes what the client sent, and stops listening to it while the stream has no room. */
	write(target: Writable, data: Buffer): void {
		if (data.length === 0 || target.destroyed || target.writableEnded || target.write(data)) return;
		this.pause();
		const resume = () => {
			target.off("drain", resume);
			target.off("close", resume);
			this.resume();
		};
		target.on("drain", resume);
		target.on("close", resume);
	}

	pause(): void {
		if (this.#blocked++ === 0) this.socket.pause();
	}

	resume(): void {
		if (--this.#blocked === 0) this.socket.resume();
	}

	listen(handlers: ChannelHandlers): void {
		this.socket.on("message", (message) => {
			const bytes = Array.isArray(message) ? Buffer.concat(message) : (message as Buffer);
			const [first] = bytes;
			if (first === undefined) return;
			if (this.#base64) {
				handlers.data(first - 0x30, Buffer.from(bytes.subarray(1).toString("latin1"), "base64"));
			} else if (first === CLOSE) {
				const channel = bytes[1];
				if (channel !== undefined) handlers.end?.(channel);
			} else {
				handlers.data(first, bytes.subarray(1));
			}
		});
	}
}
