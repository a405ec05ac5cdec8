/** Every failure of the lab's own doing (not the API's answers): what was being done, what went wrong, what to do next. */
export const LAB_ERRORS = {
	UnsupportedPlatform: "the lab needs Linux",
	NamespacesUnavailable: "this kernel or its settings refuse user namespaces",
	ToolMissing: "a program that the lab needs is not on this machine",
	EtcdNotFound: "no etcd at hand",
	DownloadFailed: "a download did not arrive whole",
	ChecksumMismatch: "an archive is not the one that was published",
	LabExists: "a lab of that name is already up",
	LabNotFound: "no lab of that name is up",
	LabStartFailed: "the lab did not come up",
	LabStopFailed: "the lab did not stop",
	MachineFailed: "the lab's machine refused a change to its network, mounts or processes",
	DialFailed: "nothing answers at that address in the lab",
	NotInLab: "the lab has no such node or pod",
	FaultFailed: "a fault could not be brought about, or not be taken back",
	SnapshotNotRestored: "etcd does not take the snapshot that the lab was to start from",
	InvalidOption: "an option has a value that cannot be",
} as const;

export type LabErrorCode = keyof typeof LAB_ERRORS;

export interface LabErrorDetails {
	/** what was being done, in the -ing form: "starting the lab" */
	operation: string;
	/** what went wrong */
	message: string;
	/** what state things are in now */
	state?: string;
	/** what to do next */
	hint?: string;
	cause?: unknown;
}

export class LabError extends Error {
	readonly code: LabErrorCode;
	readonly operation: string;
	readonly state: string | undefined;
	readonly hint: string | undefined;

	constructor(code: LabErrorCode, details: LabErrorDetails) {
		super(details.message, { cause: details.cause });
		this.name = "LabError";
		this.code = code;
		this.operation = details.operation;
		this.state = details.state;
		this.hint = details.hint;
	}
}
