import { afterEach, expect, test } from "vitest";
import type { KubernetesClient, Resource } from "./client.ts";
import { createKubernetesClient } from "./http-client.ts";
import type { KubernetesConfig } from "./kubernetes-config.ts";
import {
	type Handler,
	sendJson,
	startApiServer,
	status,
	type TestApiServer,
	testObject,
} from "./testing/api-server.ts";
import type { RequestTrace } from "./transport.ts";

const MAPS: Resource = { group: "", version: "v1", resource: "configmaps" };
const SETS: Resource = { group: "apps", version: "v1", resource: "statefulsets" };

const closing: (() => unknown)[] = [];
afterEach(async () => {
	for (const close of closing.splice(0)) await close();
});

async function serve(handler: Handler, changes: Partial<KubernetesConfig> = {}, secure = true) {
	const server = await startApiServer(handler, { secure });
	const traces: RequestTrace[] = [];
	const client = createKubernetesClient({ ...server.config, ...changes }, { onRequest: (trace) => traces.push(trace) });
	closing.push(
		() => client.close(),
		() => server.close(),
	);
	return { server, client, traces };
}

const write = (client: KubernetesClient) => client.patch(SETS, "ns", "x", { spec: { replicas: 4 } });
const read = (client: KubernetesClient) => client.get(SETS, "ns", "x");

test("an object is returned with every field that it came with, and written back so", async () => {
	const object = { ...testObject("a", "1"), unknownField: { deep: [1, null, { x: "é" }] } };
	const { server, client } = await serve(({ method, body }, response) => {
		sendJson(response, 200, method === "PUT" ? JSON.parse(body) : object);
	});
	const found = await client.get(MAPS, "default", "a");
	expect(found).toEqual(object);
	expect(await client.replace(MAPS, found)).toEqual(object);
	expect(server.requests.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
		"GET /api/v1/namespaces/default/configmaps/a",
		"PUT /api/v1/namespaces/default/configmaps/a",
	]);
});

test("requests say who asks, what they carry, and to which path below the server's", async () => {
	const headers = { "impersonate-user": "ann", "impersonate-group": ["a", "b"] };
	const { server, client } = await serve((_, response) => sendJson(response, 200, testObject("x", "1")), { headers });
	const below = createKubernetesClient({ ...server.config, server: `${server.address}/k8s/clusters/c-1` });
	closing.push(() => below.close());
	await client.patch(SETS, "ns", "x", [], { type: "json", subresource: "scale" });
	await client.create(MAPS, testObject("a", "1"));
	await below.get(MAPS, "default", "a b/../c");
	const [patch, create, get] = server.requests;
	expect(patch?.headers).toMatchObject({
		authorization: "Bearer t",
		"impersonate-user": "ann",
		"impersonate-group": "a, b",
		"content-type": "application/json-patch+json",
		"user-agent": "quorate/dev",
	});
	expect(patch?.url.pathname).toBe("/apis/apps/v1/namespaces/ns/statefulsets/x/scale");
	expect(create?.url.pathname).toBe("/api/v1/namespaces/default/configmaps");
	expect(get?.url.pathname).toBe("/k8s/clusters/c-1/api/v1/namespaces/default/configmaps/a%20b%2F..%2Fc");
});

test.each(["", ".", ".."])("the name %j, which would address something else, is not sent", async (name) => {
	const { server, client } = await serve((_, response) => sendJson(response, 200, {}));
	await expect(client.delete(MAPS, "default", name)).rejects.toThrow("cannot be part of an API path");
	expect(server.requests).toHaveLength(0);
});

test("a long list is read page by page, and its items get their kind", async () => {
	const { server, client } = await serve(({ url }, response) => {
		const at = Number(url.searchParams.get("continue") ?? 0);
		const limit = Number(url.searchParams.get("limit"));
		const items = Array.from({ length: Math.min(limit, 1200 - at) }, (_, i) => ({ metadata: { name: `m${at + i}` } }));
		const more = at + limit < 1200 ? { continue: String(at + limit) } : {};
		sendJson(response, 200, {
			kind: "ConfigMapList",
			apiVersion: "v1",
			metadata: { resourceVersion: "7", ...more },
			items,
		});
	});
	const { items, resourceVersion } = await client.list(MAPS, { labelSelector: "app=etcd" });
	expect(resourceVersion).toBe("7");
	expect(items).toHaveLength(1200);
	expect(items[1199]).toEqual({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "m1199" } });
	expect(server.requests.map(({ url }) => url.searchParams.get("labelSelector"))).toEqual([
		"app=etcd",
		"app=etcd",
		"app=etcd",
	]);
});

