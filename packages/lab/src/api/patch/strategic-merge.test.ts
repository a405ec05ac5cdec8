import { describe, expect, it } from "vitest";
import { deepFreeze, type JsonObject } from "../json.ts";
import { builtInShape } from "./list-keys.ts";
import { plain } from "./shape.ts";
import { strategicMerge } from "./strategic-merge.ts";

const pod = builtInShape({ group: "", kind: "Pod" }) ?? plain;
const service = builtInShape({ group: "", kind: "Service" }) ?? plain;
const deployment = builtInShape({ group: "apps", kind: "Deployment" }) ?? plain;

interface Case {
	it: string;
	current: JsonObject;
	patch: JsonObject;
	result: JsonObject;
}

const spec = (fields: JsonObject): JsonObject => ({ spec: fields });
const container = (name: string, more: JsonObject = {}): JsonObject => ({ name, image: "a", ...more });

const pods: Case[] = [
	{
		it: "merges containers by name and appends new ones",
		current: spec({ containers: [container("etcd"), container("side")] }),
		patch: spec({ containers: [{ name: "side", image: "b" }, container("new")] }),
		result: spec({ containers: [container("etcd"), container("side", { image: "b" }), container("new")] }),
	},
	{
		it: "merges env by name within a container",
		current: spec({
			containers: [
				container("etcd", {
					env: [
						{ name: "A", value: "1" },
						{ name: "B", value: "2" },
					],
				}),
			],
		}),
		patch: spec({ containers: [{ name: "etcd", env: [{ name: "B", value: "3" }] }] }),
		result: spec({
			containers: [
				container("etcd", {
					env: [
						{ name: "A", value: "1" },
						{ name: "B", value: "3" },
					],
				}),
			],
		}),
	},
	{
		it: "merges container ports by number alone, whatever the protocol",
		current: spec({ containers: [container("dns", { ports: [{ containerPort: 53, protocol: "TCP" }] })] }),
		patch: spec({ containers: [{ name: "dns", ports: [{ containerPort: 53, protocol: "UDP" }] }] }),
		result: spec({ containers: [container("dns", { ports: [{ containerPort: 53, protocol: "UDP" }] })] }),
	},
	{
		it: "replaces lists without a merge key",
		current: spec({ tolerations: [{ key: "a" }], containers: [container("etcd", { command: ["a", "b"] })] }),
		patch: spec({ tolerations: [{ key: "b" }], containers: [{ name: "etcd", command: ["c"] }] }),
		result: spec({ tolerations: [{ key: "b" }], containers: [container("etcd", { command: ["c"] })] }),
	},
	{
		it: "removes an item by $patch: delete",
		current: spec({ containers: [container("etcd"), container("side")] }),
		patch: spec({ containers: [{ name: "side", $patch: "delete" }] }),
		result: spec({ containers: [container("etcd")] }),
	},
	{
		it: "replaces a list by an item $patch: replace",
		current: spec({ containers: [container("etcd"), container("side")] }),
		patch: spec({ containers: [container("new"), { $patch: "replace" }] }),
		result: spec({ containers: [container("new")] }),
	},
	{
		it: "replaces an object by $patch: replace",
		current: spec({ securityContext: { fsGroup: 1, runAsUser: 2 } }),
		patch: spec({ securityContext: { $patch: "replace", fsGroup: 3 } }),
		result: spec({ securityContext: { fsGroup: 3 } }),
	},
	{
		it: "empties an object by $patch: delete",
		current: spec({ securityContext: { fsGroup: 1 } }),
		patch: spec({ securityContext: { $patch: "delete" } }),
		result: spec({ securityContext: {} }),
	},
	{
		it: "keeps only what $retainKeys lists, so that a volume changes its kind",
		current: spec({ volumes: [{ name: "data", emptyDir: {} }] }),
		patch: spec({ volumes: [{ $retainKeys: ["name", "hostPath"], name: "data", hostPath: { path: "/x" } }] }),
		result: spec({ volumes: [{ name: "data", hostPath: { path: "/x" } }] }),
	},
	{
		it: "takes items off a list of scalars by $deleteFromPrimitiveList",
		current: { metadata: { finalizers: ["a", "b", "c"] } },
		patch: { metadata: { "$deleteFromPrimitiveList/finalizers": ["a", "x"] } },
		result: { metadata: { finalizers: ["b", "c"] } },
	},
	{
		it: "adds to a list of scalars, once each",
		current: { metadata: { finalizers: ["a", "b"] } },
		patch: { metadata: { finalizers: ["b", "c"] } },
		result: { metadata: { finalizers: ["a", "b", "c"] } },
	},
	{
		it: "puts items in the order of $setElementOrder, the server's own keeping their place",
		current: spec({ containers: [container("a"), container("istio"), container("b")] }),
		patch: spec({
			"$setElementOrder/containers": [{ name: "b" }, { name: "a" }, { name: "c" }],
			containers: [container("c")],
		}),
		result: spec({ containers: [container("istio"), container("b"), container("a"), container("c")] }),
	},
	{
		it: "reorders by $setElementOrder alone",
		current: spec({ containers: [container("a"), container("b")] }),
		patch: spec({ "$setElementOrder/containers": [{ name: "b" }, { name: "a" }] }),
		result: spec({ containers: [container("b"), container("a")] }),
	},
	{
		it: "removes what is null, and drops null where nothing is",
		current: { metadata: { labels: { a: "1", b: "2" } } },
		patch: { metadata: { labels: { a: null, c: null }, annotations: { d: null, e: "3" } } },
		result: { metadata: { labels: { b: "2" }, annotations: { e: "3" } } },
	},
	{
		it: "leaves directives out of what is new",
		current: {},
		patch: spec({ containers: [container("a"), { name: "b", $patch: "delete" }] }),
		result: spec({ containers: [container("a")] }),
	},
];

