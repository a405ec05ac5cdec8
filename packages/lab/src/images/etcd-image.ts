import { isBitnami } from "./bitnami/bitnami.ts";
import { readTag } from "./bitnami/tag.ts";
import { etcdVersion, isPlainEtcd } from "./etcd.ts";
import { parseReference } from "./reference.ts";

/** What an image that runs etcd is, as its name tells. */
export interface EtcdImage {
	/** whose scripts start etcd: nobody's, or Bitnami's of one generation or the other */
	kind: "plain" | "bitnami-old" | "bitnami-new";
	/** of etcd: "3.5.6", or its beginning; undefined where the tag says none */
	version: string | undefined;
}

/** Undefined: not an image of etcd that the lab can run. */
export function etcdImage(name: string): EtcdImage | undefined {
	const reference = parseReference(name);
	if (!reference) return undefined;
	const versionOf = (text: string) => (/^\d/.test(text) ? text : undefined);
	if (isPlainEtcd(reference)) return { kind: "plain", version: versionOf(etcdVersion(reference.tag)) };
	if (!isBitnami(reference)) return undefined;
	const { etcd, generation } = readTag(reference.tag);
	return { kind: `bitnami-${generation}`, version: versionOf(etcd) };
}
