import type { Namespace } from "kubernetes-types/core/v1";
import { defineKind } from "../machinery/kind.ts";
import { AGE, column, NAME } from "./columns.ts";

const IMMORTAL = ["default", "kube-system", "kube-public"];

export const namespaces = defineKind<Namespace>({
	group: "",
	version: "v1",
	kind: "Namespace",
	plural: "namespaces",
	singular: "namespace",
	shortNames: ["ns"],
	namespaced: false,
	verbs: ["create", "delete", "get", "list", "patch", "update", "watch"],
	schema: "V1Namespace",
	names: "label",
	status: true,
	subresources: { finalize: { kind: "Namespace", schema: "V1Namespace", verbs: ["update"] } },
	columns: [NAME, column("Status", (namespace) => namespace.status?.phase ?? ""), AGE],
	fields: { "status.phase": (namespace) => namespace.status?.phase ?? "" },
	setDefaults(namespace) {
		const metadata = namespace.metadata ?? {};
		metadata.labels = { ...metadata.labels, "kubernetes.io/metadata.name": metadata.name ?? "" };
		namespace.metadata = metadata;
	},
	prepareCreate(namespace) {
		namespace.spec = { finalizers: ["kubernetes"] };
		namespace.status = { phase: "Active" };
	},
	prepareUpdate(namespace, old) {
		namespace.spec = structuredClone(old.spec ?? {});
	},
	refuseDeletion: (namespace) =>
		IMMORTAL.includes(namespace.metadata?.name ?? "") ? "this namespace may not be deleted" : undefined,
	held: (namespace) => Boolean(namespace.spec?.finalizers?.length),
	deleting(namespace) {
		namespace.status = { ...namespace.status, phase: "Terminating" };
	},
});