describe("a strategic merge patch", () => {
	it.each(pods)("$it", ({ current, patch, result }) => {
		expect(strategicMerge(deepFreeze(current), deepFreeze(patch), pod)).toEqual(result);
	});

	it("merges a Service's ports by port and its selector key by key", () => {
		const current = spec({ selector: { a: "1" }, ports: [{ port: 80, protocol: "TCP" }] });
		const patch = spec({ selector: { b: "2" }, ports: [{ port: 80, name: "http" }, { port: 81 }] });
		expect(strategicMerge(current, patch, service)).toEqual(
			spec({ selector: { a: "1", b: "2" }, ports: [{ port: 80, protocol: "TCP", name: "http" }, { port: 81 }] }),
		);
	});

	it("changes a Deployment's strategy by $retainKeys", () => {
		const current = spec({ strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1 } } });
		const patch = spec({ strategy: { $retainKeys: ["type"], type: "Recreate" } });
		expect(strategicMerge(current, patch, deployment)).toEqual(spec({ strategy: { type: "Recreate" } }));
	});

	it.each<[string, JsonObject, number, string]>([
		[
			"an item without its merge key",
			spec({ containers: [{ image: "b" }] }),
			500,
			"map: map[image:b] does not contain declared merge key: name",
		],
		[
			"an unknown directive",
			spec({ securityContext: { $patch: "merge", a: 1 } }),
			500,
			"unknown patch type: merge in map: map[$patch:merge a:1]",
		],
		[
			"the directive merge in a list",
			spec({ containers: [{ name: "etcd", $patch: "merge" }] }),
			500,
			"merging lists cannot yet be specified in the patch",
		],
		[
			"$retainKeys that leaves out what is set",
			{ $retainKeys: [], spec: {} },
			400,
			"invalid patch format of retainKeys",
		],
		[
			"$setElementOrder without a list",
			{ spec: { "$setElementOrder/containers": "x" } },
			500,
			"expected a []interface {}, but received a string",
		],
		[
			"$setElementOrder that leaves out an item",
			spec({ "$setElementOrder/containers": [{ name: "a" }], containers: [{ name: "etcd" }] }),
			500,
			"The order in patch list:\n[map[name:etcd]]\n doesn't match $setElementOrder list:\n[map[name:a]]\n",
		],
		[
			"items of several types",
			spec({ containers: [{ name: "etcd" }, "x"] }),
			500,
			"list element types are not identical: [[map[image:a name:etcd]] [map[name:etcd] x]]",
		],
		[
			"lists in a list",
			spec({ containers: [["x"]] }),
			500,
			"list element types are not identical: [[map[image:a name:etcd]] [[x]]]",
		],
		[
			"a misspelt $deleteFromPrimitiveList",
			{ $deleteFromPrimitiveList: [] },
			400,
			"invalid patch format of primitive list",
		],
	])("refuses %s", (_, patch, code, message) => {
		const current = { spec: { containers: [container("etcd")], securityContext: { fsGroup: 1 } } };
		expect(() => strategicMerge(current, patch, pod)).toThrow(expect.objectContaining({ code, message }));
	});
});
