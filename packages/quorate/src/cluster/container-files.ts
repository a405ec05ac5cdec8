import type { Container, KeyToPath, PodTemplateSpec, Volume } from "kubernetes-types/core/v1";

/** The object that a file in a container is made from. */
export interface FileSource {
	readonly kind: "Secret" | "ConfigMap";
	readonly name: string;
	readonly key: string;
}

export const describeSource = ({ kind, name, key }: FileSource): string => `${key} of ${kind} ${name}`;

/** Where a file of the container comes from; undefined: from no Secret or ConfigMap. */
export function fileSource(template: PodTemplateSpec, container: Container, path: string): FileSource | undefined {
	const wanted = normalise(path);
	const mounts = (container.volumeMounts ?? [])
		.map((mount) => ({ ...mount, mountPath: normalise(mount.mountPath) }))
		.filter(({ mountPath }) => wanted === mountPath || wanted.startsWith(`${mountPath}/`))
		.sort((a, b) => b.mountPath.length - a.mountPath.length);
	const [mount] = mounts;
	const volume = template.spec?.volumes?.find(({ name }) => name === mount?.name);
	if (!mount || !volume) return undefined;
	const below = wanted.slice(mount.mountPath.length + 1);
	const file = [mount.subPath, below].filter((part) => part).join("/");
	for (const { items, ...object } of projections(volume)) {
		const key = items ? items.find((item) => item.path === file)?.key : file.includes("/") ? undefined : file;
		if (key !== undefined && key !== "") return { ...object, key };
	}
	return undefined;
}

/** Secrets that are mounted into the container, those named first that are mounted first. */
export function mountedSecrets(template: PodTemplateSpec, container: Container): readonly string[] {
	const mounted = (container.volumeMounts ?? []).flatMap(
		(mount) => template.spec?.volumes?.find(({ name }) => name === mount.name) ?? [],
	);
	const secrets = mounted.flatMap(projections).filter(({ kind }) => kind === "Secret");
	return [...new Set(secrets.map(({ name }) => name))];
}

function projections(volume: Volume): { kind: FileSource["kind"]; name: string; items?: readonly KeyToPath[] }[] {
	const { secret, configMap, projected } = volume;
	const one = (kind: FileSource["kind"], name: string | undefined, items: readonly KeyToPath[] | undefined) =>
		name ? [{ kind, name, ...(items ? { items } : {}) }] : [];
	if (secret) return one("Secret", secret.secretName, secret.items);
	if (configMap) return one("ConfigMap", configMap.name, configMap.items);
	return (projected?.sources ?? []).flatMap((source) => [
		...one("Secret", source.secret?.name, source.secret?.items),
		...one("ConfigMap", source.configMap?.name, source.configMap?.items),
	]);
}

/** Without the slash at the end that mounts often have, and without doubled ones. */
const normalise = (path: string): string => path.replaceAll(/\/+/g, "/").replace(/(?<=.)\/$/, "");
