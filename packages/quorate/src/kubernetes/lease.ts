import { QuorateError } from "../errors.ts";
import { checked } from "./checked.ts";
import type { KubernetesClient, KubernetesObject, RequestOptions, Resource } from "./client.ts";
import { amount, integer, map, object, text, name as validName } from "./schema.ts";

export const LEASES: Resource = { group: "coordination.k8s.io", version: "v1", resource: "leases" };

/** What the holder is at, for whoever finds the cluster locked. */
const PURPOSE_ANNOTATION = "quorate.io/purpose";
/** Tells one run from another of the same name. */
export const RUN_ANNOTATION = "quorate.io/run";
/** The holder's process, so that a run on the same machine can tell that it is dead. */
export const PROCESS_ANNOTATION = "quorate.io/process";

export interface LeaseObject extends KubernetesObject {
	spec?: {
		holderIdentity?: string;
		leaseDurationSeconds?: number;
		/** RFC 3339 with microseconds, by the holder's clock */
		acquireTime?: string;
		renewTime?: string;
		leaseTransitions?: number;
	};
}

const schema = object(
	{
		metadata: object(
			{ name: validName, namespace: validName, uid: text, resourceVersion: text, annotations: map(text) },
			"name",
		),
		spec: object({
			holderIdentity: text,
			leaseDurationSeconds: amount,
			acquireTime: text,
			renewTime: text,
			leaseTransitions: integer,
		}),
	},
	"metadata",
);

/** Undefined: there is none. */
export async function findLease(
	client: Pick<KubernetesClient, "find">,
	namespace: string | undefined,
	name: string,
	request: RequestOptions,
): Promise<LeaseObject | undefined> {
	const found = await client.find<unknown>(LEASES, namespace, name, request);
	return found === undefined ? undefined : checked(found, schema, { verb: "get", resource: LEASES, namespace, name });
}

export interface LeaseHolder {
	/** "ann@laptop pid 4711" */
	holder: string;
	/** this run */
	run: string;
	purpose: string;
	process: string | undefined;
	ttlSeconds: number;
}

export function leaseName(statefulSet: string): string {
	return `quorate-${statefulSet}`;
}

/** The Lease as it is once the holder has it; `previous` is taken over. */
export function heldLease(namespace: string, name: string, holder: LeaseHolder, previous?: LeaseObject): LeaseObject {
	const now = microTime();
	const metadata: LeaseObject["metadata"] = previous?.metadata ?? { name, namespace };
	return {
		apiVersion: "coordination.k8s.io/v1",
		kind: "Lease",
		metadata: {
			...metadata,
			annotations: {
				...metadata.annotations,
				[PURPOSE_ANNOTATION]: holder.purpose,
				[RUN_ANNOTATION]: holder.run,
				[PROCESS_ANNOTATION]: holder.process ?? "",
			},
		},
		spec: {
			holderIdentity: holder.holder,
			leaseDurationSeconds: holder.ttlSeconds,
			acquireTime: now,
			renewTime: now,
			leaseTransitions: previous ? (previous.spec?.leaseTransitions ?? 0) + 1 : 0,
		},
	};
}

export function renewedLease(lease: LeaseObject): LeaseObject {
	return { ...lease, spec: { ...lease.spec, renewTime: microTime() } };
}

export function isOurs(lease: LeaseObject, run: string): boolean {
	return lease.metadata.annotations?.[RUN_ANNOTATION] === run;
}

/** Milliseconds that this Lease is good for after each renewal. */
export function durationMs(lease: LeaseObject): number {
	return (lease.spec?.leaseDurationSeconds ?? 0) * 1000;
}

/** Milliseconds until it expires, if the holder's clock and ours agree; 0 where it has; undefined where they cannot agree. */
export function remainingMs(lease: LeaseObject, now = Date.now()): number | undefined {
	const renewed = Date.parse(lease.spec?.renewTime ?? "");
	if (Number.isNaN(renewed) || renewed > now + 1000) return undefined;
	return Math.max(0, renewed + durationMs(lease) - now);
}

/** The refusal that says who holds it, since when, for what, and how long at most. */
export function lockedBy(lease: LeaseObject, operation: string): QuorateError {
	const { metadata, spec } = lease;
	const purpose = metadata.annotations?.[PURPOSE_ANNOTATION];
	const since = spec?.acquireTime ? ` since ${spec.acquireTime.replace(/\.\d+/, "")}` : "";
	const remaining = remainingMs(lease);
	const seconds = Math.ceil((remaining ?? durationMs(lease)) / 1000);
	const name = `${metadata.namespace ?? ""}/${metadata.name}`;
	return new QuorateError("Locked", {
		operation,
		message: `${spec?.holderIdentity || "someone"} is at work on this cluster${since}${purpose ? ` (${purpose})` : ""}`,
		state: `nothing was changed; the Lease ${name} expires ${seconds} s from now unless it is renewed`,
		hint: "wait for that run to end; if it was killed, run the same command again once the Lease has expired",
	});
}

function microTime(): string {
	return new Date().toISOString().replace(/Z$/, "000Z");
}
