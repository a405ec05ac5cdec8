import type { ConfigMap, Container, EnvVar, Secret, Service } from "kubernetes-types/core/v1";
import { expand } from "./expand.ts";
import { fieldValue, type PodAddresses, resourceValue } from "./field-ref.ts";
import type { StoredPod } from "./pod.ts";
import { serviceEnvironment } from "./service-environment.ts";

/** What the environment is made from beside the pod itself. */
export interface EnvironmentSource extends PodAddresses {
	configMap(name: string): ConfigMap | undefined;
	secret(name: string): Secret | undefined;
	/** Services whose variables the pod gets */
	services: Service[];
	allocatable: Record<string, string>;
}

/** The container cannot be made as its spec wants it; `reason` is that of its waiting state. */
export class ContainerConfigError extends Error {
	readonly reason = "CreateContainerConfigError";
}

/**
 * A container's environment as the kubelet makes it: the image's, then Services', then `envFrom`, then `env` in order, each able
 * to refer to those before it by `$(NAME)`.
 */
export function containerEnvironment(
	pod: StoredPod,
	container: Container,
	image: Record<string, string>,
	source: EnvironmentSource,
): Record<string, string> {
	const services = new Map(serviceEnvironment(source.services));
	const own = new Map<string, string>();
	for (const from of container.envFrom ?? []) {
		for (const [key, value] of envFrom(pod, from, source)) own.set(`${from.prefix ?? ""}${key}`, value);
	}
	const lookUp = (name: string) => own.get(name) ?? services.get(name);
	for (const variable of container.env ?? []) {
		const value = variable.valueFrom
			? valueFrom(pod, container, variable.valueFrom, source)
			: expand(variable.value ?? "", lookUp);
		if (value !== undefined) own.set(variable.name, value);
	}
	return { ...image, ...Object.fromEntries(services), ...Object.fromEntries(own) };
}

type EnvFromSource = NonNullable<Container["envFrom"]>[number];

function envFrom(pod: StoredPod, from: EnvFromSource, source: EnvironmentSource): [string, string][] {
	const { configMapRef, secretRef } = from;
	if (configMapRef) {
		const found = source.configMap(configMapRef.name ?? "");
		if (!found && !configMapRef.optional) throw notFound("configmap", configMapRef.name);
		return Object.entries(found?.data ?? {});
	}
	if (secretRef) {
		const found = source.secret(secretRef.name ?? "");
		if (!found && !secretRef.optional) throw notFound("secret", secretRef.name);
		return Object.entries(found?.data ?? {}).map(([key, value]) => [key, decode(value)]);
	}
	throw new ContainerConfigError(`envFrom of pod ${pod.metadata.name} names neither a ConfigMap nor a Secret`);
}

function valueFrom(
	pod: StoredPod,
	container: Container,
	from: NonNullable<EnvVar["valueFrom"]>,
	source: EnvironmentSource,
): string | undefined {
	const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef } = from;
	if (fieldRef) return fieldValue(pod, fieldRef.fieldPath, source);
	if (resourceFieldRef) {
		const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
		return resourceValue(containers, container, resourceFieldRef, source.allocatable);
	}
	const ref = configMapKeyRef ?? secretKeyRef;
	if (!ref) return undefined;
	const kind = configMapKeyRef ? "ConfigMap" : "Secret";
	const found = configMapKeyRef ? source.configMap(ref.name ?? "") : source.secret(ref.name ?? "");
	const value = found?.data?.[ref.key];
	if (value !== undefined) return configMapKeyRef ? value : decode(value);
	if (ref.optional) return undefined;
	if (!found) throw notFound(kind.toLowerCase(), ref.name);
	throw new ContainerConfigError(`couldn't find key ${ref.key} in ${kind} ${pod.metadata.namespace}/${ref.name}`);
}

const notFound = (kind: string, name: string | undefined) =>
	new ContainerConfigError(`${kind} ${JSON.stringify(name ?? "")} not found`);

const decode = (base64: string) => Buffer.from(base64, "base64").toString("utf8");
