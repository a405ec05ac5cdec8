import { createHash } from "node:crypto";
import type { ImageReference } from "./image.ts";

const NAME = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[\w][\w.-]{0,127}$/;

/** Takes an image name apart as container runtimes do; undefined where it is no name of an image. */
export function parseReference(image: string): ImageReference | undefined {
	const [named = "", digest] = image.split("@");
	const slash = named.indexOf("/");
	const first = slash < 0 ? "" : named.slice(0, slash);
	const hasRegistry = first.includes(".") || first.includes(":") || first === "localhost";
	const registry = hasRegistry ? first : "docker.io";
	const rest = hasRegistry ? named.slice(slash + 1) : named;
	const colon = rest.lastIndexOf(":");
	const path = colon < 0 ? rest : rest.slice(0, colon);
	const tag = colon < 0 ? "latest" : rest.slice(colon + 1);
	if (!NAME.test(path) || !TAG.test(tag)) return undefined;
	if (digest !== undefined && !/^sha256:[0-9a-f]{64}$/.test(digest)) return undefined;
	const repository = registry === "docker.io" && !path.includes("/") ? `library/${path}` : path;
	return { registry, repository, tag, digest };
}

/** `docker.io/library/etcd:3.5.9` */
export function formatReference(reference: ImageReference): string {
	const { registry, repository, tag, digest } = reference;
	return `${registry}/${repository}${digest ? `@${digest}` : `:${tag}`}`;
}

/** An id like a registry's digest: equal for equal contents, which `contents` stands for. */
export function imageId(reference: ImageReference, contents: string): string {
	const digest = reference.digest ?? `sha256:${createHash("sha256").update(contents).digest("hex")}`;
	return `${reference.registry}/${reference.repository}@${digest}`;
}
