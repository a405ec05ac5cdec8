import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { at, isObject, listAt, stringAt } from "../json.ts";
import { startServer, type TestServer } from "../testing.ts";

let server: TestServer;
beforeAll(async () => {
	server = await startServer();
});
afterAll(() => server.close());

const find = (list: unknown[], field: string, value: string) => list.find((entry) => stringAt(entry, field) === value);

describe("discovery", () => {
	it("tells all at once to those who ask so", async () => {
		const type = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
		const { body, headers } = await server.call("GET", "/apis", { headers: { Accept: `${type},application/json` } });
		expect(headers["content-type"]).toBe(type);
		expect(body).toMatchObject({ kind: "APIGroupDiscoveryList", apiVersion: "apidiscovery.k8s.io/v2" });
		const apps = listAt(body, "items").find((item) => stringAt(item, "metadata", "name") === "apps");
		const [version] = listAt(apps, "versions");
		expect(find(listAt(version, "resources"), "resource", "statefulsets")).toMatchObject({
			responseKind: { group: "apps", version: "v1", kind: "StatefulSet" },
			scope: "Namespaced",
			shortNames: ["sts"],
			categories: ["all"],
			subresources: [
				{ subresource: "scale", responseKind: { group: "autoscaling", version: "v1", kind: "Scale" } },
				{ subresource: "status" },
			],
		});
	});

	it("tells it piece by piece to others", async () => {
		expect((await server.call("GET", "/api")).body).toMatchObject({ kind: "APIVersions", versions: ["v1"] });
		const groups = listAt((await server.call("GET", "/apis")).body, "groups");
		expect(find(groups, "name", "apps")).toMatchObject({ preferredVersion: { groupVersion: "apps/v1" } });
		expect((await server.call("GET", "/apis/apps")).body).toMatchObject({ kind: "APIGroup", name: "apps" });
		const core = listAt((await server.call("GET", "/api/v1")).body, "resources");
		expect(find(core, "name", "pods/exec")).toMatchObject({ kind: "PodExecOptions", verbs: ["create", "get"] });
		expect(find(core, "name", "pods/eviction")).toMatchObject({ group: "policy", version: "v1", kind: "Eviction" });
		expect((await server.call("GET", "/apis/apps/v9")).code).toBe(404);
	});

	it("describes every version that it serves, with what patches must know", async () => {
		const index = (await server.call("GET", "/openapi/v3")).body.paths;
		const paths = isObject(index) ? Object.values(index).map((entry) => stringAt(entry, "serverRelativeURL")) : [];
		expect(paths).toContain("/openapi/v3/apis/apps/v1");
		for (const path of paths) {
			const { code, text, body } = await server.call("GET", path);
			expect(code, path).toBe(200);
			const schemas = at(body, "components", "schemas");
			const known = new Set(
				Object.keys(isObject(schemas) ? schemas : {}).map((name) => `#/components/schemas/${name}`),
			);
			const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
			expect(
				references.filter((reference) => !known.has(reference)),
				path,
			).toEqual([]);
		}
		const { body } = await server.call("GET", "/openapi/v3/apis/apps/v1");
		const patch = at(body, "paths", "/apis/apps/v1/namespaces/{namespace}/statefulsets/{name}", "patch");
		expect(patch).toMatchObject({
			"x-kubernetes-action": "patch",
			"x-kubernetes-group-version-kind": { group: "apps", version: "v1", kind: "StatefulSet" },
		});
		expect(find(listAt(patch, "parameters"), "name", "fieldValidation")).toBeDefined();
		const containers = at(body, "components", "schemas", "io.k8s.api.v1.PodSpec", "properties", "containers");
		expect(containers).toMatchObject({
			type: "array",
			"x-kubernetes-list-type": "map",
			"x-kubernetes-list-map-keys": ["name"],
			"x-kubernetes-patch-merge-key": "name",
			"x-kubernetes-patch-strategy": "merge",
		});
	});
});
