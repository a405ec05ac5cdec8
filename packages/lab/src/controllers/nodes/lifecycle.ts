import type { Lease } from "kubernetes-types/coordination/v1";
import type { Api } from "../../api/api.ts";
import { LEASES, NODES, PODS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { podCondition } from "../pod-state.ts";
import { type Recorder, recorder } from "../recorder.ts";
import type { AnyStored, Node, Pod } from "../stored.ts";
import { timestamp } from "../time.ts";
import { nodeCondition, silentConditions } from "./health.ts";
import { wantedTaints } from "./taints.ts";

const LEASE_NAMESPACE = "kube-node-lease";
const COMPONENT = "node-controller";

export interface NodeLifecycleOptions {
	/** How long a kubelet may be silent before its node is taken for lost, in ms. @default 16000 */
	nodeMonitorGracePeriodMs?: number;
}

/** Watches over the kubelets' signs of life, and taints nodes by their conditions. */
export function nodeLifecycle(api: Api, options: NodeLifecycleOptions = {}): Controller {
	return new NodeLifecycle(api, options.nodeMonitorGracePeriodMs ?? 16_000);
}

class NodeLifecycle implements Controller {
	readonly name = COMPONENT;
	readonly watches: Controller["watches"];
	readonly #api: Api;
	readonly #graceMs: number;
	readonly #tell: Recorder;
	/** when a new sign of life was last seen here: the nodes' own clocks do not count */
	readonly #seen = new Map<string, { sign: string; at: number }>();

	constructor(api: Api, graceMs: number) {
		this.#api = api;
		this.#graceMs = graceMs;
		this.#tell = recorder(api, COMPONENT);
		const own = (lease: AnyStored) => (lease.metadata.namespace === LEASE_NAMESPACE ? [lease.metadata.name] : []);
		this.watches = [{ resource: NODES }, { resource: LEASES, keys: own }];
	}

	reconcile(name: string): number | undefined {
		const node = this.#api.get<Node>(NODES, undefined, name);
		if (!node) {
			this.#seen.delete(name);
			return undefined;
		}
		const now = Date.now();
		if (!this.#seen.has(name))
			this.#tell(node, "Normal", "RegisteredNode", `Node ${name} event: Registered Node ${name} in Controller`);
		const left = this.#lookForLife(node) + this.#graceMs - performance.now();
		if (left <= 0) this.#lose(node, now);
		this.#taint(name, now);
		return left > 0 ? left : undefined;
	}

	/** When the kubelet was last heard of, by a clock that stands still while the machine sleeps. */
	#lookForLife(node: Node): number {
		const { name } = node.metadata;
		const lease = this.#api.get<Lease>(LEASES, LEASE_NAMESPACE, name);
		const sign = `${lease?.spec?.renewTime} ${nodeCondition(node, "Ready")?.lastHeartbeatTime}`;
		const before = this.#seen.get(name);
		if (before?.sign === sign) return before.at;
		const at = performance.now();
		this.#seen.set(name, { sign, at });
		return at;
	}

	#lose(node: Node, now: number): void {
		const { name } = node.metadata;
		const wasReady = nodeCondition(node, "Ready")?.status === "True";
		this.#api.modify<Node>(
			NODES,
			undefined,
			name,
			(copy) => {
				const conditions = silentConditions(copy, now);
				if (!conditions) return false;
				copy.status = { ...copy.status, conditions };
			},
			"status",
		);
		if (!wasReady) return;
		this.#tell(node, "Normal", "NodeNotReady", `Node ${name} status is now: NodeNotReady`);
		for (const pod of this.#api.list<Pod>(PODS, { fieldSelector: `spec.nodeName=${name}` })) this.#losePod(pod, now);
	}

	/** Nobody can say that the pod is still Ready, so it is not: its service's endpoints follow. */
	#losePod(pod: Pod, now: number): void {
		if (podCondition(pod, "Ready")?.status !== "True") return;
		this.#api.modify<Pod>(
			PODS,
			pod.metadata.namespace,
			pod.metadata.name,
			(copy) => {
				const ready = copy.status?.conditions?.find(({ type }) => type === "Ready");
				if (!ready) return false;
				ready.status = "False";
				ready.lastTransitionTime = timestamp(now);
			},
			"status",
		);
		this.#tell(pod, "Warning", "NodeNotReady", "Node is not ready");
	}

	#taint(name: string, now: number): void {
		this.#api.modify<Node>(NODES, undefined, name, (copy) => {
			const taints = wantedTaints(copy, now);
			if (!taints) return false;
			copy.spec = { ...copy.spec, taints };
			if (taints.length === 0) delete copy.spec.taints;
		});
	}
}
