import type { Container, PodSpec, PodTemplateSpec, Probe } from "kubernetes-types/core/v1";
import { validateLabels } from "../machinery/metadata.ts";
import { nameErrors, qualifiedNameErrors } from "../machinery/names.ts";
import type { Violations } from "../machinery/violations.ts";
import { compareQuantities } from "../quantity.ts";

const PULL_POLICIES = ["Always", "IfNotPresent", "Never"];
const PROTOCOLS = ["SCTP", "TCP", "UDP"];
const VARIABLE = /^[ -<>-~]+$/;

/** The rules for a pod's spec at `field` (`spec`, `spec.template.spec`). `claims`: volumes that a StatefulSet adds by itself. */
export function validatePodSpec(spec: PodSpec, field: string, errors: Violations, claims: string[] = []): void {
	const volumes = new Set(claims);
	for (const [index, volume] of (spec.volumes ?? []).entries()) {
		const at = `${field}.volumes[${index}]`;
		if (!volume.name) errors.required(`${at}.name`);
		else for (const error of nameErrors("label", volume.name)) errors.invalid(`${at}.name`, volume.name, error);
		if (volumes.has(volume.name) && !claims.includes(volume.name)) errors.duplicate(`${at}.name`, volume.name);
		volumes.add(volume.name);
		const sources = Object.keys(volume).filter((name) => name !== "name");
		for (const extra of sources.slice(1)) errors.forbidden(`${at}.${extra}`, "may not specify more than 1 volume type");
		if (volume.persistentVolumeClaim && !volume.persistentVolumeClaim.claimName) {
			errors.required(`${at}.persistentVolumeClaim.claimName`);
		}
		if (volume.hostPath && !volume.hostPath.path) errors.required(`${at}.hostPath.path`);
	}
	for (const [index, { operator, value }] of (spec.tolerations ?? []).entries()) {
		if (operator === "Exists" && value)
			errors.invalid(
				`${field}.tolerations[${index}].operator`,
				value,
				"value must be empty when `operator` is 'Exists'",
			);
	}
	const names = new Set<string>();
	if (!spec.containers?.length) errors.required(`${field}.containers`);
	for (const list of ["initContainers", "containers"] as const) {
		for (const [index, container] of (spec[list] ?? []).entries()) {
			validateContainer(container, `${field}.${list}[${index}]`, errors, volumes, names);
		}
	}
	if (!["Always", "OnFailure", "Never"].includes(spec.restartPolicy ?? "")) {
		errors.notSupported(`${field}.restartPolicy`, spec.restartPolicy, ["Always", "OnFailure", "Never"]);
	}
	const policies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
	if (!policies.includes(spec.dnsPolicy ?? "")) errors.notSupported(`${field}.dnsPolicy`, spec.dnsPolicy, policies);
	if (spec.activeDeadlineSeconds !== undefined && spec.activeDeadlineSeconds < 1) {
		errors.invalid(
			`${field}.activeDeadlineSeconds`,
			spec.activeDeadlineSeconds,
			"must be between 1 and 2147483647, inclusive",
		);
	}
	validateLabels(spec.nodeSelector, `${field}.nodeSelector`, errors);
	for (const kind of ["podAffinity", "podAntiAffinity"] as const) {
		for (const [index, term] of (
			spec.affinity?.[kind]?.requiredDuringSchedulingIgnoredDuringExecution ?? []
		).entries()) {
			if (term.topologyKey) continue;
			const at = `${field}.affinity.${kind}.requiredDuringSchedulingIgnoredDuringExecution[${index}].topologyKey`;
			errors.required(at, "can not be empty");
			for (const error of qualifiedNameErrors("")) errors.invalid(at, "", error);
		}
	}
}

