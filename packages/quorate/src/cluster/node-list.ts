import type { Node } from "kubernetes-types/core/v1";
import type { KubernetesClient } from "../kubernetes/client.ts";
import { listObjects } from "./read-objects.ts";
import { NODES } from "./resources.ts";

/** A list of more nodes is not read at every look: each node is some 10 kB. */
const LARGE = 500;

/** Milliseconds that a large list is kept. Only the choice of a node for a new volume depends on it. */
const KEPT = 60_000;

type Options = { signal?: AbortSignal };

/** The nodes as a run looks at them again and again: all of them, and of a large cluster those in use at every look. */
export class NodeList {
	readonly #client: KubernetesClient;
	#kept: { nodes: readonly Node[]; at: number } | undefined;

	constructor(client: KubernetesClient) {
		this.#client = client;
	}

	/** All nodes; of a large cluster, as they were up to a minute ago. */
	async read(options: Options): Promise<readonly Node[]> {
		if (this.#kept && performance.now() - this.#kept.at < KEPT) return this.#kept.nodes;
		const at = performance.now();
		const nodes = (await listObjects<Node>(this.#client, NODES, options)).map(lean);
		this.#kept = nodes.length > LARGE ? { nodes, at } : undefined;
		return nodes;
	}

	/** The same with those of that name as they are now, where {@link read} may have given older ones. */
	async refresh(nodes: readonly Node[], names: readonly string[], options: Options): Promise<readonly Node[]> {
		if (nodes !== this.#kept?.nodes) return nodes;
		const now = new Map(
			await Promise.all(
				[...new Set(names)].map(async (name) => {
					// a list needs no other right than that of all nodes
					const [node] = await listObjects<Node>(this.#client, NODES, {
						...options,
						fieldSelector: `metadata.name=${name}`,
					});
					return [name, node && lean(node)] as const;
				}),
			),
		);
		return nodes.flatMap((node) => {
			const name = node.metadata?.name ?? "";
			return now.has(name) ? (now.get(name) ?? []) : node;
		});
	}
}

/** What is looked at of a node: images, addresses and the fields' owners are most of it. */
function lean({ metadata = {}, spec = {}, status = {} }: Node): Node {
	const { name, labels, annotations } = metadata;
	const { unschedulable, taints } = spec;
	return {
		metadata: { ...(name ? { name } : {}), ...(labels ? { labels } : {}), ...(annotations ? { annotations } : {}) },
		spec: { ...(unschedulable ? { unschedulable } : {}), ...(taints ? { taints } : {}) },
		status: { ...(status.conditions ? { conditions: status.conditions } : {}) },
	};
}