test("a list whose next page has expired is read anew in one piece", async () => {
	const { client } = await serve(({ url }, response) => {
		if (url.searchParams.has("continue")) return sendJson(response, 410, status(410, "Expired", "too old"));
		const paged = url.searchParams.has("limit");
		const items = [{ metadata: { name: "a" } }, ...(paged ? [] : [{ metadata: { name: "b" } }])];
		sendJson(response, 200, {
			kind: "ConfigMapList",
			apiVersion: "v1",
			metadata: paged ? { continue: "x" } : { resourceVersion: "9" },
			items,
		});
	});
	const { items, resourceVersion } = await client.list(MAPS);
	expect([items.map((item) => item.metadata.name), resourceVersion]).toEqual([["a", "b"], "9"]);
});

test.each([
	["the same page again", () => "a"],
	["pages that go round", (token: string | null) => (token === "a" ? "b" : "a")],
])("a list that does not end is given up: %s", async (_, next) => {
	const { server, client } = await serve(({ url }, response) => {
		const metadata = { continue: next(url.searchParams.get("continue")) };
		sendJson(response, 200, { kind: "ConfigMapList", apiVersion: "v1", metadata, items: [] });
	});
	await expect(client.list(MAPS)).rejects.toMatchObject({ code: "Unreachable", message: /does not end/ });
	expect(server.requests.length).toBeLessThan(5);
});

test.each([
	["a cut connection", (seen: Parameters<Handler>[0]) => seen.socket.destroy()],
	["429", (_: unknown, response: Parameters<Handler>[1]) => sendJson(response, 429, {}, { "retry-after": "0" })],
	["500", (_: unknown, response: Parameters<Handler>[1]) => sendJson(response, 500, {})],
	["503", (_: unknown, response: Parameters<Handler>[1]) => sendJson(response, 503, {})],
] as [string, Handler][])("after %s a read is sent again, a write never", async (_, fail) => {
	let failures = 2;
	const { server, client } = await serve((seen, response) => {
		if (failures-- > 0) fail(seen, response);
		else sendJson(response, 200, testObject("x", "1"));
	});
	expect((await read(client)).metadata.name).toBe("x");
	expect(server.requests).toHaveLength(3);
	failures = 1;
	await expect(write(client)).rejects.toHaveProperty("name", "QuorateError");
	expect(server.requests).toHaveLength(4);
});

test("repeating ends, with what the server last said", async () => {
	const { server, client } = await serve((_, response) =>
		sendJson(response, 503, status(503, "ServiceUnavailable", "warming up")),
	);
	await expect(read(client)).rejects.toMatchObject({
		code: "Unreachable",
		message: expect.stringContaining("warming up"),
	});
	expect(server.requests).toHaveLength(4);
});

test("each write has a connection of its own, reads share one", async () => {
	const { server, client } = await serve((_, response) => sendJson(response, 200, testObject("x", "1")));
	for (let i = 0; i < 3; i++) await read(client);
	for (let i = 0; i < 2; i++) await write(client);
	const used = server.requests.map(({ socket }) => socket);
	expect(new Set(used.slice(0, 3)).size).toBe(1);
	expect(new Set(used).size).toBe(3);
});

test.each([
	[401, "Unauthorized", "Unauthorized", "Unauthorized", /does not accept the credentials of user "tester"/],
	[404, "NotFound", 'statefulsets.apps "x" not found', "NotFound", /"x" not found/],
	[409, "Conflict", "the object has been modified", "Conflict", /has been modified/],
	[400, "BadRequest", "what?", "ApiRefused", /400 BadRequest\): what\?/],
] as const)("%i is told as what it is", async (code, reason, message, expected, text) => {
	const { client } = await serve((_, response) => sendJson(response, code, status(code, reason, message)));
	await expect(write(client)).rejects.toMatchObject({
		code: expected,
		message: expect.stringMatching(text),
		operation: "patching statefulsets.apps x in namespace ns",
		state: "nothing was changed",
	});
});

