import type { Duplex } from "node:stream";
import { joinStreams } from "./join.ts";
import { SpdyConnection } from "./spdy/connection.ts";
import type { SpdyStream } from "./spdy/stream.ts";
import { messageOf } from "./upgrade.ts";

interface Pair {
	data?: SpdyStream;
	error?: SpdyStream;
}

/** Each forwarded connection is a pair of streams with the same request id: its data, and what went wrong with it. */
export function forwardSpdy(transport: Duplex, dial: (port: number) => Promise<Duplex>): void {
	const pairs = new Map<string, Pair>();
	const connection = new SpdyConnection(transport, (stream) => {
		const type = stream.headers.get("streamtype");
		if (type !== "data" && type !== "error") {
			stream.destroy();
			return;
		}
		const id = stream.headers.get("requestid") ?? `${stream.id - (type === "data" ? 2 : 0)}`;
		const pair: Pair = { ...pairs.get(id), [type]: stream };
		if (pair.data && pair.error) {
			pairs.delete(id);
			void forward(pair.data, pair.error, dial);
		} else {
			pairs.set(id, pair);
			stream.once("close", () => pairs.delete(id));
		}
	});
	void connection.run();
}

async function forward(data: SpdyStream, error: SpdyStream, dial: (port: number) => Promise<Duplex>): Promise<void> {
	error.resume();
	const port = Number(data.headers.get("port"));
	try {
		await joinStreams(data, await dial(port));
		error.end();
	} catch (reason) {
		error.end(`error forwarding port ${port}: ${messageOf(reason)}`);
		data.end();
		data.resume();
	}
}