function validateContainer(
	container: Container,
	field: string,
	errors: Violations,
	volumes: Set<string>,
	names: Set<string>,
): void {
	if (!container.name) errors.required(`${field}.name`);
	else for (const error of nameErrors("label", container.name)) errors.invalid(`${field}.name`, container.name, error);
	if (names.has(container.name)) errors.duplicate(`${field}.name`, container.name);
	names.add(container.name);
	if (!container.image) errors.required(`${field}.image`);
	else if (container.image !== container.image.trim()) {
		errors.invalid(`${field}.image`, container.image, "must not have leading or trailing whitespace");
	}
	if (!PULL_POLICIES.includes(container.imagePullPolicy ?? "")) {
		errors.notSupported(`${field}.imagePullPolicy`, container.imagePullPolicy, PULL_POLICIES);
	}
	if (!["File", "FallbackToLogsOnError"].includes(container.terminationMessagePolicy ?? "")) {
		const known = ["FallbackToLogsOnError", "File"];
		errors.notSupported(`${field}.terminationMessagePolicy`, container.terminationMessagePolicy, known);
	}
	validatePorts(container, field, errors);
	for (const [index, variable] of (container.env ?? []).entries()) {
		const at = `${field}.env[${index}]`;
		if (!variable.name) errors.required(`${at}.name`);
		else if (!VARIABLE.test(variable.name)) {
			errors.invalid(
				`${at}.name`,
				variable.name,
				"a valid environment variable name must consist only of printable ASCII characters other than '='",
			);
		}
		const sources = Object.keys(variable.valueFrom ?? {});
		const path = variable.valueFrom?.fieldRef?.fieldPath;
		if (path !== undefined) validateFieldPath(path, `${at}.valueFrom.fieldRef.fieldPath`, errors);
		if (variable.valueFrom && variable.value) {
			errors.invalid(`${at}.valueFrom`, "", "may not be specified when `value` is not empty");
		}
		if (variable.valueFrom && sources.length !== 1) {
			const several = "may not have more than one field specified at a time";
			const none = "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`";
			errors.invalid(`${at}.valueFrom`, "", sources.length > 1 ? several : none);
		}
	}
	const paths = new Set<string>();
	for (const [index, mount] of (container.volumeMounts ?? []).entries()) {
		const at = `${field}.volumeMounts[${index}]`;
		if (!mount.name) errors.required(`${at}.name`);
		else if (!volumes.has(mount.name)) errors.notFound(`${at}.name`, mount.name);
		if (!mount.mountPath) errors.required(`${at}.mountPath`);
		else if (paths.has(mount.mountPath)) errors.invalid(`${at}.mountPath`, mount.mountPath, "must be unique");
		paths.add(mount.mountPath);
	}
	const { limits, requests } = container.resources ?? {};
	for (const [name, request] of Object.entries(requests ?? {})) {
		const limit = limits?.[name];
		if (limit !== undefined && compareQuantities(request, limit) > 0) {
			errors.invalid(`${field}.resources.requests`, request, `must be less than or equal to ${name} limit of ${limit}`);
		}
		if (compareQuantities(request, "0") < 0)
			errors.invalid(`${field}.resources.requests[${name}]`, request, atLeast(0));
	}
	for (const kind of ["postStart", "preStop"] as const) {
		const handler = container.lifecycle?.[kind];
		if (handler && Object.values(handler).every((action) => action === undefined))
			errors.required(`${field}.lifecycle.${kind}`, "must specify a handler type");
	}
	for (const kind of ["livenessProbe", "readinessProbe", "startupProbe"] as const) {
		const probe = container[kind];
		if (probe) validateProbe(probe, `${field}.${kind}`, errors, kind !== "readinessProbe");
	}
}

/** Fields of a pod that its containers' environment can be filled from. */
const FIELD_PATHS = [
	"metadata.name",
	"metadata.namespace",
	"metadata.uid",
	"spec.nodeName",
	"spec.serviceAccountName",
	"status.hostIP",
	"status.hostIPs",
	"status.podIP",
	"status.podIPs",
];

function validateFieldPath(path: string, field: string, errors: Violations): void {
	if (FIELD_PATHS.includes(path) || /^metadata\.(labels|annotations)\['.*'\]$/.test(path)) return;
	if (path === "") errors.required(field);
	else errors.invalid(field, path, `error converting fieldPath: field label not supported: ${path}`);
}

