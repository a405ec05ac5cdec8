import { posix } from "node:path";

/** What the image's scripts read from the container's environment. */
export interface Settings {
	/** the member's own name */
	name: string;
	dataDir: string;
	/** where the volume is mounted: above the data */
	volumeDir: string;
	initialCluster: { name: string; url: string }[];
	/** "new" where the environment has none */
	initialClusterState: string;
	/** the member's own, as it advertises them: comma-separated */
	peerURLs: string;
	/** of clients' URLs: `http` and `2379` */
	scheme: string;
	clientPort: string;
	/** the headless Service's full name; empty outside of Kubernetes */
	domain: string;
	statefulSet: string;
	disasterRecovery: boolean;
	initialClusterToken: string;
	snapshotDir: string;
	snapshotsKept: number;
}

export function readSettings(env: Record<string, string | undefined>): Settings {
	const dataDir = env.ETCD_DATA_DIR ?? "/bitnami/etcd/data";
	const name = env.ETCD_NAME ?? env.HOSTNAME ?? "";
	const client = env.ETCD_ADVERTISE_CLIENT_URLS?.split(",")[0] ?? "";
	const [, scheme = "http", clientPort = "2379"] = /^(https?):\/\/[^/]*?(?::(\d+))?(?:\/|$)/.exec(client) ?? [];
	return {
		name,
		dataDir,
		volumeDir: posix.dirname(dataDir),
		initialCluster: (env.ETCD_INITIAL_CLUSTER ?? "")
			.split(/[,;]/)
			.filter((entry) => entry !== "")
			.map((entry) => {
				const [name = "", ...url] = entry.split("=");
				return { name, url: url.join("=") };
			}),
		initialClusterState: env.ETCD_INITIAL_CLUSTER_STATE || "new",
		peerURLs: env.ETCD_INITIAL_ADVERTISE_PEER_URLS ?? "",
		scheme,
		clientPort,
		domain: isYes(env.ETCD_ON_K8S) ? (env.ETCD_CLUSTER_DOMAIN ?? "") : "",
		statefulSet: env.MY_STS_NAME ?? name.replace(/-\d+$/, ""),
		disasterRecovery: isYes(env.ETCD_DISASTER_RECOVERY),
		initialClusterToken: env.ETCD_INITIAL_CLUSTER_TOKEN ?? "etcd-cluster",
		snapshotDir: env.ETCD_SNAPSHOTS_DIR ?? "/snapshots",
		snapshotsKept: Number(env.ETCD_SNAPSHOT_HISTORY_LIMIT ?? 1),
	};
}

const isYes = (value: string | undefined) => /^(1|yes|true)$/i.test(value ?? "");

/** Clients' URLs of the first `count` pods, which is how the scripts address members. */
export function endpoints(settings: Settings, count: number): string[] {
	const { scheme, statefulSet, domain, clientPort } = settings;
	return Array.from({ length: count }, (_, ordinal) => `${scheme}://${statefulSet}-${ordinal}.${domain}:${clientPort}`);
}

export const ownEndpoint = ({ scheme, clientPort }: Settings): string => `${scheme}://127.0.0.1:${clientPort}`;

/** The member that is told to start is one of those that the cluster begins with. */
export const isInitialMember = ({ initialCluster, peerURLs }: Settings): boolean =>
	initialCluster.some(({ url }) => peerURLs.split(",").includes(url));
