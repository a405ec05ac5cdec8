import { Code, ConnectError } from "@connectrpc/connect";
import { EtcdError, type EtcdFailure } from "./member-client.ts";

/**
 * etcd's messages (api/v3rpc/rpctypes/error.go), longest match first. The gRPC code alone does not tell: 3.5 refuses a
 * learner with Unavailable, 3.6 and later with FailedPrecondition.
 */
const MESSAGES: readonly (readonly [message: string, failure: EtcdFailure])[] = [
	["rpc not supported for learner", "NotSupportedForLearner"],
	["unhealthy cluster", "UnhealthyCluster"],
	["can only promote a learner member which is in sync with leader", "LearnerNotReady"],
	["can only promote a learner member", "NotLearner"],
	["member not found", "MemberNotFound"],
	["Peer URLs already exists", "MemberExists"],
	["member ID already exist", "MemberExists"],
	["too many learner members in cluster", "TooManyLearners"],
	["not enough started members", "NotEnoughStarted"],
	["no leader", "NoLeader"],
	["not leader", "NotLeader"],
	["bad leader transferee", "BadLeaderTransferee"],
	["required revision has been compacted", "Compacted"],
	["required revision is a future revision", "FutureRevision"],
	["database space exceeded", "NoSpace"],
	["corrupt cluster", "Corrupt"],
	["invalid auth token", "Unauthenticated"],
	["revision of auth store is old", "Unauthenticated"],
	["user name is empty", "Unauthenticated"],
	// the common name of a client's certificate, where no token came with the call
	["auth: user not found", "Unauthenticated"],
	["authentication failed", "Unauthenticated"],
	["permission denied", "PermissionDenied"],
];

const CODES: Partial<Record<Code, EtcdFailure>> = {
	[Code.Unavailable]: "Unavailable",
	[Code.DeadlineExceeded]: "DeadlineExceeded",
	[Code.Unauthenticated]: "Unauthenticated",
	[Code.PermissionDenied]: "PermissionDenied",
	[Code.Unimplemented]: "Unimplemented",
	[Code.DataLoss]: "Corrupt",
};

/** Codes with which a broken connection is told, unless etcd itself gave them. */
const BROKEN: readonly Code[] = [Code.Aborted, Code.Canceled, Code.Internal];

/** What an answer of etcd means, by its message first. Also for the reason that a watch was ended with. */
export function failureOf(message: string, code?: Code): EtcdFailure {
	const known = MESSAGES.find(([text]) => message.includes(text));
	if (known) {
		return known[1];
	}
	if (code !== undefined && BROKEN.includes(code) && !message.startsWith("etcdserver:")) {
		return "Unavailable";
	}
	return (code !== undefined && CODES[code]) || "Other";
}

/** Whatever a call threw, as an {@link EtcdError}. `signal` is the caller's own: aborted, nothing else matters. */
export function etcdError(call: string, member: string, error: unknown, signal?: AbortSignal): EtcdError {
	if (error instanceof EtcdError) {
		return error;
	}
	if (signal?.aborted) {
		return new EtcdError("Aborted", call, member, `${call} was aborted`, signal.reason);
	}
	if (error instanceof ConnectError) {
		if (error.cause instanceof EtcdError) {
			return error.cause;
		}
		return new EtcdError(failureOf(error.rawMessage, error.code), call, member, error.rawMessage, error);
	}
	const message = error instanceof Error ? error.message : String(error);
	return new EtcdError("Other", call, member, message, error);
}
