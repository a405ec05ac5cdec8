import { create, toBinary } from "@bufbuild/protobuf";
import { KeyValueSchema } from "../../../generated/kv_pb.ts";
import type { KeyValue, MemberClient, MemberStatus } from "../../etcd/member-client.ts";

/** A member's store in memory, in key order, which gives pages as small as told. */
export function memoryStore(kvs: readonly KeyValue[], pageKeys: number): Pick<MemberClient, "rangeRaw" | "status"> {
	const sorted = [...kvs].sort((a, b) => Buffer.compare(a.key, b.key));
	return {
		status: async () => ({ dbSizeInUse: 0n }) as MemberStatus,
		rangeRaw: async ({ key, rangeEnd = Uint8Array.of(0), limit = 0 }) => {
			const toTheEnd = Buffer.compare(rangeEnd, Uint8Array.of(0)) === 0;
			const rest = sorted.filter(
				(kv) => Buffer.compare(kv.key, key) >= 0 && (toTheEnd || Buffer.compare(kv.key, rangeEnd) < 0),
			);
			const page = rest.slice(0, Math.min(limit || rest.length, pageKeys));
			const raw = page.map((kv) => toBinary(KeyValueSchema, create(KeyValueSchema, { ...kv })));
			return {
				revision: 1n,
				kvs: raw,
				bytes: Buffer.concat(raw),
				more: page.length < rest.length,
				count: BigInt(rest.length),
				lastKey: page.at(-1)?.key,
			};
		},
	};
}
