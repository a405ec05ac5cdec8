import type { Definition } from "../api/custom/definition.ts";
import type { Schema } from "../api/custom/schema.ts";

const bytes = (description: string): Schema => ({ description, type: "integer", format: "int64", minimum: 0 });

const spec: Schema = {
	description: "Where the pool is to be, and on what.",
	type: "object",
	required: ["disks", "node"],
	properties: {
		disks: {
			description: "The block devices that the pool is made of.",
			type: "array",
			items: { type: "string" },
		},
		node: { description: "The node that the pool is on.", type: "string" },
	},
};

const status: Schema = {
	description: "The pool as the control plane last saw it.",
	type: "object",
	nullable: true,
	required: ["available", "capacity", "state", "used"],
	properties: {
		available: bytes("Bytes that can still be used."),
		capacity: bytes("Bytes that the pool has."),
		cr_state: {
			description: "How far the resource has come.",
			type: "string",
			enum: ["Creating", "Created", "Terminating"],
			default: "Creating",
		},
		pool_status: {
			description: "What the control plane thinks of the pool.",
			type: "string",
			nullable: true,
			enum: ["Unknown", "Online", "Degraded", "Faulted"],
		},
		state: {
			description: "The state of the pool.",
			type: "string",
			enum: ["Creating", "Created", "Online", "Unknown", "Error"],
		},
		used: bytes("Bytes that are used."),
	},
};

const column = (name: string, type: "string" | "integer", jsonPath: string, description: string) => ({
	name,
	type,
	jsonPath,
	description,
});

/** `diskpools.openebs.io`, in the version whose columns the guide shows. */
export function diskPoolDefinition(): Definition {
	return {
		apiVersion: "apiextensions.k8s.io/v1",
		kind: "CustomResourceDefinition",
		metadata: { name: "diskpools.openebs.io" },
		spec: {
			group: "openebs.io",
			scope: "Namespaced",
			names: { kind: "DiskPool", plural: "diskpools", singular: "diskpool", shortNames: ["dsp"] },
			versions: [
				{
					name: "v1alpha1",
					served: true,
					storage: true,
					subresources: { status: {} },
					additionalPrinterColumns: [
						column("node", "string", ".spec.node", "node the pool is on"),
						column("state", "string", ".status.state", "dsp state"),
						column("pool_status", "string", ".status.pool_status", "Control plane pool status"),
						column("capacity", "integer", ".status.capacity", "total bytes"),
						column("used", "integer", ".status.used", "used bytes"),
						column("available", "integer", ".status.available", "available bytes"),
					],
					schema: {
						openAPIV3Schema: {
							title: "DiskPool",
							description: "A pool of storage on one node.",
							type: "object",
							required: ["spec"],
							properties: { spec, status },
						},
					},
				},
			],
		},
	};
}
