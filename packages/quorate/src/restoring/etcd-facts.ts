import type { Container, PodTemplateSpec, VolumeMount } from "kubernetes-types/core/v1";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { setting } from "../cluster/etcd-container.ts";
import { peerURLsFor } from "../cluster/start/joiner.ts";

/** What one member is told, and where its data is, with everything that its template leaves open filled in. */
export interface MemberFacts {
	readonly name: string;
	readonly peerURLs: readonly string[];
	readonly dataDir: string;
	readonly mount: VolumeMount;
	/** where its write-ahead log is, on the same volume. @default in the data directory */
	readonly walDir?: string;
}

/** Where Bitnami's scripts put it when they are not told. */
const BITNAMI_DATA = "/bitnami/etcd/data";

export function etcdContainer(view: ClusterView): { template: PodTemplateSpec; container: Container } {
	const { record, etcd } = view.statefulSet;
	// an unfinished scaling may have put the one for a joining member in its place
	const template = record?.template ?? view.statefulSet.template;
	const container = template.spec?.containers.find(({ name }) => name === etcd.name);
	if (!container) throw new TypeError(`the template has no container ${etcd.name}`);
	return { template, container };
}

/**
 * @param members of the snapshot, for URLs that the template does not tell
 * @returns undefined with why, in words, where something cannot be told
 */
export function memberFacts(
	view: ClusterView,
	pod: string,
	members: readonly { name: string; peerURLs: readonly string[] }[],
): MemberFacts | { unknown: string } {
	const { container } = etcdContainer(view);
	const fill = filler(container, pod, view.statefulSet.namespace);
	const bitnami = view.statefulSet.etcd.family === "bitnami" ? BITNAMI_DATA : undefined;
	const dataDir = fill(setting(container, "data-dir")) ?? bitnami;
	if (dataDir === undefined || !dataDir.startsWith("/"))
		return { unknown: "where etcd's data directory is (--data-dir)" };
	const mount = mountOf(container, dataDir);
	if (!mount || !view.storage.some(({ template }) => template === mount.name))
		return { unknown: `on which claim ${dataDir} is: no volumeClaimTemplate is mounted there` };
	const wal = walDirOf(setting(container, "wal-dir"), fill, dataDir, (folder) => mountOf(container, folder) === mount);
	if ("unknown" in wal) return wal;
	const peerURLs = peersOf(container, pod, fill, members);
	if (peerURLs === undefined) return { unknown: `the peer URL of ${pod} (--initial-advertise-peer-urls)` };
	const subPath = fill(mount.subPathExpr);
	const { subPathExpr: _, ...plain } = mount;
	return {
		name: fill(setting(container, "name")) ?? pod,
		peerURLs,
		dataDir: plainPath(dataDir),
		...wal,
		mount: subPath === undefined ? mount : { ...plain, subPath },
	};
}

const plainPath = (path: string): string => path.replace(/\/+$/, "");

/** Its folder is replaced together with the data, so it must be another one, and on the same volume. */
function walDirOf(
	set: string | undefined,
	fill: Filler,
	data: string,
	isOnVolume: (folder: string) => boolean,
): { walDir?: string } | { unknown: string } {
	if (set === undefined) return {};
	const folder = fill(set);
	if (folder === undefined || !folder.startsWith("/")) return { unknown: `where ${set} is (--wal-dir)` };
	const [walDir, dataDir] = [plainPath(folder), plainPath(data)];
	if (walDir === `${dataDir}/member/wal`) return {};
	if (`${dataDir}/`.startsWith(`${walDir}/`) || walDir === `${dataDir}/member`)
		return { unknown: `how to replace ${walDir} (--wal-dir): the data directory is in it` };
	if (!isOnVolume(walDir))
		return { unknown: `how to restore a write-ahead log on another volume (--wal-dir=${walDir})` };
	return { walDir };
}

function mountOf({ volumeMounts = [] }: Container, folder: string): VolumeMount | undefined {
	const above = volumeMounts.filter(({ mountPath }) => `${folder}/`.startsWith(`${mountPath.replace(/\/+$/, "")}/`));
	return above.sort((a, b) => b.mountPath.length - a.mountPath.length)[0];
}

function peersOf(
	container: Container,
	pod: string,
	fill: Filler,
	members: readonly { name: string; peerURLs: readonly string[] }[],
): string[] | undefined {
	const own = fill(setting(container, "initial-advertise-peer-urls"));
	if (own !== undefined) return own.split(",");
	const entries = (fill(setting(container, "initial-cluster")) ?? "").split(",").flatMap((entry) => {
		const [name, url] = entry.split(/=(.*)/s);
		return name && url ? [{ name, peerURLs: [url] }] : [];
	});
	for (const known of [entries, members]) {
		const urls = known.filter(({ name }) => name === pod).flatMap((member) => member.peerURLs);
		const found = urls.length > 0 ? urls : peerURLsFor(pod, known);
		if (found) return found;
	}
	return undefined;
}

type Filler = (text: string | undefined) => string | undefined;

/** Fills in variables as the kubelet or a shell would; undefined where one is not known. */
function filler(container: Container, pod: string, namespace: string): Filler {
	const known = new Map([["HOSTNAME", pod]]);
	const fill: Filler = (text) => {
		let whole = true;
		const filled = text?.replace(/\$\((\w+)\)|\$\{(\w+)\}|\$(\w+)/g, (_, ...names: (string | undefined)[]) => {
			const value = known.get(names.find((name) => name !== undefined) ?? "");
			whole &&= value !== undefined;
			return value ?? "";
		});
		return whole ? filled : undefined;
	};
	for (const { name, value, valueFrom } of container.env ?? []) {
		const path = valueFrom?.fieldRef?.fieldPath;
		const text = path === "metadata.name" ? pod : path === "metadata.namespace" ? namespace : fill(value);
		if (text !== undefined) known.set(name, text);
	}
	return fill;
}
