import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, type JsonObject } from "../json.ts";
import { CUSTOMRESOURCEDEFINITIONS } from "../resources.ts";
import { startServer, type TestServer } from "../testing.ts";
import { widgets } from "./testing/widgets.ts";

const WIDGETS = "/apis/example.com/v1/namespaces/default/widgets";
const DEFINITION = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const TABLE = { Accept: "application/json;as=Table;v=v1;g=meta.k8s.io" };
const MERGE = { "Content-Type": "application/merge-patch+json" };

const widget = (spec: unknown, more: JsonObject = {}) => ({
	apiVersion: "example.com/v1",
	kind: "Widget",
	metadata: { name: "one" },
	spec,
	...more,
});
const good = { node: "n1", disks: ["/dev/a"] };

let server: TestServer;
beforeEach(async () => {
	server = await startServer();
	const { code } = await server.call("POST", DEFINITION, { body: widgets() });
	expect(code).toBe(201);
});
afterEach(() => server.close());

const create = async (body: unknown, query = "") => server.call("POST", `${WIDGETS}${query}`, { body });
const messageOf = async (spec: unknown) => (await create(widget(spec))).body.message;

describe("a custom resource", () => {
	it("is served as soon as its definition is established", async () => {
		const { body } = await server.call("GET", `${DEFINITION}/widgets.example.com`);
		expect(body.status).toMatchObject({
			acceptedNames: { kind: "Widget", listKind: "WidgetList", plural: "widgets", singular: "widget" },
			conditions: [
				{ type: "NamesAccepted", status: "True", reason: "NoConflicts" },
				{ type: "Established", status: "True", reason: "InitialNamesAccepted" },
			],
			storedVersions: ["v1"],
		});
		const list = await server.call("GET", "/apis/example.com/v1");
		expect(list.body.resources).toMatchObject([
			{ name: "widgets", shortNames: ["wdg"], categories: ["all"], kind: "Widget" },
			{ name: "widgets/status" },
			{ name: "widgets/scale", kind: "Scale" },
		]);
		const { body: group } = await server.call("GET", "/apis/example.com");
		expect(group.versions).toMatchObject([{ version: "v1" }, { version: "v1beta1" }]);
		const { body: openapi } = await server.call("GET", "/openapi/v3/apis/example.com/v1");
		expect(at(openapi, "components", "schemas", "com.example.v1.Widget", "properties", "spec")).toMatchObject({
			properties: { node: { description: "Where it is." }, port: { anyOf: [{ type: "integer" }, { type: "string" }] } },
		});
	});

	it("is pruned and completed by its schema", async () => {
		const spec = { ...good, extra: 1, free: { any: [1] }, maybe: null, size: null, parts: [{ name: "a", more: 2 }] };
		const made = await create(widget(spec));
		expect(made.body.spec).toEqual({
			...good,
			free: { any: [1] },
			maybe: null,
			mode: "fast",
			parts: [{ name: "a", count: 7 }],
			replicas: 1,
		});
		expect(made.headers.warning).toContain('unknown field \\"spec.extra\\"');
		const strict = await create(widget(spec), "?fieldValidation=Strict");
		expect([strict.code, strict.body.message]).toEqual([
			400,
			'Widget in version "v1" cannot be handled as a Widget: strict decoding error: unknown field "spec.extra", unknown field "spec.parts[0].more"',
		]);
	});

	it.each([
		[{}, "[spec.node: Required value, spec.disks: Required value]"],
		[5, 'spec: Invalid value: "integer": spec in body must be of type object: "integer"'],
		[{ ...good, node: "x" }, 'spec.node: Invalid value: "x": spec.node in body should be at least 2 chars long'],
		[{ ...good, disks: [] }, "spec.disks: Invalid value: 0: spec.disks in body should have at least 1 items"],
		[{ ...good, disks: ["x"] }, `spec.disks[0]: Invalid value: "x": spec.disks[0] in body should match '^/dev/.*'`],
		[{ ...good, size: 11 }, "spec.size: Invalid value: 11: spec.size in body should be less than or equal to 10"],
		[{ ...good, size: 1.5 }, 'spec.size: Invalid value: "number": spec.size in body must be of type integer: "number"'],
		[{ ...good, mode: "mid" }, 'spec.mode: Unsupported value: "mid": supported values: "fast", "slow"'],
		[
			{ ...good, port: true },
			'spec.port: Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
		],
		[{ ...good, tags: ["a", "a"] }, 'spec.tags[1]: Duplicate value: "a"'],
		[{ ...good, parts: [{ name: "a" }, { name: "a" }] }, 'spec.parts[1]: Duplicate value: {"name":"a"}'],
		[{ ...good, labels: { a: "1234" } }, "spec.labels.a: Too long: may not be more than 3 bytes"],
		[{ ...good, labels: { a: "1", b: "2", c: "3" } }, "spec.labels: Too many: 3: must have at most 2 items"],
	])("%j is refused in the API server's words", async (spec, message) => {
		expect(await messageOf(spec)).toBe(`Widget.example.com "one" is invalid: ${message}`);
	});

	it("keeps its status apart, and counts changes of the rest", async () => {
		await create(widget(good, { status: { state: "given" } }));
		const patch = (path: string, body: unknown) =>
			server.call("PATCH", `${WIDGETS}/one${path}`, { body, headers: MERGE });
		const status = await patch("/status", { status: { state: "Up", junk: 1 }, spec: { size: 3 } });
		expect([status.body.status, at(status.body, "spec", "size"), at(status.body, "metadata", "generation")]).toEqual([
			{ state: "Up" },
			undefined,
			1,
		]);
		const wrong = await patch("/status", { status: { state: 7 } });
		expect(wrong.body.message).toContain(
			'status.state: Invalid value: "integer": state in body must be of type string',
		);
		expect(at((await patch("", { spec: { size: 3 } })).body, "metadata", "generation")).toBe(2);
		const scaled = await patch("/scale", { spec: { replicas: 4 } });
		expect([scaled.code, scaled.body.spec]).toEqual([200, { replicas: 4 }]);
		const strategic = { "Content-Type": "application/strategic-merge-patch+json" };
		expect((await server.call("PATCH", `${WIDGETS}/one`, { body: {}, headers: strategic })).code).toBe(415);
	});

	it("is applied on the server's side by its schema's lists", async () => {
		const apply = (manager: string, spec: unknown) =>
			server.call("PATCH", `${WIDGETS}/one?fieldManager=${manager}`, {
				body: widget(spec),
				headers: { "Content-Type": "application/apply-patch+yaml" },
			});
		await apply("a", { ...good, tags: ["x"], parts: [{ name: "p" }] });
		const both = await apply("b", { disks: good.disks, tags: ["y"], parts: [{ name: "q" }] });
		expect(both.body.spec).toMatchObject({ tags: ["x", "y"], parts: [{ name: "p" }, { name: "q" }] });
		const conflict = await apply("b", { node: "n2" });
		expect([conflict.code, conflict.body.message]).toEqual([
			409,
			expect.stringContaining('conflict with "a": .spec.node'),
		]);
		const unknown = await apply("b", { junk: 1 });
		expect(unknown.body.message).toContain(".spec.junk: field not declared in schema");
	});

	it("prints the columns of its definition", async () => {
		await create(widget({ ...good, tags: ["x"] }));
		const { body } = await server.call("GET", WIDGETS, { headers: TABLE });
		expect(at(body, "columnDefinitions")).toMatchObject(
			["Name", "node", "tags", "size", "state"].map((name) => ({ name })),
		);
		expect(at(body, "rows")).toMatchObject([{ cells: ["one", "n1", '["x"]', null, null] }]);
	});

	it("is shown in each version by that version's schema", async () => {
		await create(widget({ ...good, size: 2 }));
		const old = await server.call("GET", WIDGETS.replace("v1", "v1beta1"));
		expect(old.body.items).toMatchObject([{ apiVersion: "example.com/v1beta1", spec: { node: "n1", old: "yes" } }]);
		expect(JSON.stringify(old.body.items)).not.toContain('"size"');
		expect(old.headers.warning).toContain("example.com/v1beta1 Widget is deprecated");
		expect((await server.call("GET", WIDGETS.replace("v1", "v2"))).code).toBe(404);
	});

	it("goes before its definition does", async () => {
		await create(widget(good, { metadata: { name: "one", finalizers: ["example.com/hold"] } }));
		await server.call("DELETE", `${DEFINITION}/widgets.example.com`);
		const { body } = await server.call("GET", `${DEFINITION}/widgets.example.com`);
		expect(at(body, "metadata", "finalizers")).toEqual(["customresourcecleanup.apiextensions.k8s.io"]);
		expect(at(body, "status", "conditions")).toContainEqual(
			expect.objectContaining({ type: "Terminating", status: "True", reason: "InstanceDeletionInProgress" }),
		);
		const refused = await create(widget(good, { metadata: { name: "two" } }));
		expect([refused.code, refused.body.message]).toEqual([
			403,
			'widgets.example.com "two" is forbidden: create not allowed while custom resource definition is terminating',
		]);
		await server.call("PATCH", `${WIDGETS}/one`, { body: { metadata: { finalizers: null } }, headers: MERGE });
		expect((await server.call("GET", `${DEFINITION}/widgets.example.com`)).code).toBe(404);
		expect((await server.call("GET", WIDGETS)).code).toBe(404);
	});

	it("waits for names that another has, and is served once they are free", async () => {
		const other = widgets();
		other.metadata.name = "gadgets.example.com";
		other.spec.names = { kind: "Gadget", plural: "gadgets", shortNames: ["wdg"] };
		await server.call("POST", DEFINITION, { body: other });
		const { body } = await server.call("GET", `${DEFINITION}/gadgets.example.com`);
		expect(at(body, "status", "conditions")).toMatchObject([
			{ type: "NamesAccepted", status: "False", reason: "ShortNamesConflict", message: '"wdg" is already in use' },
			{ type: "Established", status: "False", reason: "NotAccepted" },
		]);
		expect((await server.call("GET", WIDGETS.replace("widgets", "gadgets"))).code).toBe(404);
		await server.call("DELETE", `${DEFINITION}/widgets.example.com`);
		expect((await server.call("GET", WIDGETS.replace("widgets", "gadgets"))).code).toBe(200);
	});
});

