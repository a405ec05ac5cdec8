import type { Container, PodSpec, Probe, Volume } from "kubernetes-types/core/v1";

/** The defaults of a pod's spec, in a pod as in a template. */
export function setPodSpecDefaults(spec: PodSpec): void {
	spec.restartPolicy ??= "Always";
	spec.dnsPolicy ??= "ClusterFirst";
	spec.schedulerName ??= "default-scheduler";
	spec.securityContext ??= {};
	spec.terminationGracePeriodSeconds ??= 30;
	if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1;
	if (spec.serviceAccountName && !spec.serviceAccount) spec.serviceAccount = spec.serviceAccountName;
	else if (spec.serviceAccount && !spec.serviceAccountName) spec.serviceAccountName = spec.serviceAccount;
	for (const container of spec.initContainers ?? []) setContainerDefaults(container, spec.hostNetwork);
	for (const container of spec.containers ?? []) setContainerDefaults(container, spec.hostNetwork);
	for (const container of spec.ephemeralContainers ?? []) setContainerDefaults(container as Container, false);
	for (const volume of spec.volumes ?? []) setVolumeDefaults(volume);
	for (const constraint of spec.topologySpreadConstraints ?? []) constraint.whenUnsatisfiable ??= "DoNotSchedule";
}

/** In a pod, though not in a template, what is limited and not requested is requested. */
export function setRequestDefaults(spec: PodSpec): void {
	for (const { resources } of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) {
		if (!resources?.limits) continue;
		resources.requests ??= {};
		for (const [name, limit] of Object.entries(resources.limits)) resources.requests[name] ??= limit;
	}
}

function setContainerDefaults(container: Container, hostNetwork: boolean | undefined): void {
	container.resources ??= {};
	container.terminationMessagePath ??= "/dev/termination-log";
	container.terminationMessagePolicy ??= "File";
	container.imagePullPolicy ??=
		/:[^/]+$|@/.test(container.image ?? "") && !/:latest$/.test(container.image ?? "") ? "IfNotPresent" : "Always";
	for (const port of container.ports ?? []) {
		port.protocol ??= "TCP";
		if (hostNetwork) port.hostPort ??= port.containerPort;
	}
	for (const variable of container.env ?? []) {
		const field = variable.valueFrom?.fieldRef;
		if (field) field.apiVersion ??= "v1";
		const resource = variable.valueFrom?.resourceFieldRef;
		if (resource) resource.divisor ??= "0";
	}
	for (const probe of [container.livenessProbe, container.readinessProbe, container.startupProbe]) {
		if (probe) setProbeDefaults(probe);
	}
	for (const handler of [container.lifecycle?.postStart, container.lifecycle?.preStop])
		setHttpDefaults(handler?.httpGet);
}

function setProbeDefaults(probe: Probe): void {
	if (!probe.timeoutSeconds) probe.timeoutSeconds = 1;
	if (!probe.periodSeconds) probe.periodSeconds = 10;
	if (!probe.successThreshold) probe.successThreshold = 1;
	if (!probe.failureThreshold) probe.failureThreshold = 3;
	setHttpDefaults(probe.httpGet);
	if (probe.grpc) probe.grpc.service ??= "";
}

function setHttpDefaults(request: { path?: string; scheme?: string } | undefined): void {
	if (!request) return;
	if (!request.path) request.path = "/";
	if (!request.scheme) request.scheme = "HTTP";
}

function setVolumeDefaults(volume: Volume): void {
	const mode = 0o644;
	if (volume.configMap) volume.configMap.defaultMode ??= mode;
	if (volume.secret) volume.secret.defaultMode ??= mode;
	if (volume.downwardAPI) {
		volume.downwardAPI.defaultMode ??= mode;
		for (const item of volume.downwardAPI.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ??= "v1";
	}
	if (volume.projected) {
		volume.projected.defaultMode ??= mode;
		for (const source of volume.projected.sources ?? []) {
			if (source.serviceAccountToken) source.serviceAccountToken.expirationSeconds ??= 3600;
			for (const item of source.downwardAPI?.items ?? []) if (item.fieldRef) item.fieldRef.apiVersion ??= "v1";
		}
	}
	if (volume.hostPath) volume.hostPath.type ??= "";
	const others = Object.keys(volume).filter((field) => field !== "name");
	if (others.length === 0) volume.emptyDir = {};
}
