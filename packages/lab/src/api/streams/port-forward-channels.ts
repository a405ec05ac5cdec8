import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import { Channels } from "./channels.ts";
import { hangUp } from "./join.ts";
import { messageOf } from "./upgrade.ts";

const NORMAL_CLOSURE = 1000;

/**
 * Port i has channel 2i for its data and 2i+1 for its failure, each begun by the port's number; one connection a port. These
 * protocols know no end of a channel but the end of all: the server closes when every port has ended, and the client's close
 * is the end of what it sends.
 */
export function forwardChannels(
	socket: WebSocket,
	protocol: string | undefined,
	ports: number[],
	dial: (port: number) => Promise<Duplex>,
): void {
	const channels = new Channels(socket, protocol);
	const targets: (Duplex | undefined)[] = ports.map(() => undefined);
	channels.listen({
		data(channel, data) {
			const target = channel % 2 === 0 ? targets[channel / 2] : undefined;
			if (target) channels.write(target, data);
		},
	});
	socket.on("close", (code) => {
		for (const target of targets) {
			if (code === 1006) target?.destroy();
			else if (target) hangUp(target);
		}
	});
	for (const [index, port] of ports.entries()) {
		const number = Buffer.alloc(2);
		number.writeUInt16LE(port);
		channels.send(2 * index, number);
		channels.send(2 * index + 1, number);
	}
	channels.pause();
	const forwards = ports.map(async (port, index) => {
		try {
			const target = await dial(port);
			target.on("error", () => {});
			if (socket.readyState === socket.OPEN) targets[index] = target;
			else hangUp(target);
			return targets[index];
		} catch (error) {
			return fail(channels, index, port, error);
		}
	});
	void run(channels, ports, forwards);
}

async function run(channels: Channels, ports: number[], dialling: Promise<Duplex | undefined>[]): Promise<void> {
	const targets = await Promise.all(dialling);
	channels.resume();
	await Promise.all(
		targets.map(async (target, index) => {
			try {
				if (target) await channels.pump(target, 2 * index);
			} catch (error) {
				await fail(channels, index, ports[index] ?? 0, error);
			}
		}),
	);
	channels.socket.close(NORMAL_CLOSURE);
}

async function fail(channels: Channels, index: number, port: number, error: unknown): Promise<undefined> {
	await channels.send(2 * index + 1, Buffer.from(`error forwarding port ${port}: ${messageOf(error)}`));
}
