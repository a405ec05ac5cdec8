import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { ApiError } from "../api-error.ts";
import { deepFreeze } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import { type ApplyOptions, applyServerSide, trackManagedFields } from "./apply.ts";

const gvk = { group: "apps", version: "v1", kind: "StatefulSet" };
const time = "2026-01-02T03:04:05Z";
const later = "2026-01-02T03:04:06Z";

type Fields = Record<string, unknown>;
const set = (spec: Fields, metadata: Fields = {}): KubernetesObject =>
	({
		apiVersion: "apps/v1",
		kind: "StatefulSet",
		metadata: { name: "etcd", namespace: "ns", ...metadata },
		spec,
	}) as KubernetesObject;
const { spec: _, ...nothing } = set({});
const container = (name: string, more: Fields = {}) => ({ name, ...more });
const withContainers = (...containers: Fields[]): KubernetesObject => set({ template: { spec: { containers } } });
const apply = (
	current: KubernetesObject | undefined,
	applied: KubernetesObject,
	fieldManager: string,
	more: Partial<ApplyOptions> = {},
) =>
	applyServerSide(current && deepFreeze(current), deepFreeze(applied), {
		fieldManager,
		force: false,
		gvk,
		time,
		...more,
	});
const update = (current: KubernetesObject, next: KubernetesObject, manager: string, subresource?: string) =>
	trackManagedFields(deepFreeze(current), deepFreeze(next), {
		manager,
		operation: "Update",
		time,
		gvk,
		...(subresource ? { subresource } : {}),
	});
const fields = (object: KubernetesObject, manager: string) =>
	object.metadata.managedFields?.find((entry) => entry.manager === manager)?.fieldsV1;
const failure = (act: () => unknown): ApiError => {
	try {
		act();
	} catch (error) {
		return error as ApiError;
	}
	throw new Error("it did not fail");
};

describe("server-side apply", () => {
	it("creates the object, and notes every field applied as the manager's", () => {
		const created = apply(undefined, withContainers(container("etcd", { ports: [{ containerPort: 2379 }] })), "me");
		expect(created.metadata.managedFields).toEqual([
			{
				manager: "me",
				operation: "Apply",
				apiVersion: "apps/v1",
				time,
				fieldsType: "FieldsV1",
				fieldsV1: {
					"f:spec": {
						"f:template": {
							"f:spec": {
								"f:containers": {
									'k:{"name":"etcd"}': {
										".": {},
										"f:name": {},
										"f:ports": { 'k:{"containerPort":2379,"protocol":"TCP"}': { ".": {}, "f:containerPort": {} } },
									},
								},
							},
						},
					},
				},
			},
		]);
	});

	it("merges containers by name, and takes away what the manager applies no longer", () => {
		const both = apply(undefined, withContainers(container("etcd", { image: "a" }), container("side")), "me");
		const one = apply(both, withContainers(container("etcd")), "me");
		expect(one.spec).toEqual({ template: { spec: { containers: [{ name: "etcd" }] } } });
	});

	it("keeps what another manager has put in, or applies too", () => {
		const first = apply(undefined, withContainers(container("etcd", { image: "a" })), "me");
		const shared = apply(first, withContainers(container("etcd", { image: "a" })), "you");
		const dropped = apply(shared, set({ replicas: 3 }), "me");
		expect(dropped.spec).toEqual({ replicas: 3, template: { spec: { containers: [{ name: "etcd", image: "a" }] } } });
		expect(fields(dropped, "me")).toEqual({ "f:spec": { "f:replicas": {} } });
		expect(fields(dropped, "you")).toEqual(fields(shared, "you"));
	});

	it("leaves alone what nobody applied", () => {
		const first = apply(undefined, set({ replicas: 3 }), "me");
		const defaulted = { ...first, spec: { replicas: 3, podManagementPolicy: "OrderedReady" } };
		expect(apply(defaulted, set({ replicas: 4 }), "me").spec).toEqual({
			replicas: 4,
			podManagementPolicy: "OrderedReady",
		});
	});

	it("is a conflict where an applier owns the field", () => {
		const mine = apply(undefined, set({ replicas: 3, serviceName: "a" }), "me");
		const one = failure(() => apply(mine, set({ replicas: 4 }), "you"));
		expect(one).toMatchObject({ code: 409, reason: "Conflict" });
		expect(one.message).toBe('Apply failed with 1 conflict: conflict with "me": .spec.replicas');
		expect(one.details).toEqual({
			causes: [{ reason: "FieldManagerConflict", message: 'conflict with "me"', field: ".spec.replicas" }],
		});
		const two = failure(() => apply(mine, set({ replicas: 4, serviceName: "b" }), "you"));
		expect(two.message).toBe(
			'Apply failed with 2 conflicts: conflicts with "me":\n- .spec.replicas\n- .spec.serviceName',
		);
	});

	it("names the version and the subresource of an updater it conflicts with", () => {
		const first = apply(undefined, withContainers(container("etcd", { image: "a" })), "me");
		const edited = update(
			first,
			{ ...withContainers(container("etcd", { image: "b" })), metadata: first.metadata },
			"kubectl-edit",
		);
		expect(failure(() => apply(edited, withContainers(container("etcd", { image: "a" })), "me")).message).toBe(
			'Apply failed with 1 conflict: conflict with "kubectl-edit" using apps/v1: .spec.template.spec.containers[name="etcd"].image',
		);
		const scaled = update(first, { ...first, spec: { ...(first.spec as Fields), replicas: 5 } }, "kubectl", "scale");
		expect(failure(() => apply(scaled, set({ replicas: 3 }), "me")).message).toBe(
			'Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
		);
	});

	it("takes the field by force, or shares it by agreeing", () => {
		const mine = apply(undefined, set({ replicas: 3 }), "me");
		const forced = apply(mine, set({ replicas: 4 }), "you", { force: true });
		expect(forced.spec).toEqual({ replicas: 4 });
		expect(fields(forced, "me")).toBeUndefined();
		const agreed = apply(mine, set({ replicas: 3 }), "you");
		expect(fields(agreed, "me")).toEqual(fields(agreed, "you"));
	});

	it("treats selectors and lists without keys as one", () => {
		const mine = apply(undefined, set({ selector: { matchLabels: { a: "1" } } }), "me");
		const conflict = failure(() => apply(mine, set({ selector: { matchLabels: { b: "1" } } }), "you"));
		expect(conflict.message).toBe('Apply failed with 1 conflict: conflict with "me": .spec.selector');
	});

	it("gives what was there before the first apply to a manager of its own", () => {
		const conflict = failure(() => apply(set({ replicas: 3 }), set({ replicas: 4 }), "me"));
		expect(conflict.message).toBe(
			'Apply failed with 1 conflict: conflict with "before-first-apply" using apps/v1: .spec.replicas',
		);
	});

	it("lets kubectl take over what client-side apply set, and keeps its annotation in step", () => {
		const name = "kubectl.kubernetes.io/last-applied-configuration";
		const applied = set({ replicas: 3 });
		const live = trackManagedFields(
			undefined,
			set({ replicas: 3 }, { annotations: { [name]: JSON.stringify(applied) } }),
			{
				manager: "kubectl-client-side-apply",
				operation: "Update",
				time,
				gvk,
			},
		);
		expect(failure(() => apply(live, set({ replicas: 4 }), "me")).code).toBe(409);
		const taken = apply(live, set({ replicas: 4 }), "kubectl");
		expect(taken.metadata.annotations?.[name]).toBe(
			'{"apiVersion":"apps/v1","kind":"StatefulSet","metadata":{"name":"etcd","namespace":"ns"},"spec":{"replicas":4}}\n',
		);
	});

	it("refuses another kind, managedFields, and list items that cannot be told apart", () => {
		expect(failure(() => apply(undefined, { ...set({}), kind: "Pod" }, "me"))).toMatchObject({
			code: 400,
			message: "invalid object type: apps/v1, Kind=Pod",
		});
		expect(failure(() => apply(undefined, set({}, { managedFields: [] }), "me")).message).toBe(
			"metadata.managedFields must be nil",
		);
		expect(failure(() => apply(undefined, withContainers(container("a"), container("a")), "me")).message).toBe(
			'failed to create typed patch object (ns/etcd; apps/v1, Kind=StatefulSet): .spec.template.spec.containers: duplicate entries for key [name="a"]',
		);
	});

	it("owns nothing of the status but through its own door", () => {
		const applied = { ...set({ replicas: 1 }), status: { replicas: 1 } };
		expect(fields(apply(undefined, applied, "me"), "me")).toEqual({ "f:spec": { "f:replicas": {} } });
	});
});

