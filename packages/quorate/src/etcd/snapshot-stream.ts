import { type Client, Code, ConnectError } from "@connectrpc/connect";
import type { Maintenance } from "../../generated/rpc_pb.ts";
import { etcdError } from "./failure.ts";
import type { CallOptions } from "./member-client.ts";

/** A whole database takes as long as it takes, but chunks must keep coming. */
const SILENCE_MS = 30_000;

/** `timeoutMs`: the longest wait for one chunk, 30 s by default. */
export async function* streamSnapshot(
	maintenance: Client<typeof Maintenance>,
	member: string,
	{ signal, timeoutMs = SILENCE_MS }: CallOptions = {},
): AsyncGenerator<{ chunk: Uint8Array; remainingBytes: bigint; version: string }> {
	const ended = new AbortController();
	const stop = signal ? AbortSignal.any([signal, ended.signal]) : ended.signal;
	// 0: no deadline for the whole.
	const chunks = maintenance.snapshot({}, { signal: stop, timeoutMs: 0 })[Symbol.asyncIterator]();
	try {
		for (;;) {
			const silent = new ConnectError(`no data for ${timeoutMs / 1000} s`, Code.DeadlineExceeded);
			const timer = setTimeout(() => ended.abort(silent), timeoutMs);
			const next = await chunks.next().finally(() => clearTimeout(timer));
			if (next.done) {
				return;
			}
			const { blob, remainingBytes, version } = next.value;
			yield { chunk: blob, remainingBytes, version };
		}
	} catch (error) {
		throw etcdError("Snapshot", member, ended.signal.aborted ? ended.signal.reason : error, signal);
	} finally {
		ended.abort();
	}
}
