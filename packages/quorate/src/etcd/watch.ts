import { createClient, type Transport } from "@connectrpc/connect";
import { Event_EventType } from "../../generated/kv_pb.ts";
import { Watch } from "../../generated/rpc_pb.ts";
import { header, keyValue } from "./convert.ts";
import { etcdError, failureOf } from "./failure.ts";
import { type CallOptions, EtcdError, type KeyValue } from "./member-client.ts";

export interface WatchedEvents {
	revision: bigint;
	events: readonly { type: "PUT" | "DELETE"; kv: KeyValue }[];
}

/** Watches until aborted, until the reader stops, or (with `timeoutMs`) that long. */
export async function* watchEvents(
	transport: Transport,
	member: string,
	request: { key: Uint8Array; rangeEnd?: Uint8Array; startRevision: bigint },
	{ signal, timeoutMs }: CallOptions = {},
): AsyncGenerator<WatchedEvents> {
	const ended = new AbortController();
	const stop = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
	async function* requests() {
		const { key, rangeEnd, startRevision } = request;
		const create = { key, startRevision, fragment: true, ...(rangeEnd ? { rangeEnd } : {}) };
		yield { requestUnion: { case: "createRequest" as const, value: create } };
		// The server takes the end of the requests for the end of the watch.
		await new Promise<void>((resolve) => {
			if (stop.aborted) {
				resolve();
			}
			stop.addEventListener("abort", () => resolve(), { once: true });
		});
	}
	try {
		const options = { signal: stop, ...(timeoutMs === undefined ? { timeoutMs: 0 } : { timeoutMs }) };
		for await (const answer of createClient(Watch, transport).watch(requests(), options)) {
			if (answer.compactRevision > 0n) {
				const message = `required revision ${request.startRevision} has been compacted (up to ${answer.compactRevision})`;
				throw new EtcdError("Compacted", "Watch", member, message);
			}
			if (answer.canceled) {
				const reason = answer.cancelReason || "the server ended the watch";
				throw new EtcdError(failureOf(reason), "Watch", member, reason);
			}
			if (answer.events.length > 0) {
				yield {
					revision: header(answer).revision,
					events: answer.events.flatMap(({ type, kv }) =>
						kv
							? [{ type: type === Event_EventType.DELETE ? ("DELETE" as const) : ("PUT" as const), kv: keyValue(kv) }]
							: [],
					),
				};
			}
		}
		throw new EtcdError("Unavailable", "Watch", member, "the server closed the watch");
	} catch (error) {
		throw etcdError("Watch", member, error, signal);
	} finally {
		ended.abort();
	}
}
