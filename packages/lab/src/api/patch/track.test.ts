import { describe, expect, it } from "vitest";
import { deepFreeze } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { trackManagedFields } from "./track.ts";

const gvk = { group: "", version: "v1", kind: "Pod" };
const time = "2026-01-02T03:04:05Z";

const pod = (spec: Record<string, unknown>, status?: Record<string, unknown>, metadata = {}): KubernetesObject =>
	({
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "x", namespace: "ns", uid: "1", resourceVersion: "7", ...metadata },
		spec,
		...(status ? { status } : {}),
	}) as KubernetesObject;
const track = (before: KubernetesObject | undefined, after: KubernetesObject, manager: string, subresource?: string) =>
	deepFreeze(
		trackManagedFields(before, deepFreeze(after), {
			manager,
			operation: "Update",
			time,
			gvk,
			...(subresource ? { subresource } : {}),
		}),
	);
const managers = (object: KubernetesObject) =>
	(object.metadata.managedFields ?? []).map(({ manager, subresource, fieldsV1 }) => [
		subresource ? `${manager}/${subresource}` : manager,
		fieldsV1,
	]);

describe("tracking of managed fields", () => {
	const created = track(undefined, pod({ nodeName: "n", containers: [{ name: "c", image: "a" }] }), "me");

	it("gives the creator what it set, but not the identity nor what is always there", () => {
		expect(created.metadata.managedFields).toEqual([
			{
				manager: "me",
				operation: "Update",
				apiVersion: "v1",
				time,
				fieldsType: "FieldsV1",
				fieldsV1: {
					"f:spec": {
						"f:containers": { 'k:{"name":"c"}': { ".": {}, "f:image": {}, "f:name": {} } },
						"f:nodeName": {},
					},
				},
			},
		]);
	});

	it("marks a map that the write brought in as the writer's too", () => {
		const labelled = track(
			created,
			pod({ ...(created.spec as object) }, undefined, { labels: { "app/x": "1" } }),
			"you",
		);
		expect(managers(labelled)[1]).toEqual(["you", { "f:metadata": { "f:labels": { ".": {}, "f:app/x": {} } } }]);
	});

	it("passes a field on to who changes it, and takes it from all when it goes", () => {
		const changed = track(created, pod({ nodeName: "m", containers: [{ name: "c", image: "a" }] }), "you");
		expect(managers(changed)).toEqual([
			["me", { "f:spec": { "f:containers": { 'k:{"name":"c"}': { ".": {}, "f:image": {}, "f:name": {} } } } }],
			["you", { "f:spec": { "f:nodeName": {} } }],
		]);
		const gone = track(changed, pod({ nodeName: "m", containers: [] }), "you");
		expect(managers(gone)).toEqual([["you", { "f:spec": { "f:nodeName": {} } }]]);
	});

	it("keeps a writer's subresources apart", () => {
		const status = { phase: "Running", conditions: [{ type: "Ready", status: "True" }] };
		const running = track(created, pod(created.spec as never, status), "kubelet", "status");
		expect(managers(running)[0]).toEqual([
			"kubelet/status",
			{
				"f:status": {
					"f:conditions": { ".": {}, 'k:{"type":"Ready"}': { ".": {}, "f:status": {}, "f:type": {} } },
					"f:phase": {},
				},
			},
		]);
	});

	it("is the same list where nothing changed", () => {
		const same = track(created, pod(created.spec as never, undefined, { resourceVersion: "8" }), "you");
		expect(same.metadata.managedFields).toBe(created.metadata.managedFields);
	});

	it("is kept where a client sends none, cleared by an empty entry, and then stays away", () => {
		const cleared = track(created, pod(created.spec as never, undefined, { managedFields: [{}] }), "you");
		expect(cleared.metadata.managedFields).toBeUndefined();
		expect(track(cleared, pod({ nodeName: "z", containers: [] }), "you").metadata.managedFields).toBeUndefined();
	});

	it("can be written by a client, but through no subresource", () => {
		const entry = {
			manager: "made-up",
			operation: "Apply",
			apiVersion: "v1",
			fieldsType: "FieldsV1",
			fieldsV1: { "f:spec": { "f:nodeName": {} } },
		};
		const written = pod(created.spec as never, undefined, { managedFields: [entry] });
		expect(managers(track(created, written, "me")).map(([name]) => name)).toEqual(["made-up"]);
		expect(managers(track(created, written, "me", "status")).map(([name]) => name)).toEqual(["me"]);
		const broken = pod(created.spec as never, undefined, { managedFields: [{ ...entry, fieldsV1: { "k:{": {} } }] });
		expect(managers(track(created, broken, "me")).map(([name]) => name)).toEqual(["me"]);
	});

	it("puts the oldest of more than ten updaters together", () => {
		let object = created;
		for (let n = 0; n < 12; n++) {
			object = track(
				object,
				pod(created.spec as never, undefined, {
					...object.metadata,
					annotations: { ...object.metadata.annotations, [`a${n}`]: "1" },
				}),
				`m${n}`,
			);
		}
		expect(object.metadata.managedFields).toHaveLength(10);
		expect(managers(object).map(([name]) => name)).toContain("ancient-changes");
	});
});
