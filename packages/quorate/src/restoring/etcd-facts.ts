import type { Container, PodTemplateSpec, VolumeMount } from "kubernetes-types/core/v1";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { type Environment, expand, isKnown, namedPodFacts, type PodFacts } from "../cluster/start/environment.ts";
import { hostOf } from "../cluster/start/hosts.ts";
import { peerURLsFor } from "../cluster/start/joiner.ts";
import { Settings } from "../cluster/start/settings.ts";

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
	const { template, container } = etcdContainer(view);
	const { namespace, etcd, objects } = view.statefulSet;
	const told = toldIn(new Settings(container, objects), namedPodFacts(namespace, template, pod));
	const dataDir = told.value("data-dir") ?? (etcd.family === "bitnami" ? BITNAMI_DATA : undefined);
	if (dataDir === undefined || !dataDir.startsWith("/"))
		return { unknown: "where etcd's data directory is (--data-dir)" };
	const mount = mountOf(container, dataDir);
	if (!mount || !view.storage.some(({ template }) => template === mount.name))
		return { unknown: `on which claim ${dataDir} is: no volumeClaimTemplate is mounted there` };
	const wal = walDirOf(told, dataDir, (folder) => mountOf(container, folder) === mount);
	if ("unknown" in wal) return wal;
	const peerURLs = peersOf(pod, told, members);
	if (peerURLs === undefined) return { unknown: `the peer URL of ${pod} (--initial-advertise-peer-urls)` };
	const { subPathExpr, ...plain } = mount;
	const subPath = subPathExpr === undefined ? undefined : expand(subPathExpr, told.environment);
	if (subPath !== undefined && !isKnown(subPath)) return { unknown: `which folder of its volume ${dataDir} is on` };
	return {
		name: told.value("name") ?? (told.isSet("name") ? nameAmong(members, pod) : undefined) ?? pod,
		peerURLs,
		dataDir: plainPath(dataDir),
		...wal,
		mount: subPath === undefined ? mount : { ...plain, subPath },
	};
}

/** As the snapshot has it, by its peer URL. */
const nameAmong = (members: readonly { name: string; peerURLs: readonly string[] }[], pod: string) =>
	members.find(({ peerURLs }) => peerURLs.some((url) => hostOf(url)?.split(".")[0] === pod))?.name;

const plainPath = (path: string): string => path.replace(/\/+$/, "");

/** Its folder is replaced together with the data, so it must be another one, and on the same volume. */
function walDirOf(
	told: Told,
	data: string,
	isOnVolume: (folder: string) => boolean,
): { walDir?: string } | { unknown: string } {
	if (!told.isSet("wal-dir")) return {};
	const folder = told.value("wal-dir");
	if (folder === undefined || !folder.startsWith("/"))
		return { unknown: `where ${told.settings.source("wal-dir") || "its write-ahead log"} is (--wal-dir)` };
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
	pod: string,
	told: Told,
	members: readonly { name: string; peerURLs: readonly string[] }[],
): string[] | undefined {
	const own = told.value("initial-advertise-peer-urls")?.split(",");
	if (own?.every((url) => hostOf(url) !== undefined)) return own;
	const entries = (told.value("initial-cluster") ?? "").split(",").flatMap((entry) => {
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

/** What etcd is told in one pod. */
interface Told {
	readonly settings: Settings;
	readonly environment: Environment;
	isSet(flag: string): boolean;
	/** undefined: not set, or not known */
	value(flag: string): string | undefined;
}

function toldIn(settings: Settings, pod: PodFacts): Told {
	const environment = settings.in(pod);
	return {
		settings,
		environment,
		isSet: (flag) => settings.value(flag, environment) !== undefined,
		value: (flag) => {
			const text = settings.value(flag, environment);
			return isKnown(text) ? text : undefined;
		},
	};
}