test("a missing right is named, with the user's name as the server knows it", async () => {
	const denied =
		'statefulsets.apps "x" is forbidden: User "ann" cannot patch resource "statefulsets" in API group "apps" in the namespace "ns"';
	const { client } = await serve((_, response) => sendJson(response, 403, status(403, "Forbidden", denied)));
	await expect(write(client)).rejects.toMatchObject({
		code: "Forbidden",
		message: 'user "ann" may not patch statefulsets.apps in namespace ns',
		hint: expect.stringContaining("kubectl auth can-i patch statefulsets.apps -n ns"),
	});
});

test("what admission forbids is no missing right", async () => {
	const quota = 'pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=3, limited: pods=3';
	const { client } = await serve((_, response) => sendJson(response, 403, status(403, "Forbidden", quota)));
	await expect(write(client)).rejects.toMatchObject({ code: "ApiRefused", message: quota });
});

test("an invalid object is refused with every cause", async () => {
	const causes = [
		{ field: "spec.a", message: "Required value", reason: "FieldValueRequired" },
		{ field: "spec.b", message: "Invalid value: -1", reason: "FieldValueInvalid" },
	];
	const body = status(422, "Invalid", "StatefulSet is invalid: spec.a: Required value", { causes });
	const { client } = await serve((_, response) => sendJson(response, 422, body));
	await expect(write(client)).rejects.toMatchObject({
		code: "ApiRefused",
		message: expect.stringMatching(/spec\.a: Required value; spec\.b: Invalid value: -1$/),
	});
});

test("find tells an object that is not there from a server that is none", async () => {
	let body: object | string = status(404, "NotFound", 'configmaps "a" not found');
	const { server, client } = await serve((_, response) => sendJson(response, 404, body));
	expect(await client.find(MAPS, "default", "a")).toBeUndefined();
	body = status(404, "NotFound", "the server could not find the requested resource");
	await expect(client.find(MAPS, "default", "a")).rejects.toHaveProperty("code", "NotFound");
	server.handler = (_, response) => response.writeHead(404).end("<html>nginx</html>");
	await expect(client.find(MAPS, "default", "a")).rejects.toHaveProperty("code", "NotFound");
});

test.each(["<html>log in</html>", "", '{"kind": "ConfigMap", "metada'])(
	"an answer of %j is no answer",
	async (body) => {
		const { client } = await serve((_, response) => response.writeHead(200, { "content-type": "text/html" }).end(body));
		await expect(read(client)).rejects.toMatchObject({
			code: "Unreachable",
			hint: expect.stringContaining("a Kubernetes API server"),
		});
		await expect(write(client)).rejects.toMatchObject({ state: "it is not known whether the change was made" });
	},
);

test("an answer that is cut off is none", async () => {
	const { client } = await serve(({ socket }, response) => {
		response.writeHead(200, { "content-length": "100" }).write('{"kind":');
		setTimeout(() => socket.destroy(), 5);
	});
	await expect(write(client)).rejects.toMatchObject({
		code: "Unreachable",
		state: "it is not known whether the change was made",
	});
});

test("a server that hangs, before its answer or within it, is given up", async () => {
	const { server, client } = await serve(() => {}, { requestTimeoutMs: 500 });
	await expect(write(client)).rejects.toMatchObject({
		code: "Unreachable",
		message: expect.stringContaining("no answer within 0.5 s"),
		state: "it is not known whether the change was made",
	});
	server.handler = (_, response) => response.writeHead(200, { "content-length": "100" }).write("{");
	await expect(read(client)).rejects.toMatchObject({ message: expect.stringContaining("no answer within 0.5 s") });
	expect(server.requests).toHaveLength(2);
});

test("an aborted request ends with the signal's reason, and with its connection", async () => {
	const { server, client } = await serve(() => {});
	const abort = new AbortController();
	const reason = new Error("enough");
	server.handler = () => abort.abort(reason);
	await expect(client.get(MAPS, "default", "a", { signal: abort.signal })).rejects.toBe(reason);
	await expect(client.get(MAPS, "default", "a", { signal: abort.signal })).rejects.toBe(reason);
	expect(server.requests).toHaveLength(1);
	await expect.poll(() => server.sockets.size).toBe(0);
});

test("a pause before repeating is ended by the signal too", async () => {
	const abort = new AbortController();
	const { client } = await serve((_, response) => {
		sendJson(response, 429, status(429, "TooManyRequests", "later"), { "retry-after": "3600" });
		setTimeout(() => abort.abort(), 20);
	});
	await expect(client.get(MAPS, "default", "a", { signal: abort.signal })).rejects.toHaveProperty("name", "AbortError");
});

