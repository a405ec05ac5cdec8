import type { IncomingMessage } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { QuorateError } from "../errors.ts";
import type { KubernetesObject, WatchEvent } from "./client.ts";
import { isExpired } from "./list.ts";
import { StatusError, statusOf } from "./status.ts";
import { readLines } from "./watch-lines.ts";

export interface WatchSource<T> {
	list(signal: AbortSignal): Promise<{ items: T[]; resourceVersion: string }>;
	/** Changes from there on, one JSON object a line. */
	open(resourceVersion: string, timeoutSeconds: number, signal: AbortSignal): Promise<IncomingMessage>;
	refusal(status: StatusError): QuorateError;
	signal?: AbortSignal | undefined;
	/** milliseconds; API servers send a bookmark every minute. @default 90000 */
	idleMs?: number | undefined;
	/** how long a server that is away is waited for, once it has answered. Milliseconds. @default 60000 */
	patienceMs?: number | undefined;
}

/** After this the server ends the stream and it is opened again, so that load is spread over servers anew. */
const SESSION_SECONDS = 290;

const PAUSES_MS = [100, 250, 500, 1000, 2000, 5000];

/**
 * What is there, then every change, until the signal is aborted (which ends it without an error) or the reader leaves.
 * Streams that end, break or fall silent are taken up where they ended; where the server no longer knows that point, it
 * lists again and tells only differences. An API server that goes away later is waited for; its refusals are thrown.
 */
export async function* watchCollection<T>(source: WatchSource<T>): AsyncGenerator<WatchEvent<T>, void, undefined> {
	const { signal, idleMs = 90_000, patienceMs = 60_000 } = source;
	if (signal?.aborted) return;
	const stop = new AbortController();
	const onAbort = () => stop.abort(signal?.reason);
	signal?.addEventListener("abort", onAbort);
	const known = new Map<string, T>();
	let resourceVersion: string | undefined;
	let established = false;
	let failures = 0;
	let failingSince: number | undefined;
	try {
		while (!stop.signal.aborted) {
			if (failures > 0) await pause(failures, stop.signal);
			try {
				if (resourceVersion === undefined) {
					const list = await source.list(stop.signal);
					resourceVersion = list.resourceVersion;
					established = true;
					yield* differences(known, list.items);
				}
				const began = performance.now();
				const stream = await source.open(resourceVersion, SESSION_SECONDS, stop.signal);
				failingSince = undefined;
				let lines = 0;
				for await (const line of readLines(stream, idleMs)) {
					const read = readEvent<T>(line);
					if (read === undefined) break;
					if (read.error) throw source.refusal(read.error);
					lines++;
					resourceVersion = read.resourceVersion ?? resourceVersion;
					if (read.event) yield* tell(known, read.event);
				}
				// A stream that ends as soon as it begins, again and again, must not become a busy loop.
				failures = lines > 0 || performance.now() - began > 1000 ? 0 : failures + 1;
			} catch (error) {
				if (stop.signal.aborted) return;
				failures++;
				if (isExpired(error)) {
					resourceVersion = undefined;
				} else {
					failingSince ??= performance.now();
					if (!established || !isPassing(error) || performance.now() - failingSince > patienceMs) throw error;
				}
			}
		}
	} finally {
		signal?.removeEventListener("abort", onAbort);
		stop.abort();
	}
}

/** Brings `known` up to the list, telling what that changes: first what is gone, since its name may have been taken anew. */
function* differences<T>(known: Map<string, T>, items: readonly T[]): Generator<WatchEvent<T>> {
	const present = new Set(items.map(keyOf));
	for (const [key, object] of [...known]) {
		if (!present.has(key)) yield* tell(known, { type: "DELETED", object });
	}
	for (const object of items) yield* tell(known, { type: "ADDED", object });
}

/** Says ADDED or MODIFIED by what the reader has been told before, and nothing twice. */
function* tell<T>(known: Map<string, T>, event: WatchEvent<T>): Generator<WatchEvent<T>> {
	const key = keyOf(event.object);
	const before = known.get(key);
	if (event.type === "DELETED") {
		known.delete(key);
		if (before !== undefined) yield event;
		return;
	}
	known.set(key, event.object);
	if (before === undefined) yield { type: "ADDED", object: event.object };
	else if (versionOf(before) !== versionOf(event.object)) yield { type: "MODIFIED", object: event.object };
}

interface ReadEvent<T> {
	resourceVersion?: string | undefined;
	event?: WatchEvent<T>;
	error?: StatusError;
}

/** undefined: not an event, so the stream has been cut in the middle of one. */
function readEvent<T>(line: string): ReadEvent<T> | undefined {
	let parsed: { type?: unknown; object?: unknown };
	try {
		parsed = JSON.parse(line);
	} catch {
		return undefined;
	}
	const { type, object } = parsed ?? {};
	if (type === "ERROR") return { error: statusOf(object) };
	if (typeof object !== "object" || object === null) return undefined;
	const resourceVersion = versionOf(object);
	if (type === "ADDED" || type === "MODIFIED" || type === "DELETED")
		return { resourceVersion, event: { type, object: object as T } };
	return { resourceVersion };
}

function metadata(object: unknown): Partial<KubernetesObject["metadata"]> {
	return (object as Partial<KubernetesObject>).metadata ?? {};
}

function keyOf(object: unknown): string {
	const { namespace, name, uid } = metadata(object);
	return uid ?? `${namespace ?? ""}/${name}`;
}

function versionOf(object: unknown): string | undefined {
	return metadata(object).resourceVersion;
}

/** Whether the server may be back in a moment. */
function isPassing(error: unknown): boolean {
	if (!(error instanceof QuorateError)) return false;
	return error.code === "Unreachable" || (error.cause instanceof StatusError && error.cause.status >= 500);
}

async function pause(failures: number, signal: AbortSignal): Promise<void> {
	const ms = PAUSES_MS[Math.min(failures, PAUSES_MS.length) - 1] ?? 0;
	await sleep(ms, undefined, { signal }).catch(() => {});
}
