import type { Service, ServicePort, ServiceSpec } from "kubernetes-types/core/v1";
import { equal } from "../json.ts";
import type { Surroundings } from "../machinery/kind.ts";
import { defineKind } from "../machinery/kind.ts";
import type { Violations } from "../machinery/violations.ts";
import { AGE, column, labelsText, NAME, wide } from "./columns.ts";
import { isPort, PORT_RANGE, portNameErrors } from "./pod-validation.ts";

/** Cluster addresses are given out of 198.19.0.0/16; the first is the API server's own. */
const NETWORK = "198.19";
const TYPES = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];

function ports(service: Service): string {
	const texts = (service.spec?.ports ?? []).map((port) => {
		const node = port.nodePort ? `:${port.nodePort}` : "";
		return `${port.port}${node}/${port.protocol ?? "TCP"}`;
	});
	return texts.join(",") || "<none>";
}

function externalIp(service: Service): string {
	const spec = service.spec ?? {};
	if (spec.type === "ExternalName") return spec.externalName ?? "<none>";
	if (spec.type !== "LoadBalancer") return spec.externalIPs?.join(",") || "<none>";
	const given = (service.status?.loadBalancer?.ingress ?? []).map((entry) => entry.ip ?? entry.hostname ?? "");
	return [...given, ...(spec.externalIPs ?? [])].join(",") || "<pending>";
}

export const services = defineKind<Service>({
	group: "",
	version: "v1",
	kind: "Service",
	plural: "services",
	singular: "service",
	shortNames: ["svc"],
	categories: ["all"],
	namespaced: true,
	schema: "V1Service",
	names: "label-1035",
	status: true,
	returnsDeleted: true,
	columns: [
		NAME,
		column("Type", (service) => service.spec?.type ?? ""),
		column("Cluster-IP", (service) => service.spec?.clusterIP || "<none>"),
		column("External-IP", externalIp),
		column("Port(s)", ports),
		AGE,
		wide("Selector", (service) => labelsText(service.spec?.selector)),
	],
	fields: {
		"spec.clusterIP": (service) => service.spec?.clusterIP ?? "",
		"spec.type": (service) => service.spec?.type ?? "",
	},
	setDefaults(service) {
		service.spec ??= {};
		const spec = service.spec;
		spec.type ??= "ClusterIP";
		spec.sessionAffinity ??= "None";
		for (const port of spec.ports ?? []) {
			port.protocol ??= "TCP";
			if (port.targetPort === undefined || port.targetPort === 0 || port.targetPort === "") port.targetPort = port.port;
		}
		if (spec.type === "ExternalName") return;
		spec.internalTrafficPolicy ??= "Cluster";
		if (spec.type === "NodePort" || spec.type === "LoadBalancer") spec.externalTrafficPolicy ??= "Cluster";
		if (spec.type === "LoadBalancer") spec.allocateLoadBalancerNodePorts ??= true;
	},
	admit: allocate,
	prepareCreate(service) {
		service.status = { loadBalancer: {} };
	},
	prepareUpdate(service, old, around) {
		const spec = service.spec ?? {};
		const before = old.spec ?? {};
		const moved = spec.clusterIP !== undefined && spec.clusterIP !== before.clusterIP;
		if (moved && spec.clusterIP && equal(spec.clusterIPs, before.clusterIPs)) spec.clusterIPs = [spec.clusterIP];
		if (before.clusterIP && spec.type !== "ExternalName") {
			spec.clusterIP ??= before.clusterIP;
			if (before.clusterIPs) spec.clusterIPs ??= [...before.clusterIPs];
			if (before.ipFamilies) spec.ipFamilies ??= [...before.ipFamilies];
			if (before.ipFamilyPolicy) spec.ipFamilyPolicy ??= before.ipFamilyPolicy;
		}
		service.spec = spec;
		allocate(service, around);
	},
	validate(service, errors) {
		validateService(service.spec ?? {}, errors);
	},
	validateUpdate(service, old, errors) {
		const before = old.spec?.clusterIP;
		if (before && service.spec?.type !== "ExternalName" && service.spec?.clusterIP !== before) {
			errors.invalid("spec.clusterIPs[0]", service.spec?.clusterIPs, "may not change once set");
		}
	},
});

