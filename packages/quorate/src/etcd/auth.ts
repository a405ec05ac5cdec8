import { createClient, type Interceptor, type Transport } from "@connectrpc/connect";
import { Auth } from "../../generated/rpc_pb.ts";
import { etcdError } from "./failure.ts";
import type { MemberClientOptions } from "./member-client.ts";

/**
 * Sends a user's token with every call, fetched with the first one and again when etcd no longer takes it. A call that
 * was refused for its token was not carried out, so it is sent once more.
 */
export function withToken(
	plain: Transport,
	member: string,
	user: NonNullable<MemberClientOptions["auth"]>,
	timeoutMs: number,
): Interceptor {
	const auth = createClient(Auth, plain);
	let current: Promise<string | undefined> | undefined;

	// Shared by all calls that wait for it, so it ends by its own deadline and not when one of them is aborted.
	async function authenticate(): Promise<string | undefined> {
		try {
			const answer = await auth.authenticate({ name: user.username, password: user.password }, { timeoutMs });
			return answer.token;
		} catch (error) {
			const known = etcdError("Authenticate", member, error);
			// A learner gives out no token, but takes a voter's. To have none is not kept: once it votes it will give one.
			if (known.failure === "NotSupportedForLearner") {
				const borrowed = await user.borrowToken?.();
				current = borrowed === undefined ? undefined : current;
				return borrowed;
			}
			if (known.message.includes("authentication is not enabled")) {
				return undefined;
			}
			throw known;
		}
	}

	return (next) => async (request) => {
		const send = async (fresh: boolean) => {
			if (fresh || !current) {
				const pending = authenticate();
				current = pending;
				pending.catch(() => {
					current = current === pending ? undefined : current;
				});
			}
			const token = await current;
			if (token) {
				request.header.set("token", token);
			}
			return next(request);
		};
		// A stream cannot be sent twice: it begins with a token that is new.
		if (request.stream) {
			return send(true);
		}
		try {
			return await send(false);
		} catch (error) {
			if (etcdError(request.method.name, member, error).failure !== "Unauthenticated") {
				throw error;
			}
			return send(true);
		}
	};
}
