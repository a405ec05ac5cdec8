/** Exit codes of the command; scripts rely on them. */
export const EXIT = { done: 0, failed: 1, usage: 2, refused: 3, resumable: 4 } as const;

/**
 * The one table of failures: a stable code, how the command exits with it, and what it means.
 * The codes are part of the interface (`-o json` prints them, docs/errors.md lists them).
 */
export const ERRORS = {
	Usage: { exit: EXIT.usage, means: "the command line cannot be understood, or a value in it cannot be" },
	KubeconfigInvalid: { exit: EXIT.usage, means: "the kubeconfig cannot be read or lacks what it must hold" },
	Unreachable: { exit: EXIT.failed, means: "the Kubernetes API server does not answer" },
	Unauthorized: { exit: EXIT.failed, means: "the API server does not know this user" },
	Forbidden: { exit: EXIT.failed, means: "this user lacks a right that is needed" },
	NotFound: { exit: EXIT.failed, means: "an object that was named is not there" },
	Conflict: { exit: EXIT.resumable, means: "an object was changed by someone else in the meantime" },
	ApiRefused: { exit: EXIT.failed, means: "the API server refused a request" },
	StatefulSetNotFound: { exit: EXIT.usage, means: "there is no StatefulSet of that name" },
	StatefulSetAmbiguous: { exit: EXIT.usage, means: "several StatefulSets run etcd; one must be named" },
	NotEtcd: { exit: EXIT.refused, means: "the StatefulSet does not run etcd" },
	EtcdAccessUnknown: {
		exit: EXIT.usage,
		means: "what etcd is to be spoken to with (certificates, a user) is neither given nor found in a Secret",
	},
	EtcdAccessRefused: {
		exit: EXIT.failed,
		means:
			"etcd does not accept the certificate or the user that it was given, or shows a certificate that cannot be trusted or is for another name",
	},
	Declined: { exit: EXIT.failed, means: "the confirmation prompt was declined; nothing was changed" },
	Refused: { exit: EXIT.refused, means: "a check found that going on would not be safe; nothing was changed" },
	PlanChanged: {
		exit: EXIT.refused,
		means: "the cluster changed since the plan was approved, and what would be done now is worse; nothing was changed",
	},
	Locked: { exit: EXIT.refused, means: "another run is at work on the same cluster" },
	LockLost: { exit: EXIT.resumable, means: "another run took the cluster over" },
	MemberUnreachable: { exit: EXIT.failed, means: "an etcd member does not answer" },
	EtcdRefused: { exit: EXIT.failed, means: "etcd refused a request" },
	SnapshotFailed: { exit: EXIT.failed, means: "the snapshot could not be taken, or did not arrive whole" },
	SnapshotInvalid: { exit: EXIT.failed, means: "the file is not a whole etcd snapshot" },
	FileExists: { exit: EXIT.usage, means: "a file is there already and is not overwritten" },
	KeyspaceDiffers: {
		exit: EXIT.failed,
		means: "members do not hold the same keyspace, or a key of the snapshot is gone",
	},
	HistoryLost: {
		exit: EXIT.failed,
		means: "the cluster is another one, or holds less, than what was recorded of it before",
	},
	TimedOut: { exit: EXIT.resumable, means: "a wait took longer than its limit" },
	Stopped: { exit: EXIT.resumable, means: "the run was interrupted between two changes" },
	Blocked: { exit: EXIT.resumable, means: "half-way, something came up that makes going on unsafe" },
	LabMissing: { exit: EXIT.failed, means: "the lab's package is not installed" },
	LabFailed: { exit: EXIT.failed, means: "the lab could not do what was asked" },
	Internal: { exit: EXIT.failed, means: "a defect in Quorate" },
} as const;

export type ErrorCode = keyof typeof ERRORS;

export interface ErrorDetails {
	/** what was being done, in the -ing form: "adding mayastor-etcd-3 as a learner" */
	operation: string;
	/** what went wrong, without a full stop */
	message: string;
	/** what state things are in now: "nothing was changed", "mayastor-etcd-3 is a learner" */
	state?: string;
	/** what to do next */
	hint?: string;
	cause?: unknown;
}

/** Every failure that leaves this package. */
export class QuorateError extends Error {
	readonly code: ErrorCode;
	readonly operation: string;
	readonly state: string | undefined;
	readonly hint: string | undefined;

	constructor(code: ErrorCode, details: ErrorDetails) {
		super(details.message, { cause: details.cause });
		this.name = "QuorateError";
		this.code = code;
		this.operation = details.operation;
		this.state = details.state;
		this.hint = details.hint;
	}

	get exitCode(): number {
		return ERRORS[this.code].exit;
	}

	toJSON() {
		const { code, operation, message, state, hint } = this;
		return { code, operation, message, ...(state ? { state } : {}), ...(hint ? { hint } : {}) };
	}
}
