import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listAt, stringAt } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { CONFIGMAPS, PODS as PODS_RESOURCE } from "../resources.ts";
import { pod, startServer, type TestServer } from "../testing.ts";

const PODS = "/api/v1/namespaces/default/pods";
const TABLE = { Accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };
const NAMES = ["a", "b", "c", "d", "e"];

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
	for (const name of NAMES) server.api.create(PODS_RESOURCE, pod(name));
});
afterAll(() => server.close());

const names = (body: unknown) => listAt(body, "items").map((item) => stringAt(item, "metadata", "name"));

describe("lists", () => {
	it("come in pages", async () => {
		const seen: string[] = [];
		let path = `${PODS}?limit=2`;
		for (let page = 0; page < 3; page++) {
			const { body } = await server.call("GET", path);
			seen.push(...names(body));
			path = `${PODS}?limit=2&continue=${stringAt(body, "metadata", "continue")}`;
			if (page === 0) expect(body).toMatchObject({ kind: "PodList", metadata: { remainingItemCount: 3 } });
			if (page === 2) expect(stringAt(body, "metadata", "continue")).toBe("");
		}
		expect(seen).toEqual(NAMES);
	});

	it("are chosen by labels and fields, in one namespace or all", async () => {
		expect(names((await server.call("GET", `${PODS}?labelSelector=app%20in%20(a,c)`)).body)).toEqual(["a", "c"]);
		expect(names((await server.call("GET", `${PODS}?fieldSelector=metadata.name=d`)).body)).toEqual(["d"]);
		expect(names((await server.call("GET", "/api/v1/pods")).body)).toEqual(NAMES);
		expect(names((await server.call("GET", "/api/v1/namespaces/kube-system/pods")).body)).toEqual([]);
	});

	it("can be tables, and metadata alone", async () => {
		const { body } = await server.call("GET", `${PODS}?limit=1`, { headers: TABLE });
		expect(listAt(body, "columnDefinitions").map((column) => stringAt(column, "name"))).toEqual([
			...["Name", "Ready", "Status", "Restarts", "Age", "IP", "Node", "Nominated Node", "Readiness Gates"],
		]);
		expect(body).toMatchObject({
			kind: "Table",
			apiVersion: "meta.k8s.io/v1",
			rows: [
				{
					cells: ["a", "0/1", "Pending", "0", expect.any(String), "<none>", "<none>", "<none>", "<none>"],
					object: { kind: "PartialObjectMetadata" },
				},
			],
		});
		const partial = await server.call("GET", PODS, {
			headers: { Accept: "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io" },
		});
		expect(listAt(partial.body, "items").map((item) => Object.keys(item as object))).toEqual(
			NAMES.map(() => ["metadata"]),
		);
	});

	it("give the same events in both of their groups", async () => {
		const about = server.api.get<KubernetesObject>(PODS_RESOURCE, "default", "a") ?? pod("a");
		const happening = {
			type: "Warning",
			reason: "Failed",
			message: "no",
			component: "kubelet",
			host: "node-1",
		} as const;
		for (let times = 0; times < 3; times++) server.api.event(about, happening);
		const old = await server.call("GET", "/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=a");
		expect(listAt(old.body, "items")).toMatchObject([
			{ count: 3, message: "no", source: { component: "kubelet", host: "node-1" } },
		]);
		const recent = await server.call(
			"GET",
			"/apis/events.k8s.io/v1/namespaces/default/events?fieldSelector=regarding.name=a",
		);
		expect(listAt(recent.body, "items")).toMatchObject([
			{ deprecatedCount: 3, note: "no", reportingController: "kubelet" },
		]);
	});
});

