import { type IncomingMessage, request } from "node:http";
import { text } from "node:stream/consumers";

/** An answer of etcd that is not 200, in its own words. */
export class GatewayError extends Error {
	override name = "GatewayError";
}

export interface Put {
	key: string;
	value: string;
	/** id of a lease, in decimal */
	lease?: string;
}

/**
 * The few calls of etcd's API that Mayastor's model needs, over its JSON gateway, on whichever member answers first.
 */
export class EtcdGateway {
	readonly #addresses: () => string[];

	/** `addresses`: the members that are there now, as `host:port` */
	constructor(addresses: () => string[]) {
		this.#addresses = addresses;
	}

	/** All in one transaction; etcd takes at most 128 by default. */
	async put(puts: Put[], signal?: AbortSignal): Promise<void> {
		const success = puts.map(({ key, value, lease }) => ({
			requestPut: { key: base64(key), value: base64(value), ...(lease ? { lease } : {}) },
		}));
		await this.#call("kv/txn", { success }, signal);
	}

	/** Returns the lease's id, in decimal. `ttl` in seconds. */
	async grant(ttl: number, signal?: AbortSignal): Promise<string> {
		const { ID } = await this.#call("lease/grant", { TTL: ttl }, signal);
		if (typeof ID !== "string") throw new GatewayError("lease/grant answered no ID");
		return ID;
	}

	/** Whether the lease is alive still. */
	async keepAlive(lease: string, signal?: AbortSignal): Promise<boolean> {
		const { result } = await this.#call("lease/keepalive", { ID: lease }, signal);
		return Number((result as { TTL?: string } | undefined)?.TTL ?? 0) > 0;
	}

	async revoke(lease: string, signal?: AbortSignal): Promise<void> {
		await this.#call("lease/revoke", { ID: lease }, signal);
	}

	async #call(path: string, body: object, signal?: AbortSignal): Promise<Record<string, unknown>> {
		let last: unknown = new GatewayError("no member of etcd is there");
		for (const address of this.#addresses()) {
			try {
				return await post(address, path, body, signal);
			} catch (error) {
				signal?.throwIfAborted();
				last = error;
			}
		}
		throw last;
	}
}

/** Mayastor's agents give up on etcd after five seconds, too. */
const TIMEOUT = 5000;

async function post(
	address: string,
	path: string,
	body: object,
	signal?: AbortSignal,
): Promise<Record<string, unknown>> {
	const limit = AbortSignal.timeout(TIMEOUT);
	const either = signal ? AbortSignal.any([signal, limit]) : limit;
	const response = await new Promise<IncomingMessage>((resolve, reject) => {
		const sent = request(`http://${address}/v3/${path}`, { method: "POST", signal: either, agent: false }, resolve);
		sent.on("error", reject).end(JSON.stringify(body));
	});
	const answer = await text(response);
	if (response.statusCode !== 200)
		throw new GatewayError(`${path} on ${address}: ${response.statusCode} ${answer.trim()}`);
	return JSON.parse(answer);
}

function base64(value: string): string {
	return Buffer.from(value).toString("base64");
}
