import type { Container, PodTemplateSpec } from "kubernetes-types/core/v1";
import type { FileSource } from "./container-files.ts";
import { isForbidden, type SecretFiles } from "./secret-files.ts";
import { type KnownObjects, references } from "./start/environment.ts";
import { type Part, readEtcdCommand } from "./start/etcd-command.ts";
import { variableOf } from "./start/settings.ts";

type ObjectName = Pick<FileSource, "kind" | "name">;

/** Settings that decide how etcd starts and where it is reached. */
const TELLING = [
	...["name", "data-dir", "wal-dir", "initial-cluster", "initial-cluster-state", "initial-advertise-peer-urls"],
	...["advertise-client-urls", "listen-client-urls", "listen-peer-urls", "cert-file", "key-file", "trusted-ca-file"],
];

/**
 * The ConfigMaps and Secrets that containers take variables from: whole ones, keys of ConfigMaps, and keys of Secrets that etcd's names, URLs
 * and files refer to. Another key of a Secret is a password as a rule. What may not be read is left out.
 */
export function readReferences(
	template: PodTemplateSpec,
	files: Pick<SecretFiles, "all">,
	options: { signal?: AbortSignal },
): Promise<KnownObjects> {
	const containers = template.spec?.containers ?? [];
	const wanted = containers.flatMap(({ env = [], envFrom = [] }) => [
		...envFrom.flatMap(({ configMapRef, secretRef }) => [
			...named("ConfigMap", configMapRef?.name),
			...named("Secret", secretRef?.name),
		]),
		...env.flatMap(({ valueFrom }) => named("ConfigMap", valueFrom?.configMapKeyRef?.name)),
	]);
	return readAll([...wanted, ...containers.flatMap((one) => secretsOf(one, variablesTelling(one)))], files, options);
}

/** The same of variables that are named, and those that they refer to; keys of Secrets as well. */
export async function readVariables(
	container: Container,
	names: readonly string[],
	files: Pick<SecretFiles, "all">,
	options: { signal?: AbortSignal },
): Promise<KnownObjects> {
	return readAll(secretsOf(container, names), files, options);
}

function variablesTelling(container: Container): string[] {
	const { flags, assigned } = readEtcdCommand(container);
	const found = new Set<string>(TELLING.map(variableOf));
	const add = (parts: readonly Part[] = []) => {
		for (const part of parts) {
			if (typeof part === "string" || "unknown" in part || found.has(part.variable)) continue;
			found.add(part.variable);
			add(assigned.get(part.variable));
		}
	};
	for (const { value } of flags) add(value);
	return [...found];
}

/** Secrets with a key that one of these variables is, or refers to. */
function secretsOf({ env = [] }: Container, names: readonly string[]): ObjectName[] {
	const seen = new Set<string>();
	const from = (name: string): ObjectName[] => {
		if (seen.has(name)) return [];
		seen.add(name);
		return env
			.filter((variable) => variable.name === name)
			.flatMap(({ value = "", valueFrom }) => [
				...named("Secret", valueFrom?.secretKeyRef?.name),
				...references(value).flatMap((part) => (typeof part === "string" ? [] : from(part.variable))),
			]);
	};
	return names.flatMap(from);
}

const named = (kind: ObjectName["kind"], name: string | undefined): ObjectName[] => (name ? [{ kind, name }] : []);

async function readAll(
	wanted: readonly ObjectName[],
	files: Pick<SecretFiles, "all">,
	options: { signal?: AbortSignal },
): Promise<KnownObjects> {
	const each = new Map(wanted.map((one) => [`${one.kind}/${one.name}`, one]));
	const read = await Promise.all(
		[...each].map(async ([id, { kind, name }]) => {
			try {
				return [[id, await files.all(kind, name, options)] as const];
			} catch (error) {
				if (!isForbidden(error)) throw error;
				return [];
			}
		}),
	);
	return new Map(read.flat());
}
