import type { ServerResponse } from "node:http";
import { afterEach, expect, test } from "vitest";
import { createApiCalls } from "./api-calls.ts";
import type { KubernetesObject, Resource, WatchEvent } from "./client.ts";
import { createKubernetesClient } from "./http-client.ts";
import { pathOf } from "./request.ts";
import { type Handler, type SeenRequest, sendJson, startApiServer, status, testObject } from "./testing/api-server.ts";
import { createTransport } from "./transport.ts";
import { type WatchSource, watchCollection } from "./watch.ts";

const MAPS: Resource = { group: "", version: "v1", resource: "configmaps" };

const closing: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});

const line = (type: string, object: unknown) => `${JSON.stringify({ type, object })}\n`;
const list = (resourceVersion: string, ...items: object[]) => ({
	kind: "ConfigMapList",
	apiVersion: "v1",
	metadata: { resourceVersion },
	items,
});
const told = ({ type, object }: WatchEvent<KubernetesObject>) =>
	`${type} ${object.metadata.name} ${object.metadata.resourceVersion}`;

type Stream = (response: ServerResponse, seen: SeenRequest) => void;

/** A server whose lists and watches are answered one after the other; the last answer of each stays. */
async function serve(lists: object[], streams: Stream[]) {
	let [listed, watched] = [0, 0];
	const handler: Handler = (seen, response) => {
		if (!seen.url.searchParams.has("watch"))
			return sendJson(response, 200, lists[Math.min(listed++, lists.length - 1)]);
		response.writeHead(200, { "content-type": "application/json" }).flushHeaders();
		streams[Math.min(watched++, streams.length - 1)]?.(response, seen);
	};
	const server = await startApiServer(handler);
	const client = createKubernetesClient(server.config);
	closing.push(
		() => client.close(),
		() => server.close(),
	);
	const watches = () => server.requests.filter(({ url }) => url.searchParams.has("watch"));
	return { server, client, watches };
}

async function take(events: AsyncIterable<WatchEvent<KubernetesObject>>, count: number): Promise<string[]> {
	const seen: string[] = [];
	for await (const event of events) {
		seen.push(told(event));
		if (seen.length === count) break;
	}
	return seen;
}

const [a1, a2, a3] = [testObject("a", "1"), testObject("a", "2"), testObject("a", "3")];
const b4 = testObject("b", "4");
const silent: Stream = () => {};

test("what is there, then what changes; cut into odd pieces, with bookmarks and blank lines between", async () => {
	const text = Buffer.from(
		`${line("MODIFIED", { ...a2, data: { x: "é€😀" } })}\n${line("BOOKMARK", { metadata: { resourceVersion: "3" } })}${line("ADDED", b4)}${line("DELETED", a3)}`,
	);
	const { client, watches, server } = await serve(
		[list("1", a1)],
		[
			async (response) => {
				for (let i = 0; i < text.length; i += 7) {
					response.write(text.subarray(i, i + 7));
					await new Promise(setImmediate);
				}
			},
		],
	);
	const data: unknown[] = [];
	const seen: string[] = [];
	for await (const event of client.watch(MAPS, { namespace: "default", name: "a", labelSelector: "l" })) {
		data.push(event.object.data);
		if (seen.push(told(event)) === 4) break;
	}
	expect(seen).toEqual(["ADDED a 1", "MODIFIED a 2", "ADDED b 4", "DELETED a 3"]);
	expect(data[1]).toEqual({ x: "é€😀" });
	const query = Object.fromEntries(watches()[0]?.url.searchParams ?? []);
	expect(query).toMatchObject({
		watch: "1",
		allowWatchBookmarks: "true",
		resourceVersion: "1",
		fieldSelector: "metadata.name=a",
		labelSelector: "l",
	});
	await expect.poll(() => server.sockets.size).toBeLessThanOrEqual(1);
});

test("a stream that ends or is cut, even within a line, is taken up where it ended; nothing is told twice", async () => {
	const { client, watches } = await serve(
		[list("1", a1)],
		[
			(response) => response.end(line("MODIFIED", a2) + line("BOOKMARK", { metadata: { resourceVersion: "7" } })),
			(response, { socket }) => response.write(`${line("MODIFIED", a2)}{"type":"MODI`, () => socket.destroy()),
			(response) => response.end(`{"type":"ADDED","obj`),
			(response) => response.write(line("DELETED", a3)),
		],
	);
	expect(await take(client.watch(MAPS, {}), 3)).toEqual(["ADDED a 1", "MODIFIED a 2", "DELETED a 3"]);
	expect(watches().map(({ url }) => url.searchParams.get("resourceVersion"))).toEqual(["1", "7", "2", "2"]);
});

