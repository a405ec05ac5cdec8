import { readFileSync } from "node:fs";
import { arch, cpus, release, totalmem } from "node:os";
import type { Node, NodeCondition } from "kubernetes-types/core/v1";
import { apiTime } from "./pod.ts";

const KUBELET_VERSION = "v1.34.4-lab";
const ARCHITECTURES: Record<string, string> = { x64: "amd64", arm64: "arm64", ppc64: "ppc64le", s390x: "s390x" };

/** What a node has to give to pods. */
export function nodeCapacity(): Record<string, string> {
	return {
		cpu: String(cpus().length || 1),
		"ephemeral-storage": "10Gi",
		memory: `${Math.floor(totalmem() / 1024)}Ki`,
		pods: "110",
	};
}

export interface NodeDescription {
	name: string;
	address: string;
	/** beside those that every node has */
	labels?: Record<string, string>;
	capacity: Record<string, string>;
	/** new with each start */
	bootId: string;
}

/** The Node object as a kubelet registers it. */
export function nodeObject(description: NodeDescription): Node {
	const { name, labels } = description;
	const cpu = ARCHITECTURES[arch()] ?? arch();
	return {
		apiVersion: "v1",
		kind: "Node",
		metadata: {
			name,
			labels: {
				"beta.kubernetes.io/arch": cpu,
				"beta.kubernetes.io/os": "linux",
				"kubernetes.io/arch": cpu,
				"kubernetes.io/hostname": name,
				"kubernetes.io/os": "linux",
				...labels,
			},
		},
		spec: {},
	};
}

/** What the kubelet says of its node at `now`; conditions keep the time since when they are so. */
export function nodeStatus(
	description: NodeDescription,
	before: NodeCondition[],
	now: Date,
): NonNullable<Node["status"]> {
	const { name, address, capacity, bootId } = description;
	const id = Buffer.from(name).toString("hex").padEnd(32, "0").slice(0, 32);
	return {
		addresses: [
			{ type: "InternalIP", address },
			{ type: "Hostname", address: name },
		],
		allocatable: capacity,
		capacity,
		conditions: nodeConditions(before, now),
		daemonEndpoints: { kubeletEndpoint: { Port: 10250 } },
		nodeInfo: {
			architecture: ARCHITECTURES[arch()] ?? arch(),
			bootID: bootId,
			containerRuntimeVersion: "bubblewrap://lab",
			kernelVersion: release(),
			kubeProxyVersion: "",
			kubeletVersion: KUBELET_VERSION,
			machineID: id,
			operatingSystem: "linux",
			osImage: osImage(),
			systemUUID: id,
		},
	};
}

const CONDITIONS = [
	["MemoryPressure", "False", "KubeletHasSufficientMemory", "kubelet has sufficient memory available"],
	["DiskPressure", "False", "KubeletHasNoDiskPressure", "kubelet has no disk pressure"],
	["PIDPressure", "False", "KubeletHasSufficientPID", "kubelet has sufficient PID available"],
	["Ready", "True", "KubeletReady", "kubelet is posting ready status"],
] as const;

function nodeConditions(before: NodeCondition[], now: Date): NodeCondition[] {
	return CONDITIONS.map(([type, status, reason, message]) => {
		const old = before.find((condition) => condition.type === type);
		const since = old?.status === status ? old.lastTransitionTime : undefined;
		return {
			type,
			status,
			lastHeartbeatTime: apiTime(now),
			lastTransitionTime: since ?? apiTime(now),
			reason,
			message,
		};
	});
}

function osImage(): string {
	try {
		return /^PRETTY_NAME="?(.*?)"?$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1] ?? "Linux";
	} catch {
		return "Linux";
	}
}
