import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ApiError } from "../api-error.ts";
import { table } from "../http/representations.ts";
import { inProcessApi } from "../in-process.ts";
import { copy, equal, isObject, type JsonObject } from "../json.ts";
import { KINDS } from "../kinds/index.ts";
import type { KubernetesObject } from "../object.ts";
import { SCHEMAS } from "../schema/schemas.ts";
import { accept } from "./body.ts";
import { create } from "./create.ts";
import { deleteObject } from "./delete.ts";
import type { ResourceKind } from "./kind.ts";
import { Registry } from "./registry.ts";
import { Resources } from "./resources.ts";
import { Store } from "./store.ts";
import { update } from "./update.ts";

const SCALARS: Record<string, fc.Arbitrary<unknown>> = {
	s: fc.constantFrom("", "a", "etcd", "Retain", "RollingUpdate", "IPv4", "ClusterIP", "a b", "None", "51%"),
	b: fc.boolean(),
	i: fc.integer({ min: -2, max: 70_000 }),
	l: fc.integer({ min: -2, max: 70_000 }),
	d: fc.double({ noNaN: true }),
	y: fc.constant("YQ=="),
	t: fc.constant("2026-01-02T03:04:05Z"),
	m: fc.constant("2026-01-02T03:04:05.000006Z"),
	x: fc.constantFrom(0, 1, 2379, "client", "51%"),
	q: fc.constantFrom("0", "1Gi", "-1", "500m"),
	"*": fc.constantFrom({}, { a: 1 }, 5, "text"),
};

/** A value of the type of which any field may be missing: what decoding lets through and nothing else has checked. */
function anyOf(code: string, depth: number): fc.Arbitrary<unknown> {
	const plain = code.replace("!", "");
	if (plain.startsWith("[")) return fc.array(anyOf(plain.slice(1), depth), { maxLength: depth > 6 ? 0 : 2 });
	if (plain.startsWith("{"))
		return fc.dictionary(fc.constantFrom("a", "app", "storage"), anyOf(plain.slice(1), depth), { maxKeys: 2 });
	const scalar = SCALARS[plain];
	if (scalar) return scalar;
	const fields = Object.entries(SCHEMAS[plain] ?? {}).filter(
		([name]) => !["apiVersion", "kind", "managedFields"].includes(name),
	);
	if (depth > 7 || fields.length === 0) return fc.constant({});
	const some = fc.subarray(fields, { maxLength: Math.min(8, fields.length) });
	return some.chain((chosen) => {
		const record = Object.fromEntries(chosen.map(([name, type]) => [name, anyOf(type, depth + 1)]));
		return fc.record(record, { requiredKeys: Object.keys(record) });
	});
}

function serverWith(): Resources {
	const registry = new Registry();
	for (const kind of KINDS) registry.add(kind);
	const resources = new Resources(new Store(), registry);
	const api = inProcessApi(resources);
	const namespaces = { group: "", version: "v1", resource: "namespaces" };
	api.create<KubernetesObject>(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: "default" } });
	return resources;
}

/** What may fail is the request; anything else that is thrown is the server's own fault. */
function attempt<T>(act: () => T): T | undefined {
	try {
		return act();
	} catch (error) {
		if (error instanceof ApiError && error.code >= 400) return undefined;
		throw error;
	}
}

const writer = { writer: { manager: "test" } };

function named(kind: ResourceKind, body: unknown): JsonObject {
	const object = isObject(body) ? body : {};
	const metadata = isObject(object.metadata) ? object.metadata : {};
	const { resourceVersion: _version, uid: _uid, ...rest } = metadata;
	return { ...object, metadata: { ...rest, name: "some", ...(kind.namespaced ? { namespace: "default" } : {}) } };
}

describe.each(KINDS.filter((kind) => !kind.answer).map((kind) => [kind.plural, kind] as const))("%s", (_name, kind) => {
	const served = { kind, group: kind.group, version: kind.version };
	const type = kind.schema ?? "";
	// Half of them have what the type calls required, so that some get past validation.
	const body = anyOf(type, 0);

	it("of any shape are stored or refused, never tripped over", () => {
		fc.assert(
			fc.property(body, body, body, (first, second, third) => {
				const resources = serverWith();
				const { object } = accept(served, named(kind, first), "Strict");
				const collection = resources.collection(kind);
				const made = attempt(() => create(resources, kind, object, writer));
				// What validation refuses can still be what an older server let in.
				const stored = made ?? collection.put(accept(served, named(kind, first), "Strict").object);
				expect(() => table(served, [stored], { resourceVersion: "1" }, "Metadata")).not.toThrow();
				const change = (other: unknown, subresource?: string) => {
					const old = collection.get(stored.metadata.namespace, "some");
					const next = accept(served, named(kind, other), "Strict").object;
					if (old)
						attempt(() => update(resources, kind, old, next, { ...writer, ...(subresource ? { subresource } : {}) }));
				};
				change(second);
				if (kind.status) change(third, "status");
				const last = collection.get(stored.metadata.namespace, "some");
				if (!last) return;
				expect(() => table(served, [last], { resourceVersion: "1" }, "Metadata")).not.toThrow();
				for (const read of Object.values(kind.fields ?? {})) expect(typeof read(last)).toBe("string");
				attempt(() => deleteObject(resources, kind, last, { gracePeriodSeconds: 1 }));
			}),
			{ numRuns: 60 },
		);
	});

	it("get defaults that do not change any more", () => {
		fc.assert(
			fc.property(body, (value) => {
				const once = accept(served, named(kind, value), "Strict").object;
				kind.setDefaults?.(once);
				const twice = copy(once);
				kind.setDefaults?.(twice);
				expect(equal(once, twice)).toBe(true);
			}),
			{ numRuns: 60 },
		);
	});
});
