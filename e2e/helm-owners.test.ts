import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bindAsPrinted } from "./bind-volumes.ts";
import { onLab, REAL_KUBECONFIG } from "./cluster-under-test.ts";
import { CHART, findHelm, findHelm4, helmFor } from "./helm.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";

const SET = "demo-etcd";
const HELMS = [
	["3", await findHelm()],
	["4", await findHelm4()],
] as const;

interface Place {
	kubeconfig: string;
	leave(): Promise<void>;
}

const PLACES: readonly (readonly [string, () => Promise<Place>])[] = [
	[
		"the lab",
		async () => {
			const { kubeconfig, destroy } = await onLab({ members: 1, etcdVersion: "3.5.9" });
			return { kubeconfig, leave: destroy };
		},
	],
	...(REAL_KUBECONFIG
		? [["a real Kubernetes", async () => ({ kubeconfig: REAL_KUBECONFIG ?? "", leave: async () => {} })] as const]
		: []),
];

interface Entry {
	manager: string;
	operation: string;
	subresource?: string;
	fieldsV1: object;
}

describe.each(PLACES)("on %s", (_, arrive) => {
	let place: Place;
	let home: string;
	beforeAll(async () => {
		home = await mkdtemp(join(tmpdir(), "quorate-owners-"));
		place = await arrive();
	});
	afterAll(async () => {
		await place?.leave();
		await rm(home, { recursive: true, force: true });
	});

	describe.each(HELMS)("Helm %s", (version, program) => {
		it.skipIf(program === undefined)("has the fields that were its own, and upgrades to the new size", async () => {
			const namespace = `quorate-e2e-${process.pid}-helm${version}`;
			const helm = helmFor(program ?? "", { kubeconfig: place.kubeconfig, namespace, home });
			const kube = (...args: string[]) => kubectl(place.kubeconfig, ["-n", namespace, ...args]);
			const release = (command: string, replicas: number, ...flags: string[]) =>
				helm.ok(command, "demo", CHART, "--wait", "--timeout", "120s", ...flags, ...values(replicas));
			const owners = async () => {
				const object = await kube("get", "sts", SET, "-o", "json", "--show-managed-fields");
				const entries = (JSON.parse(object) as { metadata: { managedFields: Entry[] } }).metadata.managedFields;
				return entries
					.filter(({ subresource }) => subresource !== "status")
					.map(({ manager, operation, fieldsV1 }) => ({ manager, operation, fieldsV1 }));
			};
			const pods = async () =>
				(
					await kube("get", "pods", "-l", "app=etcd", "-o", "jsonpath={.items[*]['metadata.uid','..restartCount']}")
				).split(" ");
			const scale = async (replicas: number) => {
				const args = ["scale", `sts/${SET}`, "-n", namespace, "--replicas", String(replicas), "--yes"];
				const { code, stderr } = await quorate(place.kubeconfig, args, { cwd: home });
				expect(code, stderr).toBe(0);
			};
			try {
				await release("install", 3, "--create-namespace");
				const [ownersBefore, podsBefore] = [await owners(), await pods()];
				await scale(5);
				expect(await owners()).toEqual(ownersBefore);
				const grown = await pods();
				expect(grown).toEqual(expect.arrayContaining(podsBefore));
				await release("upgrade", 5);
				expect(await pods()).toEqual(grown);
				const manifest = await helm.ok("get", "manifest", "demo");
				const diff = ["diff", "-n", namespace, "--server-side", "--force-conflicts", "-f", "-"];
				expect(await kubectl(place.kubeconfig, diff, manifest)).toBe("");
				await scale(3);
				expect(await owners()).toEqual(ownersBefore);
				await release("upgrade", 3);
				expect(await pods()).toEqual(podsBefore);
			} finally {
				await kube("delete", "namespace", namespace, "--wait=false");
			}
		});

		it.skipIf(program === undefined)("restarts no pod where the members were named with Quorate before", async () => {
			const namespace = `quorate-e2e-${process.pid}-named${version}`;
			const helm = helmFor(program ?? "", { kubeconfig: place.kubeconfig, namespace, home });
			const kube = (...args: string[]) => kubectl(place.kubeconfig, ["-n", namespace, ...args]);
			const release = (command: string, ...flags: string[]) =>
				helm.ok(command, "demo", CHART, "--wait", "--timeout", "180s", ...flags);
			const pods = () => kube("get", "pods", "-l", "app=etcd", "-o", "jsonpath={.items[*]['metadata.uid']}");
			try {
				await release("install", "--create-namespace");
				const planned = await quorate(place.kubeconfig, ["plan", `sts/${SET}`, "-n", namespace, "--replicas", "4"]);
				expect(planned.stdout.replaceAll(/\s+/g, " ")).toContain(
					"names the members, so that upgrade restarts each pod",
				);
				const ask = (...words: string[]) =>
					quorate(place.kubeconfig, [...words, `sts/${SET}`, "-n", namespace, "--yes"], { cwd: home });
				const grown = await ask("scale", "--replicas", "4");
				expect(grown.code, grown.stderr).toBe(0);
				const naming = ["rollout", "--persist-initial-cluster"];
				// a provisioner may make folders on nodes, and not say on which
				const first = await ask(...naming, "-o", "json");
				if (first.code === 3) await bindAsPrinted(place.kubeconfig, first.stderr);
				const { code, stdout, stderr } = first.code === 3 ? await ask(...naming) : first;
				expect(code, stderr).toBe(0);
				const named = await pods();
				// what is printed for Mayastor's chart, at the top level as it says
				if (first.code === 3) expect(stdout).toContain("etcd:\n  replicaCount: 4\n  initialClusterState: existing\n");
				await release("upgrade", "--set", "replicaCount=4,initialClusterState=existing");
				expect(await pods()).toBe(named);
			} finally {
				await kube("delete", "namespace", namespace, "--wait=false");
			}
		});
	});
});

/** What ETCD_INITIAL_CLUSTER names is read once: as it is, a new size changes no pod. */
const values = (replicas: number) => ["--set", `replicaCount=${replicas},initialClusterMembers=3`];
