import type { Definition } from "../definition.ts";
import type { Schema } from "../schema.ts";

const spec: Schema = {
	type: "object",
	required: ["node", "disks"],
	properties: {
		node: { type: "string", minLength: 2, description: "Where it is." },
		disks: { type: "array", minItems: 1, items: { type: "string", pattern: "^/dev/.*" } },
		size: { type: "integer", minimum: 1, maximum: 10 },
		mode: { type: "string", enum: ["fast", "slow"], default: "fast" },
		port: { "x-kubernetes-int-or-string": true },
		maybe: { type: "string", nullable: true },
		replicas: { type: "integer", default: 1 },
		free: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
		tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
		labels: { type: "object", maxProperties: 2, additionalProperties: { type: "string", maxLength: 3 } },
		parts: {
			type: "array",
			"x-kubernetes-list-type": "map",
			"x-kubernetes-list-map-keys": ["name"],
			items: {
				type: "object",
				required: ["name"],
				properties: { name: { type: "string" }, count: { type: "integer", default: 7 } },
			},
		},
	},
};

const status: Schema = {
	type: "object",
	properties: { replicas: { type: "integer" }, selector: { type: "string" }, state: { type: "string" } },
};

/** A definition that has a bit of everything, in three versions; the stored one is v1. */
export const widgets = (): Definition => ({
	apiVersion: "apiextensions.k8s.io/v1",
	kind: "CustomResourceDefinition",
	metadata: { name: "widgets.example.com" },
	spec: {
		group: "example.com",
		scope: "Namespaced",
		names: { kind: "Widget", plural: "widgets", shortNames: ["wdg"], categories: ["all"] },
		versions: [
			{
				name: "v1",
				served: true,
				storage: true,
				schema: {
					openAPIV3Schema: {
						type: "object",
						description: "A widget.",
						required: ["spec"],
						properties: { spec, status },
					},
				},
				subresources: {
					status: {},
					scale: {
						specReplicasPath: ".spec.replicas",
						statusReplicasPath: ".status.replicas",
						labelSelectorPath: ".status.selector",
					},
				},
				additionalPrinterColumns: [
					{ name: "node", type: "string", jsonPath: ".spec.node" },
					{ name: "tags", type: "string", jsonPath: ".spec.tags" },
					{ name: "size", type: "integer", jsonPath: ".spec.size" },
					{ name: "state", type: "string", jsonPath: ".status.state", priority: 1 },
				],
			},
			{
				name: "v1beta1",
				served: true,
				storage: false,
				deprecated: true,
				schema: {
					openAPIV3Schema: {
						type: "object",
						properties: {
							spec: {
								type: "object",
								properties: { node: { type: "string" }, old: { type: "string", default: "yes" } },
							},
						},
					},
				},
			},
			{ name: "v2", served: false, storage: false, schema: { openAPIV3Schema: { type: "object" } } },
		],
	},
});