const specs = fc.record(
	{
		replicas: fc.integer({ min: 0, max: 3 }),
		serviceName: fc.constantFrom("a", "b"),
		template: fc.record({
			spec: fc.record({
				containers: fc.uniqueArray(
					fc.record(
						{
							name: fc.constantFrom("a", "b", "c"),
							image: fc.constantFrom("x", "y"),
							command: fc.array(fc.constantFrom("p", "q"), { maxLength: 2 }),
							env: fc.uniqueArray(fc.record({ name: fc.constantFrom("E", "F"), value: fc.string({ maxLength: 2 }) }), {
								selector: ({ name }) => name,
							}),
						},
						{ requiredKeys: ["name"] },
					),
					{ selector: ({ name }) => name, minLength: 1 },
				),
			}),
		}),
	},
	{ requiredKeys: ["replicas"] },
);
const histories = fc.array(fc.tuple(fc.constantFrom("one", "two"), specs), { minLength: 1, maxLength: 5 });

describe("any history of applies", () => {
	const run = (history: [string, Fields][]) =>
		history.reduce<KubernetesObject | undefined>(
			(current, [manager, spec]) => apply(current, set(spec), manager, { force: true }),
			undefined,
		) as KubernetesObject;

	it("changes nothing when its last step is repeated", () => {
		fc.assert(
			fc.property(histories, (history) => {
				const [manager, spec] = history.at(-1) ?? ["one", {}];
				const object = run(history);
				expect(apply(object, set(spec), manager, { time: later })).toEqual(object);
			}),
		);
	});

	it("ends with all that the last step says", () => {
		fc.assert(
			fc.property(histories, (history) => {
				const { replicas, serviceName } = (history.at(-1)?.[1] ?? {}) as Fields;
				const { spec } = run(history) as { spec?: Fields };
				if (replicas !== undefined) expect(spec?.replicas).toBe(replicas);
				if (serviceName !== undefined) expect(spec?.serviceName).toBe(serviceName);
			}),
		);
	});

	it("leaves nothing of a manager that applies nothing any more", () => {
		fc.assert(
			fc.property(histories, (history) => {
				const alone = history.map(([, spec]): [string, Fields] => ["one", spec]);
				const emptied = apply(run(alone), nothing as KubernetesObject, "one");
				expect(emptied.metadata.managedFields).toBeUndefined();
				expect(emptied.spec ?? {}).toEqual({});
			}),
		);
	});
});
