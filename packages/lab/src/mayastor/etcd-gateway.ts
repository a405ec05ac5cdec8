import { type IncomingMessage, request } from "node:http";
import { request as secureRequest } from "node:https";
import { text } from "node:stream/consumers";
import { timeLimit } from "../time-limit.ts";

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

export interface GatewayOptions {
	/** @default plain text */
	tls?: { ca: string; cert: string; key: string; serverName: string };
	/** whose token goes with each call, once auth is on. @default nobody's */
	user?: { name: string; password: string };
}

/**
 * What etcd says to a token that it does not know (any more), or that is missing; with client certificates it then takes the
 * gateway itself for a user that may do nothing.
 */
const WANTS_TOKEN = /invalid auth token|user name is empty|revision of auth store is old|permission denied/;

/**
 * The few calls of etcd's API that Mayastor's model needs, over its JSON gateway, on whichever member answers first.
 */
export class EtcdGateway {
	readonly #addresses: () => string[];
	readonly #options: GatewayOptions;
	#token: string | undefined;

	/** `addresses`: the members that are there now, as `host:port` */
	constructor(addresses: () => string[], options: GatewayOptions = {}) {
		this.#addresses = addresses;
		this.#options = options;
	}

	/** Makes the user and turns auth on. */
	async enableAuth(signal?: AbortSignal): Promise<void> {
		const { user } = this.#options;
		if (!user) throw new GatewayError("there is no user to turn auth on with");
		await this.#call("auth/user/add", user, signal);
		await this.#call("auth/user/grant", { user: user.name, role: "root" }, signal);
		await this.#call("auth/enable", {}, signal);
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
		const { user } = this.#options;
		try {
			return await this.#ask(path, body, signal);
		} catch (error) {
			if (!user || !(error instanceof GatewayError && WANTS_TOKEN.test(error.message))) throw error;
			this.#token = undefined;
			const { token } = await this.#ask("auth/authenticate", user, signal);
			if (typeof token === "string") this.#token = token;
			return this.#ask(path, body, signal);
		}
	}

	async #ask(path: string, body: object, signal?: AbortSignal): Promise<Record<string, unknown>> {
		let last: unknown = new GatewayError("no member of etcd is there");
		for (const address of this.#addresses()) {
			try {
				return await this.#post(address, path, body, signal);
			} catch (error) {
				signal?.throwIfAborted();
				last = error;
			}
		}
		throw last;
	}

	async #post(address: string, path: string, body: object, signal?: AbortSignal): Promise<Record<string, unknown>> {
		const { tls } = this.#options;
		const limit = timeLimit(TIMEOUT);
		const options = {
			method: "POST",
			signal: signal ? AbortSignal.any([signal, limit]) : limit,
			agent: false,
			headers: this.#token === undefined ? {} : { authorization: this.#token },
		} as const;
		const response = await new Promise<IncomingMessage>((resolve, reject) => {
			const url = `${tls ? "https" : "http"}://${address}/v3/${path}`;
			const sent = tls
				? secureRequest(url, { ...options, ...tls, servername: tls.serverName }, resolve)
				: request(url, options, resolve);
			sent.on("error", reject).end(JSON.stringify(body));
		});
		const answer = await text(response);
		if (response.statusCode !== 200)
			throw new GatewayError(`${path} on ${address}: ${response.statusCode} ${answer.trim()}`);
		return JSON.parse(answer);
	}
}

/** Mayastor's agents give up on etcd after five seconds, too. */
const TIMEOUT = 5000;

function base64(value: string): string {
	return Buffer.from(value).toString("base64");
}
