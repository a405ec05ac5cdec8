import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Namespace, Pod } from "kubernetes-types/core/v1";
import type { Api, PodRuntime } from "../api/api.ts";
import { type Certificates, createCertificates, kubeconfigFor } from "../api/certificates.ts";
import { createApiServer } from "../api/index.ts";
import { NAMESPACES, PODS } from "../api/resources.ts";
import type { EtcdBinaries } from "../binaries/etcd-folder.ts";
import { matchesVersion, normaliseAsked } from "../binaries/version.ts";
import { startControllers } from "../controllers/index.ts";
import { MACHINE_ADDRESS } from "../machine/addresses.ts";
import { runCoreAgent } from "../mayastor/core-agent.ts";
import { EtcdGateway } from "../mayastor/etcd-gateway.ts";
import { guideManifests } from "../mayastor/manifests.ts";
import { CLIENT_PORT, NAMESPACE } from "../mayastor/names.ts";
import { seed } from "../mayastor/seed.ts";
import { type Nodes, startNodes } from "../node/index.ts";
import { serveDial } from "./dial.ts";
import { API_SERVICE_ADDRESS, serveInCluster } from "./in-cluster-api.ts";
import { membersReady } from "./members-ready.ts";
import type { LabConfig, MachineQuestion } from "./messages.ts";
import { kubeconfigPath } from "./record.ts";
import { listenIn, SocketFolder } from "./socket-folder.ts";
import { machineStatus } from "./status.ts";
import { removeVolumeData } from "./volume-data.ts";

export interface ClusterTools {
	/** the next thing being done */
	progress(message: string): void;
	log(line: string): void;
	findEtcd(version: string): Promise<EtcdBinaries | undefined>;
}

export interface Cluster {
	/** the guide's members are Ready, and hold Mayastor's keys */
	ready: Promise<void>;
	ask(question: MachineQuestion): Promise<unknown>;
	stop(): Promise<void>;
}

/** Starts the embedded Kubernetes with the guide's cluster on it. Returns as soon as its API server answers. */
export async function startCluster(config: LabConfig, tools: ClusterTools): Promise<Cluster> {
	const { folder, members, etcd } = config;
	tools.progress(`starting a Kubernetes of ${config.nodes} nodes`);
	const stopping = new AbortController();
	const certificates = await createCertificates({ hosts: [MACHINE_ADDRESS, API_SERVICE_ADDRESS] });
	let nodes: Nodes | undefined;
	const apiServer = createApiServer({ runtime: lateRuntime(() => nodes), certificates });
	const { api, server, serviceAccountToken, close } = apiServer;
	const sockets = new SocketFolder(folder);
	const disks = new Map(nodeNames(config.nodes).map((name) => [name, join(folder, "disks", name)]));
	const controllers = startControllers(api, {
		rootCa: certificates.ca,
		removeVolumeData: (volume) => removeVolumeData(volume, disks),
		onError: (controller, key, error) =>
			tools.log(`${controller} ${key}: ${error instanceof Error ? error.stack : error}`),
	});
	await Promise.all([listenIn(sockets, "api.sock", server), writeKubeconfig(config, certificates)]);
	nodes = await startNodes({
		api,
		nodes: [...disks].map(([name, disk]) => ({ name, disk })),
		stateDir: folder,
		bwrap: config.bubblewrap,
		findEtcd: etcdImages(config, tools),
		serviceAccountToken,
	});
	const [dial, inCluster] = await Promise.all([serveDial(sockets, nodes.dialAddress), serveInCluster(api, server)]);
	tools.progress(`starting ${members} ${members === 1 ? "member" : "members"} of etcd ${etcd.version}`);
	for (const { resource, object } of guideManifests({ members, image: `etcd:${etcd.version}` }))
		api.create(resource, object);
	let agent = Promise.resolve();
	const ready = membersReady(api, members, stopping.signal).then(async () => {
		if (config.volumes === undefined) return;
		tools.progress(`writing Mayastor's keys for ${config.volumes} volumes`);
		const gateway = new EtcdGateway(() => memberAddresses(api));
		const clusterId = api.get<Namespace>(NAMESPACES, undefined, "kube-system")?.metadata?.uid ?? "";
		await seed(gateway, { clusterId, volumes: config.volumes, nodes: nodeNames(3) }, stopping.signal);
		agent = runCoreAgent({ gateway, clusterId, signal: stopping.signal });
	});
	return {
		ready,
		ask: async ({ kind }) => {
			if (kind === "status") return machineStatus(api);
			throw new Error(`the lab knows no ${kind}`);
		},
		stop: async () => {
			stopping.abort(new Error("the lab is stopping"));
			dial.close();
			inCluster.close();
			controllers.stop();
			await Promise.allSettled([agent, nodes?.stop(), close()]);
		},
	};
}

export function nodeNames(count: number): string[] {
	return Array.from({ length: count }, (_, number) => `worker-${number}`);
}

/** The API server is made before the nodes are, which need it. */
function lateRuntime(nodes: () => Nodes | undefined): PodRuntime {
	const now = (): Nodes => {
		const started = nodes();
		if (started) return started;
		throw new Error("the lab's nodes are starting");
	};
	return {
		logs: (...args) => now().logs(...args),
		exec: async (...args) => now().exec(...args),
		attach: async (...args) => now().attach(...args),
		dial: async (...args) => now().dial(...args),
	};
}

async function writeKubeconfig({ name, folder, port }: LabConfig, { ca, admin }: Certificates): Promise<void> {
	const context = name === "lab" ? "quorate-lab" : `quorate-lab-${name}`;
	const text = kubeconfigFor({ name: context, server: `https://127.0.0.1:${port}`, ca, client: admin });
	await writeFile(kubeconfigPath(folder), text, { mode: 0o600 });
}

/** in milliseconds */
const PULL_SPACING = 120;

/**
 * Where images get their etcd: the members' version is here, others are asked for.
 *
 * Nodes pull the former one after the other, for members that begin at the very same moment find each other's port open
 * but nobody behind it yet, and wait a second for each:
 * https://github.com/etcd-io/etcd/blob/v3.5.9/server/etcdserver/cluster_util.go
 */
function etcdImages({ etcd }: LabConfig, tools: ClusterTools): ClusterTools["findEtcd"] {
	let turn = Promise.resolve();
	return async (version) => {
		const asked = version === "latest" ? etcd.version : normaliseAsked(version);
		if (asked === undefined) return undefined;
		if (!matchesVersion(etcd.version, asked)) return tools.findEtcd(asked);
		const mine = turn;
		turn = mine.then(() => sleep(PULL_SPACING));
		await mine;
		return etcd;
	};
}

function memberAddresses(api: Api): string[] {
	const pods = api.list<Pod>(PODS, { namespace: NAMESPACE, labelSelector: "app=etcd" });
	return pods.flatMap(({ status }) => (status?.podIP ? [`${status.podIP}:${CLIENT_PORT}`] : []));
}