function allocate(service: Service, around: Surroundings): void {
	const spec = service.spec;
	if (!spec || spec.type === "ExternalName") return;
	if (spec.clusterIPs?.[0] && !spec.clusterIP) spec.clusterIP = spec.clusterIPs[0];
	if (!spec.clusterIP) spec.clusterIP = freeAddress(around);
	spec.clusterIPs ??= [spec.clusterIP];
	spec.ipFamilies ??= ["IPv4"];
	spec.ipFamilyPolicy ??= "SingleStack";
	if (spec.type === "ClusterIP") return;
	const taken = new Set(all(around).flatMap((entry) => (entry.spec?.ports ?? []).map((port) => port.nodePort)));
	for (const port of spec.ports ?? []) {
		for (let candidate = 30000; !port.nodePort && candidate <= 32767; candidate++) {
			if (!taken.has(candidate)) port.nodePort = candidate;
		}
		taken.add(port.nodePort);
	}
}

const all = (around: Surroundings) => around.all("", "services") as unknown as Service[];

function freeAddress(around: Surroundings): string {
	const taken = new Set(all(around).map((entry) => entry.spec?.clusterIP));
	for (let number = 1; number < 65534; number++) {
		const address = `${NETWORK}.${number >> 8}.${number & 255}`;
		if (!taken.has(address)) return address;
	}
	return "";
}

function validateService(spec: ServiceSpec, errors: Violations): void {
	if (!["ClientIP", "None"].includes(spec.sessionAffinity ?? "")) {
		errors.notSupported("spec.sessionAffinity", spec.sessionAffinity, ["ClientIP", "None"]);
	}
	if (spec.type === "ExternalName" && !spec.externalName) errors.required("spec.externalName");
	if (!spec.ports?.length && spec.type !== "ExternalName" && spec.clusterIP !== "None") errors.required("spec.ports");
	if (spec.clusterIP && spec.clusterIP !== "None" && !/^\d{1,3}(\.\d{1,3}){3}$/.test(spec.clusterIP)) {
		errors.invalid(
			"spec.clusterIPs[0]",
			spec.clusterIP,
			"must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)",
		);
	}
	const names = new Set<string>();
	for (const [index, port] of (spec.ports ?? []).entries()) {
		validatePort(port, `spec.ports[${index}]`, (spec.ports ?? []).length > 1, names, errors);
	}
	if (!TYPES.includes(spec.type ?? "")) errors.notSupported("spec.type", spec.type, TYPES);
}

function validatePort(port: ServicePort, field: string, named: boolean, names: Set<string>, errors: Violations): void {
	if (named && !port.name) errors.required(`${field}.name`);
	if (port.name && names.has(port.name)) errors.duplicate(`${field}.name`, port.name);
	if (port.name) names.add(port.name);
	if (!isPort(port.port)) errors.invalid(`${field}.port`, port.port ?? 0, PORT_RANGE);
	if (!["SCTP", "TCP", "UDP"].includes(port.protocol ?? "")) {
		errors.notSupported(`${field}.protocol`, port.protocol, ["SCTP", "TCP", "UDP"]);
	}
	if (typeof port.targetPort === "number" && !isPort(port.targetPort)) {
		errors.invalid(`${field}.targetPort`, port.targetPort, PORT_RANGE);
	}
	if (typeof port.targetPort === "string") {
		for (const error of portNameErrors(port.targetPort)) errors.invalid(`${field}.targetPort`, port.targetPort, error);
	}
	if (port.nodePort && (port.nodePort < 30000 || port.nodePort > 32767)) {
		errors.invalid(
			`${field}.nodePort`,
			port.nodePort,
			"provided port is not in the valid range. The range of valid ports is 30000-32767",
		);
	}
}
