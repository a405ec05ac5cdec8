import type { Container, EnvVar, PodTemplateSpec } from "kubernetes-types/core/v1";

/** What the downward API says of one pod; undefined: not known. */
export interface PodFacts {
	readonly name: string;
	readonly namespace: string;
	readonly labels?: Readonly<Record<string, string>>;
	readonly annotations?: Readonly<Record<string, string>>;
	readonly serviceAccount?: string | undefined;
	readonly node?: string | undefined;
	readonly uid?: string | undefined;
	/** the pod's own, the first before others; empty: none yet. Undefined: not known */
	readonly addresses?: readonly string[] | undefined;
	/** its node's */
	readonly hostAddresses?: readonly string[] | undefined;
	/** its labels and annotations are all that it has, and one that is missing is empty. @default others may have been added */
	readonly whole?: boolean;
}

/** Keys of ConfigMaps and Secrets by `Kind/name`; undefined: there is no such object. What is not listed was not read. */
export type KnownObjects = ReadonlyMap<string, ReadonlyMap<string, string> | undefined>;

/** Stands in a text for what is not known; no variable or argument of a container can hold it. */
export const UNKNOWN = "\0";

export const isKnown = (text: string | undefined): text is string => text !== undefined && !text.includes(UNKNOWN);

/** The variables of a container in one pod, as the kubelet makes them. */
export interface Environment {
	/** undefined: not set; with {@link UNKNOWN} in it where it, or a part of it, is not known */
	get(name: string): string | undefined;
	readonly pod: PodFacts;
}

/** Of a text: variables that hold others several times over would fill the memory. */
const LONGEST = 65_536;

/** The pod of that ordinal as its StatefulSet makes it. */
export const podFacts = (
	set: { readonly namespace: string; readonly name: string },
	template: PodTemplateSpec,
	ordinal: number,
): PodFacts => namedPodFacts(set.namespace, template, `${set.name}-${ordinal}`);

/** A pod of that name, as a StatefulSet with this template makes it. */
export function namedPodFacts(namespace: string, template: PodTemplateSpec, name: string): PodFacts {
	return {
		name,
		namespace,
		labels: {
			...template.metadata?.labels,
			"statefulset.kubernetes.io/pod-name": name,
			"apps.kubernetes.io/pod-index": name.slice(name.lastIndexOf("-") + 1),
		},
		annotations: template.metadata?.annotations ?? {},
		serviceAccount: template.spec?.serviceAccountName ?? "default",
	};
}

export function environmentOf(container: Container, pod: PodFacts, objects: KnownObjects = new Map()): Environment {
	const values = new Map<string, string>();
	let all = true;
	for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
		const id = configMapRef ? `ConfigMap/${configMapRef.name}` : `Secret/${secretRef?.name}`;
		all &&= objects.has(id);
		for (const [key, value] of objects.get(id) ?? []) values.set(prefix + key, value);
	}
	const get = (name: string): string | undefined => {
		// the kubelet adds variables for Services
		const unread = !all || /_(SERVICE_HOST|SERVICE_PORT|PORT)(_|$)/.test(name);
		return values.get(name) ?? (unread ? UNKNOWN : undefined);
	};
	const environment = { get, pod };
	for (const variable of container.env ?? []) {
		const value = variableValue(variable, environment, objects);
		if (value === undefined) values.delete(variable.name);
		else values.set(variable.name, value);
	}
	return environment;
}

function variableValue(
	{ value, valueFrom }: EnvVar,
	environment: Environment,
	objects: KnownObjects,
): string | undefined {
	if (value || !valueFrom) return expand(value ?? "", environment);
	if (valueFrom.fieldRef) return fieldOf(valueFrom.fieldRef.fieldPath, environment.pod) ?? UNKNOWN;
	const { configMapKeyRef: map, secretKeyRef: secret } = valueFrom;
	const reference = map ?? secret;
	if (!reference) return UNKNOWN;
	const id = `${map ? "ConfigMap" : "Secret"}/${reference.name}`;
	const found = objects.get(id)?.get(reference.key);
	return found ?? (objects.has(id) && reference.optional ? undefined : UNKNOWN);
}

function fieldOf(path: string, pod: PodFacts): string | undefined {
	const key = /^metadata\.(labels|annotations)\['(.*)'\]$/.exec(path);
	// others may set more of them on a pod than its template has
	if (key) return pod[key[1] as "labels" | "annotations"]?.[key[2] ?? ""] ?? (pod.whole ? "" : undefined);
	switch (path) {
		case "metadata.name":
			return pod.name;
		case "metadata.namespace":
			return pod.namespace;
		case "metadata.uid":
			return pod.uid;
		case "spec.serviceAccountName":
			return pod.serviceAccount;
		case "spec.nodeName":
			return pod.node;
		case "status.podIP":
			return pod.addresses?.[0];
		case "status.podIPs":
			return pod.addresses?.length ? pod.addresses.join(",") : undefined;
		case "status.hostIP":
			return pod.hostAddresses?.[0];
		case "status.hostIPs":
			return pod.hostAddresses?.length ? pod.hostAddresses.join(",") : undefined;
		default:
			return undefined;
	}
}

/** A reference to a variable in a text that the kubelet expands. */
export type Reference = string | { readonly variable: string; readonly at: number };

/** `$(NAME)` is a reference, `$$` a dollar; whatever else stands for itself, an opened `$(` as well. */
export function references(text: string): readonly Reference[] {
	const found: Reference[] = [];
	let literal = "";
	for (let at = 0; at < text.length; at++) {
		const char = text[at] ?? "";
		const next = text[at + 1];
		const close = char === "$" && next === "(" ? text.indexOf(")", at + 2) : -1;
		if (close >= 0) {
			if (literal) found.push(literal);
			literal = "";
			found.push({ variable: text.slice(at + 2, close), at });
			at = close;
		} else {
			literal += char;
			if (char === "$" && next === "$") at++;
		}
	}
	if (literal) found.push(literal);
	return found;
}

/** A text as the kubelet expands it; a reference to what is not set stays as it stands. */
export function expand(text: string, environment: Environment): string {
	let expanded = "";
	for (const part of references(text)) {
		expanded += typeof part === "string" ? part : (environment.get(part.variable) ?? `$(${part.variable})`);
		if (expanded.length > LONGEST) return UNKNOWN;
	}
	return expanded;
}
