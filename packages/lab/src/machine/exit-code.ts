import { constants } from "node:os";

/** As shells count: the exit code, or 128 + n where signal n ended the process. */
export function exitCode(code: number | null, signal: NodeJS.Signals | null): number {
	if (code !== null) return code;
	return signal === null ? 255 : 128 + (constants.signals[signal] ?? 0);
}
