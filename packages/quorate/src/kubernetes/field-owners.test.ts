import type { ManagedFieldsEntry } from "kubernetes-types/meta/v1";
import { expect, it } from "vitest";
import { ownersOf, withoutOurs } from "./field-owners.ts";

const entry = (manager: string, operation: "Apply" | "Update", fieldsV1: object, more: object = {}) =>
	({ manager, operation, apiVersion: "apps/v1", fieldsType: "FieldsV1", fieldsV1, ...more }) as ManagedFieldsEntry;

const env = (...names: string[]) => ({
	"f:env": Object.fromEntries(names.map((name) => [`k:{"name":"${name}"}`, { ".": {}, "f:name": {}, "f:value": {} }])),
});

it("gives back to each what was taken, and leaves no entry of ours", () => {
	const helm = entry("helm", "Apply", { "f:spec": { "f:replicas": {}, ...env("A", "B") } }, { time: "2026-01-01" });
	const status = entry("kcm", "Update", { "f:status": { "f:replicas": {} } }, { subresource: "status" });
	const now = [
		entry("helm", "Apply", { "f:spec": { "f:env": { 'k:{"name":"B"}': { ".": {}, "f:name": {}, "f:value": {} } } } }),
		entry("quorate", "Update", { "f:spec": { "f:replicas": {}, ...env("A", "C") } }),
		status,
	];
	expect(withoutOurs(now, [helm])).toEqual(
		[{ ...helm, time: undefined }, status].map(({ time, ...rest }) => (time ? { ...rest, time } : rest)),
	);
});

it("gives back an entry that lost all of its fields", () => {
	const kubectl = entry("kubectl", "Update", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" });
	const now = [entry("quorate", "Update", { "f:spec": { "f:replicas": {}, "f:template": {} } })];
	expect(withoutOurs(now, [kubectl])).toEqual([kubectl]);
});

it("leaves what others took meanwhile with them", () => {
	const helm = entry("helm", "Update", { "f:spec": { "f:replicas": {} } });
	const scaled = entry("kubectl", "Update", { "f:spec": { "f:replicas": {} } }, { subresource: "scale" });
	expect(withoutOurs([scaled], [helm])).toEqual([scaled]);
});

it("takes only our own away where it is not known who had the fields", () => {
	const helm = entry("helm", "Apply", { "f:metadata": { "f:labels": { ".": {} } } });
	expect(withoutOurs([helm, entry("quorate", "Update", { "f:spec": { "f:replicas": {} } })])).toEqual([helm]);
});

it("reads what is no field set as owning nothing", () => {
	const odd = [entry("a", "Update", [] as object), { manager: "b" } as ManagedFieldsEntry];
	expect(withoutOurs(odd, odd)).toEqual(odd);
});

it("names the owners of one field", () => {
	const of = (...managers: ManagedFieldsEntry[]) =>
		ownersOf(managers, ["f:spec", "f:replicas"]).map((one) => one.manager);
	const replicas = { "f:spec": { "f:replicas": {} } };
	expect(of(entry("operator", "Update", replicas), entry("x", "Update", { "f:spec": {} }))).toEqual(["operator"]);
	expect(of(entry("quorate", "Update", replicas))).toEqual([]);
});
