import { create } from "@bufbuild/protobuf";
import { createClient } from "@connectrpc/connect";
import {
	AlarmRequest_AlarmAction,
	Auth,
	Cluster,
	KV,
	Lease,
	Maintenance,
	RangeRequestSchema,
	RawRangeResponseSchema,
} from "../../generated/rpc_pb.ts";
import { alarm, header, keyValue, member, rangeRequest, rawRange, status } from "./convert.ts";
import { etcdError } from "./failure.ts";
import { type CallOptions, EtcdError, type MemberClient, type MemberClientOptions } from "./member-client.ts";
import { streamSnapshot } from "./snapshot-stream.ts";
import { DEFAULT_TIMEOUT_MS, openTransport } from "./transport.ts";
import { watchEvents } from "./watch.ts";

/** KV.Range, with its keys left encoded. */
const rawRangeMethod = { ...KV.method.range, output: RawRangeResponseSchema };

/** A client for one member. Nothing is dialled before the first call; `close()` leaves nothing open. */
export function connectMember(options: MemberClientOptions): MemberClient {
	const { transport, suspect, connectedMs, close } = openTransport(options);
	const kv = createClient(KV, transport);
	const cluster = createClient(Cluster, transport);
	const maintenance = createClient(Maintenance, transport);
	const auth = createClient(Auth, transport);
	const lease = createClient(Lease, transport);
	const defaultTimeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;

	/** One call with one answer: a deadline, the caller's signal, and every failure as an EtcdError. */
	async function unary<T>(
		call: string,
		{ signal, timeoutMs = defaultTimeoutMs }: CallOptions = {},
		run: (options: { timeoutMs: number; signal?: AbortSignal }) => Promise<T>,
	): Promise<T> {
		const begun = Date.now();
		try {
			return await run({ timeoutMs, ...(signal ? { signal } : {}) });
		} catch (error) {
			const known = etcdError(call, options.name, error, signal);
			if (known.failure === "DeadlineExceeded") {
				suspect(begun);
			}
			options.onFailure?.(known);
			throw known;
		}
	}

	return {
		status: (o) => unary("Status", o, async (call) => status(await maintenance.status({}, call))),

		memberList: (o) =>
			unary("MemberList", o, async (call) => {
				const answer = await cluster.memberList({ linearizable: !o?.local }, call);
				const { clusterId, memberId } = header(answer);
				return { clusterId, memberId, members: answer.members.map(member) };
			}),

		memberAdd: (peerURLs, isLearner, o) =>
			unary("MemberAdd", o, async (call) => {
				const answer = await cluster.memberAdd({ peerURLs: [...peerURLs], isLearner }, call);
				if (!answer.member) {
					throw new EtcdError("Other", "MemberAdd", options.name, "the answer names no member");
				}
				return member(answer.member);
			}),

		memberPromote: (id, o) =>
			unary("MemberPromote", o, async (call) => (await cluster.memberPromote({ ID: id }, call)).members.map(member)),

		memberRemove: (id, o) =>
			unary("MemberRemove", o, async (call) => (await cluster.memberRemove({ ID: id }, call)).members.map(member)),

		moveLeader: (target, o) =>
			unary("MoveLeader", o, async (call) => {
				await maintenance.moveLeader({ targetID: target }, call);
			}),

		alarmList: (o) =>
			unary("AlarmList", o, async (call) =>
				(await maintenance.alarm({ action: AlarmRequest_AlarmAction.GET }, call)).alarms.map(alarm),
			),

		hashKV: (revision, o) =>
			unary("HashKV", o, async (call) => {
				const answer = await maintenance.hashKV({ revision }, call);
				const { hash, compactRevision } = answer;
				return { hash, compactRevision, memberId: header(answer).memberId, revision: header(answer).revision };
			}),

		range: (request, o) =>
			unary("Range", o, async (call) => {
				const answer = await kv.range(rangeRequest(request), call);
				const { kvs, more, count } = answer;
				return { revision: header(answer).revision, kvs: kvs.map(keyValue), more, count };
			}),

		rangeRaw: (request, o) =>
			unary("Range", o, async ({ signal, timeoutMs }) => {
				const message = create(RangeRequestSchema, rangeRequest(request));
				const answer = await transport.unary(rawRangeMethod, signal, timeoutMs, undefined, message);
				return rawRange(answer.message);
			}),

		leaseExists: (id, o) =>
			unary("LeaseTimeToLive", o, async (call) => (await lease.leaseTimeToLive({ ID: id }, call)).TTL !== -1n),

		put: (key, value, o) =>
			unary("Put", o, async (call) => {
				const answer = await kv.put({ key, value, lease: o?.lease ?? 0n }, call);
				return { revision: header(answer).revision };
			}),

		deleteRange: (key, rangeEnd, o) =>
			unary("DeleteRange", o, async (call) => {
				const answer = await kv.deleteRange({ key, ...(rangeEnd ? { rangeEnd } : {}) }, call);
				return { revision: header(answer).revision, deleted: answer.deleted };
			}),

		compact: (revision, o) =>
			unary("Compact", o, async (call) => {
				await kv.compact({ revision }, call);
			}),

		watch: (request, o) => watchEvents(transport, options.name, request, o),

		authenticate: (name, password, o) =>
			unary("Authenticate", o, async (call) => (await auth.authenticate({ name, password }, call)).token || undefined),

		userRoles: (name, o) => unary("UserGet", o, async (call) => (await auth.userGet({ name }, call)).roles),

		snapshot: (o) => streamSnapshot(maintenance, options.name, o),

		connectedMs,

		close,
	};
}
