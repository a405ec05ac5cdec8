import { expect, it } from "vitest";
import type { KubernetesClient, ListOptions } from "../kubernetes/client.ts";
import { NodeList } from "./node-list.ts";

/** Nodes of which one can be cordoned, and what was asked for. */
function nodesOf(count: number) {
	const cordoned = new Set<string>();
	const asked: (string | undefined)[] = [];
	const all = Array.from({ length: count }, (_, index) => `node-${index}`);
	const list = async (_: unknown, { fieldSelector }: ListOptions = {}) => {
		asked.push(fieldSelector);
		const items = all
			.filter((name) => !fieldSelector || fieldSelector === `metadata.name=${name}`)
			.map((name) => ({
				metadata: { name, labels: { zone: "a" }, managedFields: [{}] },
				spec: cordoned.has(name) ? { unschedulable: true } : {},
				status: { conditions: [{ type: "Ready", status: "True" }], images: [{ names: ["a"] }] },
			}));
		return { items, resourceVersion: "1" };
	};
	return { cordoned, asked, all, nodes: new NodeList({ list } as unknown as KubernetesClient) };
}

const cordonedIn = (nodes: readonly { metadata?: { name?: string }; spec?: { unschedulable?: boolean } }[]) =>
	nodes.flatMap(({ metadata, spec }) => (spec?.unschedulable ? (metadata?.name ?? []) : []));

it("a large list is read once, and the nodes in use at every look", async () => {
	const { cordoned, asked, all, nodes } = nodesOf(501);
	const look = async () => nodes.refresh(await nodes.read({}), ["node-7", "node-9", "node-7"], {});
	await look();
	cordoned.add("node-7").add("node-8");
	all.splice(9, 1);
	const seen = await look();
	expect(asked.filter((one) => one === undefined)).toHaveLength(1);
	expect(asked.filter((one) => one !== undefined)).toHaveLength(4);
	expect(cordonedIn(seen)).toEqual(["node-7"]);
	expect(seen).toHaveLength(500);
	expect(seen[7]).toEqual({
		metadata: { name: "node-7", labels: { zone: "a" } },
		spec: { unschedulable: true },
		status: { conditions: [{ type: "Ready", status: "True" }] },
	});
});

it("a small list is read at every look, in one request", async () => {
	const { cordoned, asked, nodes } = nodesOf(500);
	const look = async () => nodes.refresh(await nodes.read({}), ["node-7"], {});
	await look();
	cordoned.add("node-8");
	expect(cordonedIn(await look())).toEqual(["node-8"]);
	expect(asked).toEqual([undefined, undefined]);
});