describe("watches", () => {
	const change = (name: string, value: string) =>
		server.api.modify<KubernetesObject>(PODS_RESOURCE, "default", name, (copy) => {
			copy.metadata.labels = { ...copy.metadata.labels, value };
		});
	const versionNow = async () =>
		stringAt((await server.call("GET", `${PODS}?limit=1`)).body, "metadata", "resourceVersion");

	it("begin with what is there", async () => {
		const watching = await server.watch(`${PODS}?watch=1`);
		const seen = [];
		for (const _name of NAMES) seen.push(await watching.next());
		expect(seen.map((event) => [event?.type, event?.object.metadata.name])).toEqual(
			NAMES.map((name) => ["ADDED", name]),
		);
		watching.stop();
	});

	it("go on from a version, missing nothing", async () => {
		const from = await versionNow();
		change("a", "1");
		change("b", "1");
		const watching = await server.watch(`${PODS}?watch=1&resourceVersion=${from}`);
		change("c", "1");
		const seen = [await watching.next(), await watching.next(), await watching.next()];
		expect(seen.map((event) => [event?.type, event?.object.metadata.name])).toEqual([
			["MODIFIED", "a"],
			["MODIFIED", "b"],
			["MODIFIED", "c"],
		]);
		watching.stop();
	});

	it("see objects come and go as their selector has it", async () => {
		const watching = await server.watch(
			`${PODS}?watch=1&resourceVersion=${await versionNow()}&labelSelector=value=here`,
		);
		change("d", "here");
		change("d", "there");
		change("d", "here");
		server.api.delete(PODS_RESOURCE, "default", "d");
		const seen = [];
		for (let event = 0; event < 4; event++) seen.push((await watching.next())?.type);
		expect(seen).toEqual(["ADDED", "DELETED", "ADDED", "DELETED"]);
		watching.stop();
	});

	it("mark where the first events end, and end when their time is over", async () => {
		const query =
			"watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&timeoutSeconds=1";
		const watching = await server.watch(`${PODS}?${query}&fieldSelector=metadata.name=a`);
		expect(await watching.next()).toMatchObject({ type: "ADDED", object: { metadata: { name: "a" } } });
		expect(await watching.next()).toMatchObject({
			type: "BOOKMARK",
			object: { kind: "Pod", metadata: { annotations: { "k8s.io/initial-events-end": "true" } } },
		});
		let last = await watching.next();
		while (last?.type === "BOOKMARK") last = await watching.next();
		expect(last).toBeUndefined();
		const wrong = await server.call("GET", `${PODS}?watch=1&sendInitialEvents=true`);
		expect(wrong.code).toBe(422);
	});

	it("say that a version is too old to go on from", async () => {
		const from = await versionNow();
		const name = { namespace: "default", name: "busy" };
		server.api.create(CONFIGMAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: name });
		for (let count = 0; count < 5000; count++) {
			server.api.modify<KubernetesObject>(CONFIGMAPS, "default", "busy", (copy) => {
				copy.data = { count: String(count) };
			});
		}
		const path = "/api/v1/namespaces/default/configmaps?watch=1&resourceVersion=";
		const watching = await server.watch(path + from);
		expect(await watching.next()).toMatchObject({
			type: "ERROR",
			object: { kind: "Status", code: 410, reason: "Expired" },
		});
		expect(await watching.next()).toBeUndefined();
		// Other collections have not forgotten anything.
		const other = await server.watch(`${PODS}?watch=1&resourceVersion=${from}`);
		change("a", "later");
		expect(await other.next()).toMatchObject({ type: "MODIFIED" });
		other.stop();
	});

	it("send a table a change, with its columns the first time only", async () => {
		const watching = await server.watch(`${PODS}?watch=1&fieldSelector=metadata.name=a`, TABLE);
		expect(await watching.next()).toMatchObject({
			object: { kind: "Table", columnDefinitions: expect.any(Array), rows: [{}] },
		});
		change("a", "again");
		expect(await watching.next()).toMatchObject({
			object: { kind: "Table", columnDefinitions: null, rows: [{ cells: expect.arrayContaining(["a", "0/1"]) }] },
		});
		watching.stop();
	});

	it("end when the server does", async () => {
		const other = await startServer();
		const watching = await other.watch(`${PODS}?watch=1`);
		const ended = watching.next().catch(() => undefined);
		await other.close();
		expect(await ended).toBeUndefined();
	});
});
