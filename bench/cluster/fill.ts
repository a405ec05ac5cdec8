import { Agent, type IncomingMessage, request } from "node:http";
import type { Duplex } from "node:stream";
import { text } from "node:stream/consumers";

export interface Filling {
	/** number of the first key. @default 0 */
	from?: number;
	/** number after the last key */
	to: number;
	/** bytes of each value */
	valueBytes: number;
}

/** etcd takes at most 128 puts in one transaction, and 1.5 MiB in one request. */
const MOST_PUTS = 128;
const MOST_BYTES = 1 << 20;
const CONNECTIONS = 8;

/** Writes keys `/bench/00000000` and on, with values that do not compress, over etcd's JSON gateway: many in one transaction. */
export async function fill(dial: () => Promise<Duplex>, { from = 0, to, valueBytes }: Filling): Promise<void> {
	const agent = new DialAgent(dial);
	const each = Math.max(1, Math.min(MOST_PUTS, Math.floor(MOST_BYTES / Math.max(valueBytes, 1))));
	let next = from;
	const worker = async () => {
		while (next < to) {
			const first = next;
			next = Math.min(first + each, to);
			const success = Array.from({ length: next - first }, (_, index) => ({
				requestPut: {
					key: Buffer.from(`/bench/${String(first + index).padStart(8, "0")}`).toString("base64"),
					value: valueFor(first + index, valueBytes).toString("base64"),
				},
			}));
			await post(agent, "/v3/kv/txn", { success });
		}
	};
	try {
		await Promise.all(Array.from({ length: CONNECTIONS }, worker));
	} finally {
		agent.destroy();
	}
}

/** Bytes that look random and are the same in each run. */
function valueFor(number: number, length: number): Buffer {
	const value = Buffer.alloc(length);
	let state = (number * 2654435761 + 1) >>> 0;
	for (let at = 0; at + 4 <= length; at += 4) {
		state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
		value.writeUInt32LE(state, at);
	}
	return value;
}

class DialAgent extends Agent {
	readonly #dial: () => Promise<Duplex>;

	constructor(dial: () => Promise<Duplex>) {
		super({ keepAlive: true, maxSockets: CONNECTIONS });
		this.#dial = dial;
	}

	override createConnection(_: object, done?: (error: Error | null, stream: Duplex) => void): undefined {
		this.#dial().then(
			(stream) => done?.(null, stream),
			(error) => done?.(error, undefined as unknown as Duplex),
		);
	}
}

async function post(agent: Agent, path: string, body: object): Promise<void> {
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		const sent = request({ agent, path, method: "POST", host: "etcd" }, resolve);
		sent.on("error", reject).end(JSON.stringify(body));
	});
	const answer = await text(response);
	if (response.statusCode !== 200) throw new Error(`etcd does not take the keys: ${response.statusCode} ${answer}`);
}
