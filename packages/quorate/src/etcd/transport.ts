import type { Transport } from "@connectrpc/connect";
import { createGrpcTransport } from "@connectrpc/connect-node";
import { withToken } from "./auth.ts";
import type { MemberClientOptions } from "./member-client.ts";
import { MemberSession } from "./session.ts";

export const DEFAULT_TIMEOUT_MS = 5000;
/** A page of keys may hold many values of 1.5 MiB each, etcd's own limit for one. */
const READ_MAX_BYTES = 256 << 20;

export interface MemberTransport {
	/** for connect's `createClient` with the services in generated/rpc_pb.ts */
	transport: Transport;
	/** says that a call begun at `since` (ms since the epoch) had no answer in time */
	suspect: (since: number) => void;
	/** {@link MemberSession.connectedMs} */
	connectedMs: () => number;
	/** Ends every call and the connection. */
	close: () => void;
}

/** gRPC to one member over one connection, which is dialled when first needed and again when lost. */
export function openTransport(options: MemberClientOptions): MemberTransport {
	const session = new MemberSession(options);
	const settings = {
		baseUrl: session.authority,
		sessionManager: session,
		readMaxBytes: READ_MAX_BYTES,
		// Compressing costs more than it saves on the way to a member.
		acceptCompression: [],
	};
	const plain = createGrpcTransport(settings);
	const { auth, name, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
	const transport = auth
		? createGrpcTransport({ ...settings, interceptors: [withToken(plain, name, auth, timeoutMs)] })
		: plain;
	return {
		transport,
		suspect: (since) => session.suspect(since),
		connectedMs: () => session.connectedMs,
		close: () => session.close(),
	};
}
