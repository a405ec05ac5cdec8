import type { ConfigMap, Secret } from "kubernetes-types/core/v1";
import { QuorateError } from "../errors.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import type { FileSource } from "./container-files.ts";
import { findObject } from "./read-objects.ts";
import { CONFIGMAPS, SECRETS } from "./resources.ts";

/** Keys and their contents as text; undefined: there is no such object. */
export type Files = ReadonlyMap<string, string> | undefined;

/** Reads Secrets and ConfigMaps of one namespace, each once, and only those that are asked for. */
export class SecretFiles {
	readonly #client: Pick<KubernetesClient, "find">;
	readonly #namespace: string;
	readonly #read = new Map<string, Promise<Files>>();

	constructor(client: Pick<KubernetesClient, "find">, namespace: string) {
		this.#client = client;
		this.#namespace = namespace;
	}

	/** @throws {QuorateError} Forbidden, and whatever else the API server refuses */
	all(kind: FileSource["kind"], name: string, options: { signal?: AbortSignal } = {}): Promise<Files> {
		const id = `${kind}/${name}`;
		const reading = this.#read.get(id) ?? this.#fetch(kind, name, options);
		this.#read.set(id, reading);
		return reading;
	}

	/** Undefined: there is no such object, or it lacks the key. */
	async file({ kind, name, key }: FileSource, options: { signal?: AbortSignal } = {}): Promise<string | undefined> {
		return (await this.all(kind, name, options))?.get(key);
	}

	async #fetch(kind: FileSource["kind"], name: string, options: { signal?: AbortSignal }): Promise<Files> {
		if (kind === "ConfigMap") {
			const object = await findObject<ConfigMap>(this.#client, CONFIGMAPS, this.#namespace, name, options);
			return object && new Map(Object.entries(object.data ?? {}));
		}
		const object = await findObject<Secret>(this.#client, SECRETS, this.#namespace, name, options);
		const decoded = Object.entries(object?.data ?? {}).map(
			([key, text]) => [key, Buffer.from(text, "base64").toString("utf8")] as const,
		);
		return object && new Map(decoded);
	}
}

export const isForbidden = (error: unknown): boolean => error instanceof QuorateError && error.code === "Forbidden";
