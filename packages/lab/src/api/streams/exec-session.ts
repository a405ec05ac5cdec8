import type { ExecSession } from "../api.ts";
import { isObject } from "../json.ts";
import { type ExecStatus, exitStatus, failureStatus } from "./exec-status.ts";

/** Which of the command's streams the client asked for. */
export interface ExecOptions {
	stdin: boolean;
	stdout: boolean;
	stderr: boolean;
	tty: boolean;
}

/** How it ended, once it has and all that it said is sent. Output that could not be read makes it a failure: it may not look like none. */
export async function outcome(session: ExecSession, outputs: Promise<void>[]): Promise<ExecStatus> {
	const [exited, ...sent] = await Promise.allSettled([session.exited, ...outputs]);
	if (exited.status === "rejected") return failureStatus(exited.reason);
	const unread = sent.find((output) => output.status === "rejected");
	return unread ? failureStatus(unread.reason) : exitStatus(exited.value);
}

/** `{"Width":80,"Height":24}` */
export function resize(session: ExecSession, message: Buffer): void {
	try {
		const size: unknown = JSON.parse(message.toString());
		if (!isObject(size) || typeof size.Width !== "number" || typeof size.Height !== "number") return;
		session.resize(size.Width, size.Height);
	} catch {
		// A size that cannot be read is no reason to end the session.
	}
}
