import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";
import type { Namespace, Pod } from "kubernetes-types/core/v1";
import type { Api, PodRuntime } from "../api/api.ts";
import { type Certificates, createCertificates, kubeconfigFor } from "../api/certificates.ts";
import { createApiServer } from "../api/index.ts";
import { CUSTOMRESOURCEDEFINITIONS, NAMESPACES, PODS } from "../api/resources.ts";
import type { EtcdBinaries } from "../binaries/etcd-folder.ts";
import { matchesVersion, normaliseAsked } from "../binaries/version.ts";
import { startControllers } from "../controllers/index.ts";
import { etcdImage } from "../images/etcd-image.ts";
import { MACHINE_ADDRESS } from "../machine/addresses.ts";
import { makeTokenKey } from "../mayastor/bitnami-pod.ts";
import { chartFor } from "../mayastor/chart.ts";
import { runCoreAgent } from "../mayastor/core-agent.ts";
import { poolsOn, reportPools } from "../mayastor/disk-pools.ts";
import { EtcdGateway } from "../mayastor/etcd-gateway.ts";
import { guideManifests } from "../mayastor/manifests.ts";
import { CLIENT_PORT, NAMESPACE } from "../mayastor/names.ts";
import { gatewayOptions, makeSecurityMaterial } from "../mayastor/security-material.ts";
import { seed } from "../mayastor/seed.ts";
import { type Nodes, startNodes } from "../node/index.ts";
import { serveDial } from "./dial.ts";
import { bringAbout } from "./fault.ts";
import { API_SERVICE_ADDRESS, serveInCluster } from "./in-cluster-api.ts";
import { memberNode, nodeNames } from "./lab-nodes.ts";
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
	findEtcd(version: string, options?: { nearest?: boolean }): Promise<EtcdBinaries | undefined>;
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
		removeVolumeData: (volume) => removeVolumeData(volume, disks, (folder) => nodes?.faults.release(folder)),
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
		eagerProbes: !config.realProbes,
		serviceAccountToken,
	});
	const [dial, inCluster] = await Promise.all([serveDial(sockets, nodes.dialAddress), serveInCluster(api, server)]);
	tools.progress(`starting ${members} ${members === 1 ? "member" : "members"} of etcd ${etcd.version}`);
	const security = await makeSecurityMaterial(config.security, members);
	const image = config.image ?? `etcd:${etcd.version}`;
	const forBitnami = chartFor(image).plain ? {} : { tokenKey: await makeTokenKey() };
	const pools = config.volumes === undefined ? [] : poolsOn(nodeNames(Math.min(3, config.nodes)));
	const bound = config.restored ? { nodeOf: memberNode } : {};
	const { crosswiseVolumes, stopHook } = config;
	const guide = { members, image, security, pools, crosswiseVolumes, stopHook, ...forBitnami, ...bound };
	for (const { resource, object } of guideManifests(guide)) {
		api.create(resource, object);
		// what a definition defines is served from the next turn on
		if (resource === CUSTOMRESOURCEDEFINITIONS) await nextTurn();
	}
	let agent = Promise.resolve();
	const ready = membersReady(api, members, stopping.signal).then(async () => {
		const gateway = new EtcdGateway(() => memberAddresses(api), gatewayOptions(security));
		if (config.security.auth) await gateway.enableAuth(stopping.signal);
		if (config.volumes === undefined) return;
		tools.progress(`writing Mayastor's keys for ${config.volumes} volumes`);
		const clusterId = api.get<Namespace>(NAMESPACES, undefined, "kube-system")?.metadata?.uid ?? "";
		await seed(gateway, { clusterId, volumes: config.volumes, pools }, stopping.signal);
		reportPools(api, pools);
		agent = runCoreAgent({ gateway, clusterId, report: () => reportPools(api, pools), signal: stopping.signal });
	});
	return {
		ready,
		ask: async (question) => {
			if (question.kind === "status") return machineStatus(api, nodes?.faults);
			if (!nodes) throw new Error("the lab's nodes are starting");
			return bringAbout(question.fault, api, nodes.faults);
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
function etcdImages({ etcd, image }: LabConfig, tools: ClusterTools): ClusterTools["findEtcd"] {
	let turn = Promise.resolve();
	const stoodFor = image === undefined ? undefined : etcdImage(image)?.version;
	return async (version, options = {}) => {
		const asked = version === "latest" ? etcd.version : normaliseAsked(version);
		if (asked === undefined) return undefined;
		const isMembers = matchesVersion(etcd.version, asked) || (options.nearest && asked === stoodFor);
		if (!isMembers) return tools.findEtcd(asked, options);
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
