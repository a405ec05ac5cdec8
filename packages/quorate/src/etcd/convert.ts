import type { KeyValue as PbKeyValue } from "../../generated/kv_pb.ts";
import {
	AlarmType,
	type AlarmMember as PbAlarm,
	type Member as PbMember,
	type RawRangeResponse as PbRawRange,
	type ResponseHeader,
	type StatusResponse,
} from "../../generated/rpc_pb.ts";
import type { Alarm, KeyValue, Member, MemberStatus, RangeRequest, RawRangeResponse } from "./member-client.ts";
import { keyOf } from "./raw-key.ts";

export function header(response: { header?: ResponseHeader | undefined }) {
	const { clusterId = 0n, memberId = 0n, revision = 0n } = response.header ?? {};
	return { clusterId, memberId, revision };
}

export function status(pb: StatusResponse): MemberStatus {
	return {
		...header(pb),
		version: pb.version,
		dbSize: pb.dbSize,
		dbSizeInUse: pb.dbSizeInUse,
		dbSizeQuota: pb.dbSizeQuota || undefined,
		leader: pb.leader,
		raftIndex: pb.raftIndex,
		raftAppliedIndex: pb.raftAppliedIndex,
		raftTerm: pb.raftTerm,
		errors: pb.errors,
		isLearner: pb.isLearner,
		storageVersion: pb.storageVersion || undefined,
		downgradeEnabled: pb.downgradeInfo?.enabled ?? false,
	};
}

export function member(pb: PbMember): Member {
	return {
		id: pb.ID,
		name: pb.name,
		peerURLs: pb.peerURLs,
		clientURLs: pb.clientURLs,
		isLearner: pb.isLearner,
	};
}

export function alarm(pb: PbAlarm): Alarm {
	const type = pb.alarm === AlarmType.NOSPACE ? "NOSPACE" : pb.alarm === AlarmType.CORRUPT ? "CORRUPT" : "UNKNOWN";
	return { memberId: pb.memberID, type };
}

export function keyValue(pb: PbKeyValue): KeyValue {
	const { key, value, createRevision, modRevision, version, lease } = pb;
	return { key, value, createRevision, modRevision, version, lease };
}

export function rangeRequest(request: RangeRequest) {
	const { key, rangeEnd, revision = 0n, limit = 0 } = request;
	return {
		key,
		...(rangeEnd ? { rangeEnd } : {}),
		revision,
		limit: BigInt(limit),
		serializable: request.serializable ?? false,
		keysOnly: request.keysOnly ?? false,
		countOnly: request.countOnly ?? false,
	};
}

export function rawRange(pb: PbRawRange): RawRangeResponse {
	const last = pb.kvs.at(-1);
	return {
		revision: header(pb).revision,
		kvs: pb.kvs,
		bytes: together(pb.kvs),
		more: pb.more,
		count: pb.count,
		lastKey: last && keyOf(last),
	};
}

/** The stretch of the answer that holds all keys: the decoder gives views into it, and etcd writes them in a row. */
function together(kvs: readonly Uint8Array[]): Uint8Array {
	const first = kvs[0];
	const last = kvs.at(-1);
	if (!first || !last) {
		return new Uint8Array();
	}
	const length = last.byteOffset + last.length - first.byteOffset;
	// Each key but the first has one byte of tag and up to five of length before it.
	const most = kvs.reduce((sum, kv) => sum + kv.length + 6, 0);
	if (first.buffer !== last.buffer || length < 0 || length > most) {
		return Buffer.concat(kvs);
	}
	return new Uint8Array(first.buffer, first.byteOffset, length);
}
