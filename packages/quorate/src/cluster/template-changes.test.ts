import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import { expect, it } from "vitest";
import { changedFields } from "./template-changes.ts";

const template = (
	change: Partial<NonNullable<PodTemplateSpec["spec"]>["containers"][number]> = {},
): PodTemplateSpec => ({
	metadata: { labels: { app: "etcd" } },
	spec: { containers: [{ name: "etcd", image: "etcd:3.5.9", env: [{ name: "A", value: "1" }], ...change }] },
});

it("names the fields that differ, with the values of images alone", () => {
	expect(changedFields(template(), template())).toEqual([]);
	expect(changedFields(template(), template({ image: "etcd:9" }))).toEqual([
		"containers.etcd.image: etcd:3.5.9 → etcd:9",
	]);
	const env = [
		{ name: "A", value: "secret" },
		{ name: "B", value: "2" },
	];
	expect(changedFields(template(), template({ env }))).toEqual([
		"containers.etcd.env.A.value",
		"containers.etcd.env.B",
	]);
	const other = { ...template(), metadata: { labels: { app: "other" } } };
	expect(changedFields(template(), other)).toEqual(["metadata.labels.app"]);
	expect(changedFields(template(), template({ args: ["a"], command: ["b"], image: "c", tty: true }))).toHaveLength(4);
	expect(changedFields({}, template())).toEqual(["metadata.labels", "containers"]);
});