const gone: Stream[] = [
	(response) => response.end(line("ERROR", status(410, "Expired", "too old resource version"))),
	(response) => response.write(line("MODIFIED", testObject("b", "9"))),
];

test("410: lists again, and tells only what differs, deletions first", async () => {
	const anew = { ...testObject("c", "6"), metadata: { ...testObject("c", "6").metadata, uid: "another" } };
	const { client } = await serve(
		[list("3", a1, b4, testObject("c", "3")), list("8", a1, testObject("b", "5"), anew)],
		gone,
	);
	expect(await take(client.watch(MAPS, {}), 7)).toEqual([
		"ADDED a 1",
		"ADDED b 4",
		"ADDED c 3",
		"DELETED c 3",
		"MODIFIED b 5",
		"ADDED c 6",
		"MODIFIED b 9",
	]);
});

test("410 as the answer to the request itself is the same", async () => {
	const { client, server } = await serve([list("3", a1), list("8", a2)], [silent]);
	const { handler } = server;
	let refused = false;
	server.handler = (seen, response) => {
		if (refused || !seen.url.searchParams.has("watch")) return handler(seen, response);
		refused = true;
		sendJson(response, 410, status(410, "Gone", "too old"));
	};
	expect(await take(client.watch(MAPS, {}), 2)).toEqual(["ADDED a 1", "MODIFIED a 2"]);
});

/** Straight on the generator, with limits short enough for a test. */
async function watchWith(lists: object[], streams: Stream[], limits: Partial<WatchSource<KubernetesObject>>) {
	const { server, client, watches } = await serve(lists, streams);
	const transport = createTransport(server.config, {});
	const calls = createApiCalls(transport, server.config);
	closing.unshift(() => transport.close());
	const target = { verb: "watch", resource: MAPS } as const;
	const events = watchCollection<KubernetesObject>({
		list: (signal) => client.list(MAPS, { signal }),
		open: (version, _, signal) =>
			calls.stream({ target, path: `${pathOf(target)}?watch=1&resourceVersion=${version}`, signal }),
		refusal: (refused) => calls.refusal(refused, target),
		...limits,
	});
	return { events, server, watches };
}

test("a stream that falls silent is opened anew, unless it is the reader that takes its time", async () => {
	const { events, watches } = await watchWith(
		[list("1", a1)],
		[silent, (response) => response.write(line("MODIFIED", a2))],
		{ idleMs: 80 },
	);
	const iterator = events[Symbol.asyncIterator]();
	await iterator.next();
	await new Promise((resolve) => setTimeout(resolve, 200));
	expect(watches()).toHaveLength(0);
	expect((await iterator.next()).value?.type).toBe("MODIFIED");
	expect(watches()).toHaveLength(2);
	await iterator.return();
});

test("a server that goes away is waited for, and given up in the end", async () => {
	const { events, server } = await watchWith([list("1", a1)], [silent], { patienceMs: 300, idleMs: 50 });
	const iterator = events[Symbol.asyncIterator]();
	await iterator.next();
	await server.close();
	await expect(iterator.next()).rejects.toHaveProperty("code", "Unreachable");
});

test("a first list that fails, and a right that is missing, are told at once", async () => {
	const { client, server } = await serve([list("1", a1)], [silent]);
	const denied = status(403, "Forbidden", 'User "ann" cannot watch resource "configmaps" in API group ""');
	const { handler } = server;
	server.handler = (seen, response) =>
		seen.url.searchParams.has("watch") ? sendJson(response, 403, denied) : handler(seen, response);
	await expect(take(client.watch(MAPS, {}), 2)).rejects.toMatchObject({
		code: "Forbidden",
		message: 'user "ann" may not watch configmaps in the whole cluster',
	});
	server.handler = (_, response) => sendJson(response, 404, status(404, "NotFound", "nothing"));
	await expect(take(client.watch(MAPS, {}), 1)).rejects.toHaveProperty("code", "NotFound");
});

test("aborting ends it without an error at any point, and leaves no stream open", async () => {
	const { client, watches } = await serve([list("1", a1)], [silent]);
	const abort = new AbortController();
	const seen: string[] = [];
	const reading = (async () => {
		for await (const event of client.watch(MAPS, { signal: abort.signal })) seen.push(told(event));
	})();
	await expect.poll(() => watches().length).toBe(1);
	abort.abort();
	await reading;
	expect(seen).toEqual(["ADDED a 1"]);
	expect(await take(client.watch(MAPS, { signal: abort.signal }), 1)).toEqual([]);
	await expect.poll(() => watches().every(({ socket }) => socket.destroyed)).toBe(true);
});
