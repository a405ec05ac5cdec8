import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { FileSource } from "./container-files.ts";
import { isForbidden, type SecretFiles } from "./secret-files.ts";
import type { KnownObjects } from "./start/environment.ts";

/**
 * The ConfigMaps and Secrets that containers take variables from: whole ones, and keys of ConfigMaps. A single key of a Secret is a password
 * as a rule, and nothing that decides how etcd starts. What may not be read is left out.
 */
export async function readReferences(
	template: PodTemplateSpec,
	files: Pick<SecretFiles, "all">,
	options: { signal?: AbortSignal },
): Promise<KnownObjects> {
	const wanted = new Map<string, Pick<FileSource, "kind" | "name">>();
	const add = (kind: FileSource["kind"], name: string | undefined) => {
		if (name) wanted.set(`${kind}/${name}`, { kind, name });
	};
	for (const { env = [], envFrom = [] } of template.spec?.containers ?? []) {
		for (const { configMapRef, secretRef } of envFrom) {
			add("ConfigMap", configMapRef?.name);
			add("Secret", secretRef?.name);
		}
		for (const { valueFrom } of env) add("ConfigMap", valueFrom?.configMapKeyRef?.name);
	}
	const read = await Promise.all(
		[...wanted].map(async ([id, { kind, name }]) => {
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