function validatePorts(container: Container, field: string, errors: Violations): void {
	const names = new Set<string>();
	for (const [index, port] of (container.ports ?? []).entries()) {
		const at = `${field}.ports[${index}]`;
		if (port.name) {
			const wrong = portNameErrors(port.name);
			for (const error of wrong) errors.invalid(`${at}.name`, port.name, error);
			if (wrong.length === 0 && names.has(port.name)) errors.duplicate(`${at}.name`, port.name);
			names.add(port.name);
		}
		if (!port.containerPort) errors.required(`${at}.containerPort`);
		else if (!isPort(port.containerPort)) errors.invalid(`${at}.containerPort`, port.containerPort, PORT_RANGE);
		if (port.hostPort && !isPort(port.hostPort)) errors.invalid(`${at}.hostPort`, port.hostPort, PORT_RANGE);
		if (!PROTOCOLS.includes(port.protocol ?? "")) errors.notSupported(`${at}.protocol`, port.protocol, PROTOCOLS);
	}
}

const atLeast = (minimum: number) => `must be greater than or equal to ${minimum}`;

export const PORT_RANGE = "must be between 1 and 65535, inclusive";

export const isPort = (port: number) => Number.isInteger(port) && port >= 1 && port <= 65535;

/** Why `name` cannot name a port. */
export function portNameErrors(name: string): string[] {
	const errors: string[] = [];
	if (name.length > 15) errors.push("must be no more than 15 characters");
	if (!/^[a-z0-9-]+$/.test(name)) errors.push("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)");
	if (!/[a-z]/.test(name)) errors.push("must contain at least one letter (a-z)");
	if (name.includes("--")) errors.push("must not contain consecutive hyphens");
	if (/^-|-$/.test(name)) errors.push("must not begin or end with a hyphen");
	return errors;
}

function validateProbe(probe: Probe, field: string, errors: Violations, onlyOneSuccess: boolean): void {
	const handlers = (["exec", "httpGet", "tcpSocket", "grpc"] as const).filter((name) => probe[name] !== undefined);
	if (handlers.length === 0) errors.required(field, "must specify a handler type");
	for (const extra of handlers.slice(1))
		errors.forbidden(`${field}.${extra}`, "may not specify more than 1 handler type");
	if (probe.exec && !probe.exec.command?.length) errors.required(`${field}.exec.command`);
	for (const name of [
		"initialDelaySeconds",
		"timeoutSeconds",
		"periodSeconds",
		"successThreshold",
		"failureThreshold",
	] as const) {
		const value = probe[name] ?? 0;
		if (value < 0) errors.invalid(`${field}.${name}`, value, atLeast(0));
	}
	if (onlyOneSuccess && (probe.successThreshold ?? 1) !== 1) {
		errors.invalid(`${field}.successThreshold`, probe.successThreshold, "must be 1");
	}
}

/** A pod template of a workload. */
export function validateTemplate(
	template: PodTemplateSpec,
	field: string,
	errors: Violations,
	claims: string[] = [],
): void {
	validateLabels(template.metadata?.labels, `${field}.labels`, errors);
	if (template.spec) validatePodSpec(template.spec, `${field}.spec`, errors, claims);
	else errors.required(`${field}.spec.containers`);
}

/** A pod template of a workload whose pods must be restarted for ever. */
export function validatePodTemplate(
	template: PodTemplateSpec,
	field: string,
	errors: Violations,
	claims: string[] = [],
): void {
	validateTemplate(template, field, errors, claims);
	if (!template.spec) return;
	if (template.spec.restartPolicy !== "Always") {
		errors.notSupported(`${field}.spec.restartPolicy`, template.spec.restartPolicy, ["Always"]);
	}
	if (template.spec.activeDeadlineSeconds !== undefined) {
		errors.forbidden(`${field}.spec.activeDeadlineSeconds`, "activeDeadlineSeconds in ReplicaSet is not Supported");
	}
}