describe("a definition", () => {
	const refusal = async (change: (definition: ReturnType<typeof widgets>) => void) => {
		const definition = widgets();
		definition.spec.versions.splice(1);
		change(definition);
		return (await server.call("POST", DEFINITION, { body: definition })).body.message;
	};

	it("is refused where its name, group, versions or schema are wrong", async () => {
		const schema = "spec.validation.openAPIV3Schema.properties[a]";
		const withSchema = (a: object) => (definition: ReturnType<typeof widgets>) => {
			const [version] = definition.spec.versions;
			if (version) version.schema = { openAPIV3Schema: { type: "object", properties: { a } } };
		};
		expect(await refusal(({ metadata }) => Object.assign(metadata, { name: "x.example.com" }))).toContain(
			'metadata.name: Invalid value: "x.example.com": must be spec.names.plural+"."+spec.group',
		);
		expect(await refusal(({ spec }) => Object.assign(spec, { scope: "Foo" }))).toContain(
			'spec.scope: Unsupported value: "Foo": supported values: "Cluster", "Namespaced"',
		);
		expect(await refusal(withSchema({ type: "string", default: 5 }))).toContain(
			`${schema}.default: Invalid value: "integer":  in body must be of type string: "integer"`,
		);
		expect(await refusal(withSchema({ type: "array" }))).toContain(
			`${schema}.items: Required value: must be specified`,
		);
		expect(await refusal(withSchema({ type: "foo" }))).toContain(`${schema}.type: Unsupported value: "foo"`);
		expect(await refusal(withSchema({ type: "array", items: 5 }))).toContain(`${schema}.items: Required value`);
	});

	it("warns of rules that will not be evaluated", async () => {
		const definition = widgets();
		definition.metadata.name = "things.example.com";
		definition.spec.names = { kind: "Thing", plural: "things" };
		const schema = definition.spec.versions[0]?.schema?.openAPIV3Schema;
		Object.assign(schema ?? {}, { "x-kubernetes-validations": [{ rule: "self.spec.size > 3" }] });
		const { code, headers } = await server.call("POST", DEFINITION, { body: definition });
		expect([code, String(headers.warning)]).toEqual([201, expect.stringContaining("1 rule will not be enforced")]);
	});

	it("is there for the server's own code from the next turn on", async () => {
		const definition = { ...widgets(), metadata: { name: "things.example.com" } };
		definition.spec.names = { kind: "Thing", plural: "things" };
		server.api.create(CUSTOMRESOURCEDEFINITIONS, definition);
		await new Promise((resolve) => setImmediate(resolve));
		const resource = { group: "example.com", version: "v1", resource: "things" };
		const thing = { ...widget(good), kind: "Thing", metadata: { name: "one", namespace: "default" } };
		expect(server.api.create(resource, thing).spec).toMatchObject({ mode: "fast" });
	});
});
