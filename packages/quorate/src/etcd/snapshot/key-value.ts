import { fromBinary } from "@bufbuild/protobuf";
import { KeyValueSchema } from "../../../generated/kv_pb.ts";
import type { KeyValue } from "../member-client.ts";

/** A value of etcd's history. Copies. Undefined: it is malformed. */
export function decodeKeyValue(bytes: Uint8Array): KeyValue | undefined {
	try {
		const { key, value, createRevision, modRevision, version, lease } = fromBinary(KeyValueSchema, bytes);
		return { key: key.slice(), value: value.slice(), createRevision, modRevision, version, lease };
	} catch {
		return undefined;
	}
}
