import type { Node } from "kubernetes-types/core/v1";
import { defineKind } from "../machinery/kind.ts";
import { AGE, column, NAME, orNone, wide } from "./columns.ts";

const ROLE = "node-role.kubernetes.io/";

function status(node: Node): string {
	const ready = node.status?.conditions?.find((condition) => condition.type === "Ready");
	const words = [ready ? (ready.status === "True" ? "Ready" : "NotReady") : "Unknown"];
	if (node.spec?.unschedulable) words.push("SchedulingDisabled");
	return words.join(",");
}

function roles(node: Node): string {
	const found = Object.entries(node.metadata?.labels ?? {}).flatMap(([key, value]) => {
		if (key.startsWith(ROLE)) return [key.slice(ROLE.length)];
		return key === "kubernetes.io/role" && value !== "" ? [value] : [];
	});
	return orNone(
		found
			.filter((role) => role !== "")
			.sort()
			.join(","),
	);
}

const address = (node: Node, type: string) =>
	orNone(node.status?.addresses?.find((entry) => entry.type === type)?.address);

const unknown = (text: string | undefined) => text || "<unknown>";

export const nodes = defineKind<Node>({
	group: "",
	version: "v1",
	kind: "Node",
	plural: "nodes",
	singular: "node",
	shortNames: ["no"],
	namespaced: false,
	schema: "V1Node",
	status: true,
	columns: [
		NAME,
		column("Status", status),
		column("Roles", roles),
		AGE,
		column("Version", (node) => node.status?.nodeInfo?.kubeletVersion ?? ""),
		wide("Internal-IP", (node) => address(node, "InternalIP")),
		wide("External-IP", (node) => address(node, "ExternalIP")),
		wide("OS-Image", (node) => unknown(node.status?.nodeInfo?.osImage)),
		wide("Kernel-Version", (node) => unknown(node.status?.nodeInfo?.kernelVersion)),
		wide("Container-Runtime", (node) => unknown(node.status?.nodeInfo?.containerRuntimeVersion)),
	],
	fields: { "spec.unschedulable": (node) => String(node.spec?.unschedulable ?? false) },
	setDefaults(node) {
		node.spec ??= {};
		if (node.spec.unschedulable === false) delete node.spec.unschedulable;
	},
	validateUpdate(node, old, errors) {
		if (old.spec?.podCIDR && node.spec?.podCIDR !== old.spec.podCIDR) {
			errors.forbidden("spec.podCIDRs", 'node updates may not change podCIDR except from "" to valid');
		}
		if (old.spec?.providerID && node.spec?.providerID !== old.spec.providerID) {
			errors.forbidden("spec.providerID", 'node updates may not change providerID except from "" to valid');
		}
	},
});
