import { ApiError } from "../api-error.ts";
import { gone } from "../machinery/errors.ts";
import { apiVersionOf } from "../machinery/kind.ts";
import { servedKind } from "../machinery/registry.ts";
import { notANumber } from "../machinery/resource-version.ts";
import { matcher } from "../machinery/selectors.ts";
import { Violations } from "../machinery/violations.ts";
import { type Seen, seen } from "../machinery/watching.ts";
import type { KubernetesObject } from "../object.ts";
import type { ResourceRequest } from "./context.ts";
import { includeObject, selectors } from "./list.ts";
import { resourceVersionIn } from "./options.ts";
import { objectText, partialObject, table } from "./representations.ts";
import { isTrue } from "./request-info.ts";

const BOOKMARK_INTERVAL = 20_000;
/** A bookmark goes out so long before the watch ends by itself. */
const LAST_BOOKMARK = 2_000;
/** A client that has so much waiting for it is cut off; it lists again when it comes back. */
const MAX_WAITING = 16 * 1024 * 1024;
const DEFAULT_TIMEOUT = 45 * 60;

/** Streams changes as JSON, one a line, until the client goes, its time is over or the server closes. */
export function watch(call: ResourceRequest): void {
	const { served, target, info, resources, response, signal } = call;
	const { query } = info;
	const { kind } = served;
	const matches = matcher(kind, selectors(query));
	const include = includeObject(query);
	const from = watchedFrom(query);
	const bookmarks = isTrue(query.get("allowWatchBookmarks"));
	const initial = initialEvents(query);
	const collection = resources.collection(kind);
	const version = () => resources.store.clock.version;

	response.writeHead(200, {
		"Content-Type": "application/json",
		"Transfer-Encoding": "chunked",
		"Cache-Control": "no-cache, private",
	});
	response.flushHeaders();
	if (call.request.method === "HEAD") {
		response.end();
		return;
	}

	let headers = true;
	const send = (type: string, text: string) => {
		if (response.destroyed || response.writableEnded) return;
		response.write(`{"type":"${type}","object":${text}}\n`);
		if (response.writableLength > MAX_WAITING) response.destroy();
	};
	const asTable = (object: KubernetesObject) => {
		const resourceVersion = object.metadata.resourceVersion ?? "";
		const text = JSON.stringify(table(served, [object], { resourceVersion }, include, headers));
		headers = false;
		return text;
	};
	const show = (object: KubernetesObject): string => {
		if (call.as.as === "Table") return asTable(object);
		if (call.as.as !== "object") return JSON.stringify(partialObject(object));
		return objectText(served, object);
	};
	const tell = ({ type, object }: Seen) => send(type, show(object));
	const bookmark = (annotations?: Record<string, string>) => {
		const metadata = { name: "", resourceVersion: String(version()), ...(annotations ? { annotations } : {}) };
		const { name: _name, ...shown } = metadata;
		const object = {
			kind: servedKind(served),
			apiVersion: apiVersionOf(served.group, served.version),
			metadata: shown,
		};
		if (call.as.as === "Table") {
			const row = {
				cells: [],
				object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: shown },
			};
			const { resourceVersion } = shown;
			send(
				"BOOKMARK",
				JSON.stringify({
					kind: "Table",
					apiVersion: "meta.k8s.io/v1",
					metadata: { resourceVersion },
					columnDefinitions: null,
					rows: [row],
				}),
			);
		} else if (call.as.as !== "object") {
			send("BOOKMARK", JSON.stringify({ ...object, kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1" }));
		} else send("BOOKMARK", JSON.stringify(object));
	};

	const missed = from ? collection.since(from) : [];
	if (!missed && !initial) {
		send("ERROR", JSON.stringify(gone(from ?? 0, collection.forgotten).toStatus()));
		response.end();
		return;
	}
	if (initial || ((from === undefined || from === 0) && initial === undefined)) {
		const all = collection.list(target.namespace);
		for (const object of matches ? all.filter(matches) : all) tell({ type: "ADDED", object });
		if (initial && bookmarks) bookmark({ "k8s.io/initial-events-end": "true" });
	} else {
		for (const change of missed ?? []) {
			const event = seen(change, target.namespace, matches);
			if (event) tell(event);
		}
	}
	const stop = collection.listen((change) => {
		const event = seen(change, target.namespace, matches);
		if (event) tell(event);
	});
	const timeout = timeoutIn(query);
	const timers = [
		setInterval(() => bookmarks && bookmark(), BOOKMARK_INTERVAL),
		setTimeout(() => bookmarks && bookmark(), Math.max(0, timeout - LAST_BOOKMARK)),
		setTimeout(() => response.end(), timeout),
	];
	const end = () => {
		stop();
		for (const timer of timers) clearTimeout(timer);
		signal.removeEventListener("abort", close);
	};
	const close = () => response.end();
	signal.addEventListener("abort", close);
	response.on("close", end);
	response.on("finish", end);
}

function timeoutIn(query: URLSearchParams): number {
	const text = query.get("timeoutSeconds") ?? "";
	const seconds = /^\d{1,9}$/.test(text) && Number(text) > 0 ? Number(text) : DEFAULT_TIMEOUT;
	return Math.min(seconds * 1000, 2 ** 31 - 1);
}

/** A watch words a version that is none otherwise than a list. @throws {ApiError} 500 */
function watchedFrom(query: URLSearchParams): number | undefined {
	const text = query.get("resourceVersion") ?? "";
	if (/^\d*$/.test(text)) return resourceVersionIn(query);
	throw new ApiError(500, "", `resourceVersion: Invalid value: ${JSON.stringify(text)}: ${notANumber(text)}`);
}

/** Whether the watch is to begin with all that is there (true), with changes only (false), or as it always did (undefined). */
function initialEvents(query: URLSearchParams): boolean | undefined {
	const given = query.get("sendInitialEvents");
	const match = query.get("resourceVersionMatch");
	const errors = new Violations();
	if (given === null) {
		if (match)
			errors.forbidden(
				"resourceVersionMatch",
				"resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided",
			);
	} else {
		if (match !== "NotOlderThan") {
			if (!match)
				errors.forbidden(
					"resourceVersionMatch",
					"sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
				);
			else errors.notSupported("resourceVersionMatch", match, ["NotOlderThan"]);
		}
		if (match === "NotOlderThan" && isTrue(given) && !isTrue(query.get("allowWatchBookmarks"))) {
			errors.forbidden("sendInitialEvents", "sendInitialEvents=true requires allowWatchBookmarks=true");
		}
	}
	errors.throwIfAny({ group: "meta.k8s.io", kind: "ListOptions" }, "");
	return given === null ? undefined : isTrue(given);
}
