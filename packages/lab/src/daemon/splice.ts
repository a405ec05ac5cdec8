import type { Duplex } from "node:stream";

/**
 * Passes bytes both ways until both sides have ended; when one breaks, so does the other. Both must allow half-open.
 */
export function splice(left: Duplex, right: Duplex): void {
	join(left, right);
	join(right, left);
}

function join(from: Duplex, to: Duplex): void {
	from.pipe(to);
	from.on("error", () => undefined);
	from.on("close", () => {
		if (!from.readableEnded || !from.writableFinished) to.destroy();
	});
}