test("an absent server, one with a certificate of nobody known, and one of another name are told apart", async () => {
	const { server } = await serve((_, response) => sendJson(response, 200, {}));
	const failing = async (changes: Partial<KubernetesConfig>, gone = false) => {
		const other = gone ? await startApiServer(() => {}) : undefined;
		await other?.close();
		const client = createKubernetesClient({
			...server.config,
			...(other ? { server: other.address } : {}),
			...changes,
		});
		closing.push(() => client.close());
		return write(client).catch((error: unknown) => error);
	};
	const { tls } = server.config;
	expect(await failing({}, true)).toMatchObject({
		code: "Unreachable",
		message: expect.stringContaining("nothing listens there"),
		state: "nothing was changed",
	});
	expect(await failing({ tls: { ...tls, ca: [] } })).toMatchObject({
		message: expect.stringContaining("not signed by the authority"),
		state: "nothing was changed",
	});
	expect(await failing({ tls: { ...tls, serverName: "etcd.example" } })).toMatchObject({
		message: expect.stringContaining("for other names"),
	});
	expect(await failing({ server: server.address.replace("https", "http") })).toMatchObject({ code: "Unreachable" });
	expect(await failing({ server: "https://no-such-name.invalid" })).toMatchObject({
		message: expect.stringContaining("cannot be resolved"),
	});
	expect(server.requests).toHaveLength(0);
	expect(await failing({ tls: { ...tls, ca: [], verify: false } })).toEqual({});
});

test("NODE_TLS_REJECT_UNAUTHORIZED does not switch verification off", async () => {
	const { server } = await serve((_, response) => sendJson(response, 200, {}));
	const before = process.env.NODE_TLS_REJECT_UNAUTHORIZED;
	process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
	try {
		const client = createKubernetesClient({ ...server.config, tls: { ...server.config.tls, ca: [] } });
		closing.push(() => client.close());
		await expect(read(client)).rejects.toHaveProperty("code", "Unreachable");
	} finally {
		if (before === undefined) delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
		else process.env.NODE_TLS_REJECT_UNAUTHORIZED = before;
	}
});

test("what is refused as unknown is asked once more with new credentials, a write too", async () => {
	let token = 1;
	const credentials = {
		identity: async () => ({ headers: { authorization: `Bearer ${token}` } }),
		rejected: () => {
			token++;
			return true;
		},
	};
	const { server, client } = await serve(
		({ headers }, response) =>
			sendJson(response, headers.authorization === "Bearer 2" ? 200 : 401, testObject("x", "1")),
		{ credentials },
	);
	await write(client);
	expect(server.requests).toHaveLength(2);
	token = 5;
	await expect(write(client)).rejects.toHaveProperty("code", "Unauthorized");
	expect(server.requests).toHaveLength(4);
});

test("deleting carries its preconditions, a review asks for one right, and traces hold no secrets", async () => {
	const { server, client, traces } = await serve(({ url }, response) => {
		sendJson(response, 200, url.pathname.includes("selfsubject") ? { status: { allowed: true } } : {});
	});
	await client.delete(MAPS, "default", "a", { uid: "u", resourceVersion: "3", gracePeriodSeconds: 0 });
	expect(await client.canI("patch", SETS, { namespace: "ns", subresource: "scale" })).toBe(true);
	const [deletion, review] = server.requests.map(({ body }) => JSON.parse(body));
	expect(deletion).toMatchObject({
		kind: "DeleteOptions",
		gracePeriodSeconds: 0,
		preconditions: { uid: "u", resourceVersion: "3" },
	});
	expect(review.spec.resourceAttributes).toEqual({
		verb: "patch",
		group: "apps",
		version: "v1",
		resource: "statefulsets",
		namespace: "ns",
		subresource: "scale",
	});
	expect(traces.map(({ method, status }) => [method, status])).toEqual([
		["DELETE", 200],
		["POST", 200],
	]);
	expect(JSON.stringify(traces)).not.toContain("Bearer");
});

test("closing leaves no connection", async () => {
	const { server, client }: { server: TestApiServer; client: KubernetesClient } = await serve((_, response) =>
		sendJson(response, 200, {}),
	);
	await read(client);
	expect(server.sockets.size).toBe(1);
	client.close();
	await expect.poll(() => server.sockets.size).toBe(0);
});
