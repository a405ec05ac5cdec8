import { QuorateError } from "../errors.ts";
import { timeLimit } from "../time-limit.ts";
import type { KubernetesClient, RequestOptions } from "./client.ts";
import { findLease, isOurs, LEASES, type LeaseHolder, type LeaseObject, renewedLease } from "./lease.ts";

export interface Lock {
	/** namespace/name of the Lease */
	readonly name: string;
	/** Aborted with a QuorateError LockLost as soon as someone else may be at work: nothing more must be changed. */
	readonly lost: AbortSignal;
	/** To be called before each change: renews first where that is overdue (the machine slept), and throws LockLost. */
	confirm(options?: RequestOptions): Promise<void>;
	/** Deletes the Lease, unless someone else has it by now. */
	release(options?: RequestOptions): Promise<void>;
}

/** A point in time on both clocks: the steady one stands still while a laptop sleeps, the other one can be set. */
export interface Moment {
	steady: number;
	wall: number;
}

export function moment(): Moment {
	return { steady: performance.now(), wall: Date.now() };
}

/** Milliseconds since then, by the clock that has moved further: rather too soon lost than too late. */
function age(since: Moment): number {
	return Math.max(performance.now() - since.steady, Date.now() - since.wall);
}

/** A Lease that is ours, renewed every third of its duration until it is released or lost. */
export class HeldLock implements Lock {
	readonly name: string;
	readonly #client: KubernetesClient;
	readonly #holder: LeaseHolder;
	readonly #lost = new AbortController();
	readonly #stop = new AbortController();
	readonly #ttlMs: number;
	#lease: LeaseObject;
	#since: Moment;
	#timer: NodeJS.Timeout | undefined;
	#deadline: NodeJS.Timeout | undefined;
	#renewal: Promise<void> | undefined;

	/** @param since before the server wrote the Lease: from then on it counts */
	constructor(client: KubernetesClient, lease: LeaseObject, holder: LeaseHolder, since: Moment) {
		this.name = `${lease.metadata.namespace ?? ""}/${lease.metadata.name}`;
		this.#client = client;
		this.#lease = lease;
		this.#holder = holder;
		this.#ttlMs = holder.ttlSeconds * 1000;
		this.#since = since;
		this.#written(lease, since);
		this.#schedule();
	}

	get lost(): AbortSignal {
		return this.#lost.signal;
	}

	async confirm({ signal }: RequestOptions = {}): Promise<void> {
		signal?.throwIfAborted();
		this.#lost.signal.throwIfAborted();
		// Twice, since the first may only be a renewal that was under way before the machine slept.
		for (let tries = 0; tries < 2 && age(this.#since) >= this.#ttlMs / 2; tries++) {
			await this.#renewNow();
			signal?.throwIfAborted();
			this.#lost.signal.throwIfAborted();
		}
		if (age(this.#since) < this.#ttlMs / 2) return;
		this.#lose("it could not be renewed in time");
		this.#lost.signal.throwIfAborted();
	}

	async release({ signal }: RequestOptions = {}): Promise<void> {
		this.#stopRenewing();
		await this.#renewal;
		if (this.#lost.signal.aborted) return;
		const { namespace, name } = this.#lease.metadata;
		const request = signal ? { signal } : {};
		for (;;) {
			const { uid, resourceVersion } = this.#lease.metadata;
			try {
				await this.#client.delete(LEASES, namespace, name, {
					...request,
					...(uid ? { uid } : {}),
					...(resourceVersion ? { resourceVersion } : {}),
				});
				return;
			} catch (error) {
				if (is(error, "NotFound")) return;
				if (!is(error, "Conflict")) throw error;
				const now = await findLease(this.#client, namespace, name, request);
				if (!now || !isOurs(now, this.#holder.run)) return;
				this.#lease = now;
			}
		}
	}

	#schedule(): void {
		this.#timer = setTimeout(() => {
			this.#renewNow().then(() => {
				if (!this.#stop.signal.aborted) this.#schedule();
			});
		}, this.#ttlMs / 3);
		this.#timer.unref();
	}

	/** Never fails: while the server is away, the deadline says whether the lock still holds. */
	#renewNow(): Promise<void> {
		this.#renewal ??= this.#renew()
			.catch((error: unknown) => {
				if (!(error instanceof QuorateError) && !isAbort(error)) this.#lose(`renewing it failed: ${error}`, error);
			})
			.finally(() => {
				this.#renewal = undefined;
			});
		return this.#renewal;
	}

	async #renew(): Promise<void> {
		const since = moment();
		const signal = AbortSignal.any([this.#stop.signal, timeLimit(Math.ceil(this.#ttlMs / 3))]);
		try {
			this.#written(await this.#client.replace<LeaseObject>(LEASES, renewedLease(this.#lease), { signal }), since);
		} catch (error) {
			if (!this.#stop.signal.aborted) await this.#examine(error);
		}
	}

	/** Why a renewal failed: someone else has the Lease, or it was merely edited, or the answer got lost. */
	async #examine(error: unknown): Promise<void> {
		const { namespace, name } = this.#lease.metadata;
		const signal = AbortSignal.any([this.#stop.signal, timeLimit(Math.ceil(this.#ttlMs / 3))]);
		const now = await findLease(this.#client, namespace, name, { signal });
		if (!now) return this.#lose("its Lease was deleted", error);
		if (!isOurs(now, this.#holder.run))
			return this.#lose(`${now.spec?.holderIdentity || "someone else"} has it now`, error);
		const since = moment();
		this.#written(await this.#client.replace<LeaseObject>(LEASES, renewedLease(now), { signal }), since);
	}

	#written(lease: LeaseObject, since: Moment): void {
		if (this.#stop.signal.aborted) return;
		this.#lease = lease;
		this.#since = since;
		clearTimeout(this.#deadline);
		// Others take it over after a whole duration; we stop a sixth of it earlier, so that never two are at work.
		const grace = (this.#ttlMs * 5) / 6;
		const why = `it could not be renewed for ${Math.round(grace / 1000)} s`;
		this.#deadline = setTimeout(() => this.#lose(why), Math.max(0, grace - age(since)));
		this.#deadline.unref();
	}

	#lose(why: string, cause?: unknown): void {
		if (this.#stop.signal.aborted) return;
		this.#stopRenewing();
		this.#lost.abort(
			new QuorateError("LockLost", {
				operation: `holding the lock ${this.name}`,
				message: `the lock was lost: ${why}`,
				hint: "see what the other run did (`quorate status`), then run the same command again",
				cause,
			}),
		);
	}

	#stopRenewing(): void {
		clearTimeout(this.#timer);
		clearTimeout(this.#deadline);
		this.#stop.abort();
	}
}

function is(error: unknown, code: string): boolean {
	return error instanceof QuorateError && error.code === code;
}

function isAbort(error: unknown): boolean {
	return error instanceof Error && (error.name === "AbortError" || error.name === "TimeoutError");
}
