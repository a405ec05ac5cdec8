import { ApiError } from "../api-error.ts";

/** What the error channel carries at the end: how the command ended. */
export function exitStatus(code: number) {
	if (code === 0) return { metadata: {}, status: "Success" };
	return {
		metadata: {},
		status: "Failure",
		message: `command terminated with non-zero exit code: exit status ${code}`,
		reason: "NonZeroExitCode",
		details: { causes: [{ reason: "ExitCode", message: String(code) }] },
	};
}

/** The same where it could not be known. */
export function failureStatus(error: unknown) {
	const message = error instanceof Error ? error.message : String(error);
	const known =
		error instanceof ApiError
			? error
			: new ApiError(500, "InternalError", `error executing command in container: ${message}`);
	return known.toStatus();
}

export type ExecStatus = ReturnType<typeof exitStatus> | ReturnType<typeof failureStatus>;

/** The wording before there were Statuses (protocols older than v4): nothing on success, else one line. */
export const plainStatus = (status: ExecStatus): string =>
	status.status === "Success" ? "" : `error executing remote command: ${"message" in status ? status.message : ""}`;
