import { join } from "node:path";
import type { Duplex } from "node:stream";
import type { Api, PodRuntime, PodTokenRequest } from "../api/api.ts";
import type { ImageTools } from "../images/index.ts";
import { MACHINE_ADDRESS, nodeAddress } from "../machine/addresses.ts";
import { clusterNames, lookUp } from "../machine/cluster-names.ts";
import { dial } from "../machine/dial.ts";
import { startDns } from "../machine/dns.ts";
import { Network } from "../machine/network.ts";
import { ServiceProxy } from "../machine/service-proxy.ts";
import { Faults } from "./faults.ts";
import { ImageStore } from "./image-store.ts";
import { Kubelet } from "./kubelet.ts";
import { nodeCapacity } from "./node-object.ts";
import { podRuntime } from "./pod-runtime.ts";

export interface NodesOptions {
	api: Api;
	nodes: {
		name: string;
		/** folder that stands for the node's own disk; made where it is missing */
		disk: string;
		/** beside those that every node has */
		labels?: Record<string, string>;
	}[];
	/** Folder for what the nodes write: pods' folders and logs, under `nodes/<name>`. Not below /run. */
	stateDir: string;
	/** path of the bubblewrap program */
	bwrap: string;
	/** The etcd of a version (`3.5.9`, `3.5`, `latest`), as a folder that holds `etcd` and `etcdctl`. */
	findEtcd: ImageTools["findEtcd"];
	/**
	 * Look at readiness and startup probes before their initial delay and between their periods, until they pass first.
	 * @default true
	 */
	eagerProbes?: boolean;
	/** Makes the token for a pod's projected serviceAccountToken volume. @default none: the file is left out */
	serviceAccountToken?(request: PodTokenRequest): string | undefined;
}

/** The running nodes. */
export interface Nodes extends PodRuntime {
	/** Ends everything that runs, at once. */
	stop(): Promise<void>;
	/** A connection to an address or a name (`mayastor-etcd.mayastor`) inside the lab. Rejects as `connect` does. */
	dialAddress(host: string, port: number): Promise<Duplex>;
	/** Power, cables and signals. */
	faults: Faults;
}

/**
 * Starts the machine's network, name server and Service addresses, and a kubelet for each node. Must run as root of
 * network, mount and pid namespaces that are the lab's own. Throws LabError `MachineFailed`.
 */
export async function startNodes(options: NodesOptions): Promise<Nodes> {
	const { api } = options;
	const network = await Network.create();
	const names = clusterNames(api);
	const dns = await startDns(MACHINE_ADDRESS, names);
	const proxy = new ServiceProxy(api, network);
	const kubelets = options.nodes.map(({ name, disk, labels = {} }, number) => {
		const context = {
			api,
			name,
			number,
			address: nodeAddress(number),
			disk,
			folder: join(options.stateDir, "nodes", name),
			network,
			bwrap: options.bwrap,
			images: new ImageStore({ findEtcd: options.findEtcd }),
			allocatable: nodeCapacity(),
			eagerProbes: options.eagerProbes ?? true,
			...(options.serviceAccountToken ? { serviceAccountToken: options.serviceAccountToken } : {}),
		};
		return new Kubelet(context, labels);
	});
	await Promise.all(kubelets.map((kubelet) => kubelet.start()));
	const byName = new Map(kubelets.map((kubelet) => [kubelet.name, kubelet]));
	return {
		...podRuntime((name) => byName.get(name)),
		faults: new Faults(byName, network),
		dialAddress: (host, port) => dial(/^[\d.]+$/.test(host) ? host : (lookUp(host, names)[0] ?? host), port),
		stop: async () => {
			await Promise.all(kubelets.map((kubelet) => kubelet.powerOff()));
			await Promise.all([dns.close(), proxy.stop()]);
		},
	};
}
