import { chmod, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { ConfigMap, KeyToPath, Secret, Volume, VolumeProjection } from "kubernetes-types/core/v1";
import { fieldValue, type PodAddresses, resourceValue } from "./field-ref.ts";
import type { StoredPod } from "./pod.ts";

/** What the files of configMap, secret, downwardAPI and projected volumes are made from. */
export interface FileSources extends PodAddresses {
	configMap(name: string): ConfigMap | undefined;
	secret(name: string): Secret | undefined;
	allocatable: Record<string, string>;
	/** A token for the pod's service account; undefined: the lab gives none out. */
	serviceAccountToken?(serviceAccount: string, audience: string | undefined, seconds: number): string | undefined;
}

export interface VolumeFile {
	data: Buffer;
	/** permission bits */
	mode: number;
}

type Files = Map<string, VolumeFile>;

const DEFAULT_MODE = 0o644;

/** The files of a volume that is made from objects of the API; throws the kubelet's words where one is missing. */
export function projectedFiles(pod: StoredPod, volume: Volume, source: FileSources): Files {
	const { configMap, secret, downwardAPI, projected } = volume;
	if (configMap) return project({ configMap }, configMap.defaultMode, pod, source);
	if (secret) {
		const { secretName = "", items, optional, defaultMode } = secret;
		const projection = { name: secretName, ...(items ? { items } : {}), ...(optional ? { optional } : {}) };
		return project({ secret: projection }, defaultMode, pod, source);
	}
	if (downwardAPI) return project({ downwardAPI }, downwardAPI.defaultMode, pod, source);
	if (projected) {
		return new Map((projected.sources ?? []).flatMap((one) => [...project(one, projected.defaultMode, pod, source)]));
	}
	throw new Error("the lab has no driver for this kind of volume");
}

function project(from: VolumeProjection, defaultMode: number | undefined, pod: StoredPod, source: FileSources): Files {
	const mode = defaultMode ?? DEFAULT_MODE;
	if (from.configMap) {
		const found = source.configMap(from.configMap.name ?? "");
		const files = new Map<string, Buffer>();
		for (const [key, value] of Object.entries(found?.data ?? {})) files.set(key, Buffer.from(value));
		for (const [key, value] of Object.entries(found?.binaryData ?? {})) files.set(key, Buffer.from(value, "base64"));
		return chosen("configmap", "config", from.configMap, found && files, mode);
	}
	if (from.secret) {
		const found = source.secret(from.secret.name ?? "");
		const entries = Object.entries(found?.data ?? {}).map(
			([key, value]) => [key, Buffer.from(value, "base64")] as const,
		);
		return chosen("secret", "secret", from.secret, found && new Map(entries), mode);
	}
	if (from.downwardAPI) {
		const containers = [...(pod.spec.initContainers ?? []), ...pod.spec.containers];
		return new Map(
			(from.downwardAPI.items ?? []).map((item) => {
				const { fieldRef, resourceFieldRef } = item;
				const value = fieldRef
					? fieldValue(pod, fieldRef.fieldPath, source)
					: resourceFieldRef
						? resourceValue(containers, undefined, resourceFieldRef, source.allocatable)
						: "";
				return [item.path, { data: Buffer.from(value), mode: item.mode ?? mode }];
			}),
		);
	}
	if (from.serviceAccountToken) {
		const { audience, expirationSeconds = 3600, path } = from.serviceAccountToken;
		const account = pod.spec.serviceAccountName ?? "default";
		const token = source.serviceAccountToken?.(account, audience, expirationSeconds);
		return new Map(token === undefined ? [] : [[path, { data: Buffer.from(token), mode: 0o600 }]]);
	}
	return new Map();
}

interface Choice {
	name?: string;
	items?: KeyToPath[];
	optional?: boolean;
}

/** All keys, or those that are asked for under the paths that they are wanted at. */
function chosen(
	kind: string,
	what: string,
	choice: Choice,
	data: Map<string, Buffer> | undefined,
	mode: number,
): Files {
	if (!data && !choice.optional) throw new Error(`${kind} ${JSON.stringify(choice.name ?? "")} not found`);
	const items = choice.items ?? [...(data?.keys() ?? [])].map((key): KeyToPath => ({ key, path: key }));
	const files: Files = new Map();
	for (const item of items) {
		const value = data?.get(item.key);
		if (value !== undefined) files.set(item.path, { data: value, mode: item.mode ?? mode });
		else if (!choice.optional) {
			throw new Error(`references non-existent ${what} key: ${item.key}`);
		}
	}
	return files;
}

/** Writes a volume's files; their names may have folders in them. */
export async function writeFiles(folder: string, files: Files): Promise<void> {
	for (const [name, { data, mode }] of files) {
		const path = join(folder, name);
		await mkdir(dirname(path), { recursive: true });
		await writeFile(path, data);
		await chmod(path, mode);
	}
}
