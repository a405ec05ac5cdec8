import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { QuorateError } from "../errors.ts";
import type { KubernetesClient, RequestOptions } from "./client.ts";
import { HeldLock, type Lock, moment } from "./held-lock.ts";
import {
	durationMs,
	findLease,
	heldLease,
	isOurs,
	LEASES,
	type LeaseHolder,
	type LeaseObject,
	leaseName,
	lockedBy,
	PROCESS_ANNOTATION,
	remainingMs,
} from "./lease.ts";
import { describeProcess, isGone, processIdentity } from "./process-identity.ts";

export interface LockOptions {
	namespace: string;
	/** of the StatefulSet; the Lease is `quorate-<name>` */
	name: string;
	/** who holds it, for others to read. @default "user@host pid N" */
	holder?: string;
	/** how long it stays locked after the holder's death, in seconds. @default 30 */
	ttlSeconds?: number;
	/** what the holder is at: "scaling mayastor-etcd from 3 to 5" */
	describe: string;
	/** Called once when a Lease looks expired and is watched for a whole duration before it is taken over. */
	onWait?: (lease: LeaseObject, ms: number) => void;
}

export type { Lock };

/** How often someone else may be quicker; a server that refuses forever is not asked forever. */
const MOST_TRIES = 20;

/** How often a Lease that may be dead is looked at. */
const LOOK_MS = 1000;

/**
 * Makes sure that no other run is at work on the same StatefulSet. Of a holder's death we are certain only when its
 * Lease has not changed for its whole duration by our own clock, or when it was a process of this machine that is gone.
 *
 * @throws QuorateError Locked: who holds it, since when, and when it expires
 */
export async function acquireLock(
	client: KubernetesClient,
	options: LockOptions,
	{ signal }: RequestOptions = {},
): Promise<Lock> {
	const { namespace } = options;
	const name = leaseName(options.name);
	const request = signal ? { signal } : {};
	const holder: LeaseHolder = {
		holder: options.holder ?? describeProcess(),
		run: randomUUID(),
		purpose: options.describe,
		process: processIdentity(),
		ttlSeconds: options.ttlSeconds ?? 30,
	};
	for (let tries = 1; ; tries++) {
		const existing = await findLease(client, namespace, name, request);
		if (existing && isHeld(existing)) await awaitDeath(client, existing, options, signal);
		const wanted = heldLease(namespace, name, holder, existing);
		const since = moment();
		try {
			const lease = existing
				? await client.replace<LeaseObject>(LEASES, wanted, request)
				: await client.create<LeaseObject>(LEASES, wanted, request);
			return new HeldLock(client, lease, holder, since);
		} catch (error) {
			// Someone was quicker, or it was released meanwhile: look again.
			if (!(error instanceof QuorateError) || (error.code !== "Conflict" && error.code !== "NotFound")) throw error;
			// The answer to our own write may have been lost on the way, and the write repeated by something in between.
			const now = await findLease(client, namespace, name, request);
			if (now && isOurs(now, holder.run)) return new HeldLock(client, now, holder, since);
			if (tries === MOST_TRIES) throw error;
		}
	}
}

/** Deletes the Lease that a killed run of this machine left behind, where it did; one that may be alive is left alone. */
export async function clearDeadLock(
	client: KubernetesClient,
	{ namespace, name }: Pick<LockOptions, "namespace" | "name">,
	{ signal }: RequestOptions = {},
): Promise<void> {
	const request = signal ? { signal } : {};
	const lease = await findLease(client, namespace, leaseName(name), request).catch((error: unknown) => {
		// who may not see it cannot clear it, and has nothing else to do
		if (error instanceof QuorateError && error.code === "Forbidden") return undefined;
		throw error;
	});
	const process = lease?.metadata.annotations?.[PROCESS_ANNOTATION];
	if (!lease || !process || !isGone(process)) return;
	const { uid, resourceVersion } = lease.metadata;
	const same = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
	await client.delete(LEASES, namespace, lease.metadata.name, { ...request, ...same }).catch((error: unknown) => {
		// another run has it by now, or cleared it as well
		if (!(error instanceof QuorateError) || (error.code !== "Conflict" && error.code !== "NotFound")) throw error;
	});
}

function isHeld(lease: LeaseObject): boolean {
	return Boolean(lease.spec?.holderIdentity);
}

/** Returns when the holder is dead for certain and the Lease still as it was; throws Locked otherwise. */
async function awaitDeath(
	client: KubernetesClient,
	seen: LeaseObject,
	options: LockOptions,
	signal: AbortSignal | undefined,
): Promise<void> {
	const operation = `locking ${options.name} in namespace ${options.namespace}`;
	const process = seen.metadata.annotations?.[PROCESS_ANNOTATION];
	if (process && isGone(process)) return;
	// That it is alive may be believed of a clock; that it is dead may not.
	const remaining = remainingMs(seen);
	if (remaining !== undefined && remaining > 0) throw lockedBy(seen, operation);
	const until = performance.now() + durationMs(seen);
	options.onWait?.(seen, durationMs(seen));
	while (performance.now() < until) {
		await sleep(Math.min(LOOK_MS, Math.max(1, until - performance.now())), undefined, signal ? { signal } : {}).catch(
			() => {
				throw signal?.reason;
			},
		);
		const now = await findLease(client, options.namespace, seen.metadata.name, signal ? { signal } : {});
		if (!now || now.metadata.uid !== seen.metadata.uid) return;
		if (now.metadata.resourceVersion !== seen.metadata.resourceVersion) throw lockedBy(now, operation);
	}
}
