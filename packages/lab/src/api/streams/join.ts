import type { Duplex } from "node:stream";

/** After one side is gone for good, how long the other may take to say its last. */
const LINGER_MS = 30_000;

/**
 * Connects the two both ways until both have ended: the end of one direction leaves the other open. Where one side is
 * destroyed, the other is too. @throws what `remote` failed with
 */
export function joinStreams(local: Duplex, remote: Duplex): Promise<void> {
	if (local.destroyed) {
		remote.on("error", () => {});
		remote.destroy();
		return Promise.resolve();
	}
	return new Promise((resolve, reject) => {
		let failure: Error | undefined;
		let open = 2;
		const closed = (other: Duplex, complete: boolean) => {
			if (!complete) other.destroy();
			if (--open > 0) return;
			if (failure) reject(failure);
			else resolve();
		};
		remote.on("error", (error) => {
			failure = error;
		});
		local.on("error", () => {});
		local.on("close", () => closed(remote, isComplete(local)));
		remote.on("close", () => closed(local, isComplete(remote)));
		local.pipe(remote);
		remote.pipe(local);
	});
}

const isComplete = (stream: Duplex): boolean => stream.readableEnded && stream.writableFinished;

/** Ends the stream, and lets go of it when what was written is out; what still arrives is thrown away. */
export function hangUp(stream: Duplex): void {
	if (stream.destroyed) return;
	stream.end();
	stream.resume();
	const timer = setTimeout(() => stream.destroy(), LINGER_MS);
	timer.unref();
	stream.once("close", () => clearTimeout(timer));
}
