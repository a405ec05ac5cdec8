import { downLab, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kubectl } from "../kubectl.ts";
import { quorate } from "../quorate-command.ts";

const LAB = `many-nodes-${process.pid}`;
/** More than one page, each with as much in it as a real one has. */
const NODES = 600;

let kubeconfig: string;
beforeAll(async () => {
	await upLab({ name: LAB, members: 1, nodes: 3, volumes: 0 }, {});
	kubeconfig = await labKubeconfig(LAB);
	const images = Array.from({ length: 50 }, (_, index) => ({
		names: [`registry.example/app-${index}@sha256:${"0".repeat(64)}`, `registry.example/app-${index}:1.2.3`],
		sizeBytes: 1e8,
	}));
	const items = Array.from({ length: NODES }, (_, index) => ({
		apiVersion: "v1",
		kind: "Node",
		metadata: { name: `other-${index}`, labels: { "kubernetes.io/hostname": `other-${index}` } },
		spec: { unschedulable: true },
		status: { images },
	}));
	await kubectl(kubeconfig, ["create", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
});
afterAll(() => downLab(LAB));

/** Requests for the list of all nodes, page by page, as -v 6 prints them. */
const nodeLists = (stderr: string): string[] =>
	stderr.split("\n").filter((line) => /GET \S*\/api\/v1\/nodes\?/.test(line) && !line.includes("fieldSelector"));

it("case 10,000 nodes: a growth reads the list of nodes once, commands that do not need it never", async () => {
	const set = ["sts/mayastor-etcd", "-n", "mayastor"];
	const began = performance.now();
	const grown = await quorate(kubeconfig, [
		"scale",
		...set,
		"--replicas",
		"2",
		"--yes",
		"--snapshot",
		"none",
		"-v",
		"6",
	]);
	expect(grown.code, grown.stderr).toBe(0);
	const looks = grown.stderr.split("\n").filter((line) => /GET \S*\/statefulsets\/mayastor-etcd /.test(line)).length;
	expect(looks).toBeGreaterThan(5);
	// two pages, and again only after a minute
	const minutes = Math.ceil((performance.now() - began) / 60_000);
	expect(nodeLists(grown.stderr).length).toBeLessThanOrEqual(2 * minutes);
	const proven = await quorate(kubeconfig, ["validate", "-n", "mayastor", "-v", "6"]);
	expect(proven.code, proven.stderr).toBe(0);
	expect(nodeLists(proven.stderr)).toEqual([]);
});
