import type { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";

/** Cancels a call; every call also has the client's own deadline. */
export interface CallOptions {
	signal?: AbortSignal;
	/** milliseconds. @default the client's `timeoutMs` */
	timeoutMs?: number;
}

/** How one member sees itself (Maintenance.Status). Ids are uint64: bigint, never number. */
export interface MemberStatus {
	clusterId: bigint;
	memberId: bigint;
	/** the store's revision at the member that answered */
	revision: bigint;
	version: string;
	/** bytes on disk, and bytes in use of these */
	dbSize: bigint;
	dbSizeInUse: bigint;
	/** bytes; undefined before 3.6.6 */
	dbSizeQuota: bigint | undefined;
	/** 0n: it knows of no leader */
	leader: bigint;
	raftIndex: bigint;
	raftAppliedIndex: bigint;
	raftTerm: bigint;
	errors: readonly string[];
	isLearner: boolean;
	/** 3.6 and later */
	storageVersion: string | undefined;
	downgradeEnabled: boolean;
}

export interface Member {
	id: bigint;
	/** "" while it has never started */
	name: string;
	peerURLs: readonly string[];
	clientURLs: readonly string[];
	isLearner: boolean;
}

export interface Alarm {
	memberId: bigint;
	type: "NOSPACE" | "CORRUPT" | "UNKNOWN";
}

export interface HashKV {
	memberId: bigint;
	hash: number;
	compactRevision: bigint;
	/** revision of the store when it answered */
	revision: bigint;
}

export interface KeyValue {
	key: Uint8Array;
	value: Uint8Array;
	createRevision: bigint;
	modRevision: bigint;
	version: bigint;
	/** 0n: none */
	lease: bigint;
}

export interface RangeRequest {
	key: Uint8Array;
	/** as etcd has it: absent: the one key; a single 0 byte: from `key` on */
	rangeEnd?: Uint8Array;
	/** @default the newest */
	revision?: bigint;
	/** @default no limit */
	limit?: number;
	/** read this member's own store as it is. @default false: linearizable */
	serializable?: boolean;
	keysOnly?: boolean;
	countOnly?: boolean;
}

export interface RangeResponse {
	revision: bigint;
	kvs: readonly KeyValue[];
	more: boolean;
	count: bigint;
}

/** A page of keys in protobuf's encoding (mvccpb.KeyValue). */
export interface RawRangeResponse {
	revision: bigint;
	/** one encoded key after the other; views into one buffer, so keep none for long */
	kvs: readonly Uint8Array[];
	/** all of them in one piece, as sent: pages that hold the same keys in the same encoding are equal byte by byte */
	bytes: Uint8Array;
	more: boolean;
	count: bigint;
	/** undefined: the page is empty */
	lastKey: Uint8Array | undefined;
}

/**
 * One etcd member. Failures are {@link EtcdError}s. Calls are answered by this very member and no other;
 * nothing is retried in here.
 */
export interface MemberClient {
	status(options?: CallOptions): Promise<MemberStatus>;
	/** Linearizable where the server can (3.5 on); `local`: this member's own list, which needs no quorum and may be old. Refused by learners. */
	memberList(
		options?: CallOptions & { local?: boolean },
	): Promise<{ clusterId: bigint; memberId: bigint; members: readonly Member[] }>;
	memberAdd(peerURLs: readonly string[], isLearner: boolean, options?: CallOptions): Promise<Member>;
	memberPromote(id: bigint, options?: CallOptions): Promise<readonly Member[]>;
	memberRemove(id: bigint, options?: CallOptions): Promise<readonly Member[]>;
	moveLeader(target: bigint, options?: CallOptions): Promise<void>;
	alarmList(options?: CallOptions): Promise<readonly Alarm[]>;
	/** `revision` 0n: the newest. */
	hashKV(revision: bigint, options?: CallOptions): Promise<HashKV>;
	range(request: RangeRequest, options?: CallOptions): Promise<RangeResponse>;
	/** As range, but the keys are left as they came: for comparing much, fast. */
	rangeRaw(request: RangeRequest, options?: CallOptions): Promise<RawRangeResponse>;
	/** Whether there is such a lease: it has neither expired nor been revoked. */
	leaseExists(id: bigint, options?: CallOptions): Promise<boolean>;
	put(key: Uint8Array, value: Uint8Array, options?: CallOptions & { lease?: bigint }): Promise<{ revision: bigint }>;
	deleteRange(
		key: Uint8Array,
		rangeEnd?: Uint8Array,
		options?: CallOptions,
	): Promise<{ revision: bigint; deleted: bigint }>;
	compact(revision: bigint, options?: CallOptions): Promise<void>;
	/** Deletions and puts under `key`..`rangeEnd` from `startRevision` on. Ends with an EtcdError "Compacted" where history is gone. */
	watch(
		request: { key: Uint8Array; rangeEnd?: Uint8Array; startRevision: bigint },
		options?: CallOptions,
	): AsyncIterable<{ revision: bigint; events: readonly { type: "PUT" | "DELETE"; kv: KeyValue }[] }>;
	/** A token for that user; undefined where auth is off. Refused by learners. */
	authenticate(username: string, password: string, options?: CallOptions): Promise<string | undefined>;
	/** Roles of a user of etcd's own; one may always ask for oneself. */
	userRoles(name: string, options?: CallOptions): Promise<readonly string[]>;
	/** The whole database as a stream of chunks; the last 32 bytes are the SHA-256 of all before. */
	snapshot(options?: CallOptions): AsyncIterable<{ chunk: Uint8Array; remainingBytes: bigint; version: string }>;
	/** Milliseconds for which the connection has lasted that the next call takes, and so, at least, the process behind it; 0: there is none. */
	connectedMs(): number;
	close(): void;
}

export interface MemberClientOptions {
	/** Opens a byte stream to the member's client port; called again when a connection is lost. */
	dial: () => Promise<Duplex>;
	/** for error messages: the pod's name, or the URL */
	name: string;
	/** `isMembers`: whether a certificate that is not for `serverName` is the member's all the same, by default not. @default plain text */
	tls?: {
		ca?: string;
		cert?: string;
		key?: string;
		serverName: string;
		isMembers?: (certificate: X509Certificate) => boolean;
		rejectUnauthorized?: boolean;
	};
	/** `borrowToken`: from another member, for a learner gives out none. @default none */
	auth?: { username: string; password: string; borrowToken?: () => Promise<string | undefined> };
	/** milliseconds a unary call may take. @default 5000 */
	timeoutMs?: number;
	/** told of every unary call that fails */
	onFailure?: (error: EtcdError) => void;
}

/** What went wrong in a call, by what a caller must do about it. The message is etcd's own. */
export type EtcdFailure =
	/** no connection, or none in time; the call may or may not have been carried out */
	| "Unavailable"
	| "DeadlineExceeded"
	/** "rpc not supported for learner" (Unavailable on 3.5, FailedPrecondition later) */
	| "NotSupportedForLearner"
	/** "unhealthy cluster": reconfiguration refused for now */
	| "UnhealthyCluster"
	/** "can only promote a learner member which is in sync with leader" */
	| "LearnerNotReady"
	/** "can only promote a learner member": it votes already */
	| "NotLearner"
	| "MemberNotFound"
	/** "Peer URLs already exists", "member ID already exist" */
	| "MemberExists"
	| "TooManyLearners"
	| "NotEnoughStarted"
	| "NoLeader"
	| "NotLeader"
	| "BadLeaderTransferee"
	| "Compacted"
	| "FutureRevision"
	| "NoSpace"
	| "Corrupt"
	| "Unauthenticated"
	| "PermissionDenied"
	| "Unimplemented"
	| "Aborted"
	| "Other";

export class EtcdError extends Error {
	readonly failure: EtcdFailure;
	/** the member asked */
	readonly member: string;
	/** the call, e.g. "MemberAdd" */
	readonly call: string;

	constructor(failure: EtcdFailure, call: string, member: string, message: string, cause?: unknown) {
		super(message, { cause });
		this.name = "EtcdError";
		this.failure = failure;
		this.call = call;
		this.member = member;
	}
}
