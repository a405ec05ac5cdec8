import { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { connectMember } from "./connect.ts";

const uncaught: unknown[] = [];
const listen = (error: unknown) => uncaught.push(error);
beforeEach(() => void process.on("uncaughtException", listen));
afterEach(() => void process.off("uncaughtException", listen));

/** A tunnel that breaks after `ticks` turns of the event loop, from when it is first read. */
function breaking(ticks: number): Duplex {
	return new Duplex({
		read() {
			const fail = () => this.destroy(new Error("connection refused"));
			if (ticks === 0) fail();
			else if (ticks === 1) process.nextTick(fail);
			else if (ticks === 2) queueMicrotask(fail);
			else if (ticks === 3) setImmediate(fail);
			else setTimeout(fail, ticks);
		},
		write(_chunk, _encoding, callback) {
			callback();
		},
	});
}

it.each([0, 1, 2, 3, 4, 20])("a tunnel that breaks early fails the call and nothing else (%s)", async (ticks) => {
	const client = connectMember({ name: "m", dial: async () => breaking(ticks) });
	try {
		for (let count = 0; count < 20; count++) {
			await expect(client.status({ timeoutMs: 2000 })).rejects.toMatchObject({ failure: "Unavailable" });
		}
		await sleep(30);
		expect(uncaught).toEqual([]);
	} finally {
		client.close();
	}
});
