import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { type ClusterUnderTest, inNamespace, onLab, REAL_KUBECONFIG } from "./cluster-under-test.ts";
import type { GuideClusterOptions } from "./guide-cluster.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";
import { startWriteLoad } from "./write-load.ts";

const REAL_IMAGE = "etcd:3.6.16";

type Shape = [string, Omit<GuideClusterOptions, "namespace" | "image">];

// a probe that asks for a leader would never let the second of three begin
const ONE_AFTER_THE_OTHER = {
	podManagementPolicy: "OrderedReady",
	readinessProbe: { tcpSocket: { port: 2379 }, periodSeconds: 1 },
} as const;
const READY_AS_LEARNER = {
	readinessProbe: { httpGet: { path: "/health?serializable=true", port: 2379 }, periodSeconds: 1 },
};

type Alter = NonNullable<GuideClusterOptions["alter"]>;

const onDelete: Alter = (spec) => {
	spec.updateStrategy = { type: "OnDelete" };
};
const deletesClaims: Alter = (spec) => {
	spec.persistentVolumeClaimRetentionPolicy = { whenScaled: "Delete", whenDeleted: "Retain" };
};
const withOthers: Alter = ({ template: { spec } }) => {
	const [{ image }] = spec.containers as [{ image: string }];
	const beside = { image, imagePullPolicy: "IfNotPresent" };
	const proxy = ["etcd", "grpc-proxy", "start", "--endpoints=127.0.0.1:2379", "--listen-addr=127.0.0.1:23790"];
	spec.initContainers = [{ ...beside, name: "prepare", command: ["etcdctl", "version"] }];
	spec.containers.unshift({ ...beside, name: "proxy", command: proxy });
};

/** What StatefulSets of other people look like. */
const SHAPES: Shape[] = [
	["pods one after the other (OrderedReady)", ONE_AFTER_THE_OTHER],
	["ordinals that start at 4", { firstOrdinal: 4 }],
	["volumes made by a provisioner for the first consumer", { storageClass: "default" }],
	["an update strategy of OnDelete", { alter: onDelete }],
	["claims that the controller deletes", { storageClass: "default", alter: deletesClaims }],
	["a container that prepares and others beside etcd", { alter: withOthers }],
	["a readiness probe that passes on a learner", READY_AS_LEARNER],
];

/** The same, several in one. */
const COMBINED: Shape[] = [
	[
		"ordered pods from 4 on, other containers, and claims that the controller deletes",
		{
			...ONE_AFTER_THE_OTHER,
			firstOrdinal: 4,
			storageClass: "default",
			alter: (spec) => {
				deletesClaims(spec);
				withOthers(spec);
			},
		},
	],
	["OnDelete and a readiness probe that passes on a learner", { ...READY_AS_LEARNER, alter: onDelete }],
];

/** One Kubernetes for all of them, each in a namespace of its own. */
interface Host {
	kubeconfig: string;
	image: string;
	destroy: () => Promise<void>;
}

/** With whichever etcd is at hand. */
async function lab(): Promise<Host> {
	const { kubeconfig, destroy } = await onLab({ nodes: 5, empty: true });
	const path = "jsonpath={.spec.template.spec.containers[0].image}";
	const image = await kubectl(kubeconfig, ["get", "sts", "mayastor-etcd", "-n", "mayastor", "-o", path]);
	return { kubeconfig, image, destroy };
}

const hosts: [string, Shape[], () => Promise<Host>][] = [["the lab", SHAPES, lab]];
if (REAL_KUBECONFIG) {
	const kubeconfig = REAL_KUBECONFIG;
	const shapes = process.env.QUORATE_EXPLORE === "full" ? SHAPES : COMBINED;
	hosts.push(["a real Kubernetes", shapes, async () => ({ kubeconfig, image: REAL_IMAGE, destroy: async () => {} })]);
}

describe.each(hosts)("on %s", (_name, shapes, make) => {
	let host: Host;
	let folder: string;

	beforeAll(async () => {
		folder = await mkdtemp(join(tmpdir(), "quorate-shapes-"));
		host = await make();
	});
	afterAll(async () => {
		await host?.destroy();
		await rm(folder, { recursive: true, force: true });
	});

	async function state(cluster: ClusterUnderTest) {
		const get = (...args: string[]) => kubectl(cluster.kubeconfig, ["get", ...args, "-n", cluster.namespace]);
		const { metadata, spec } = JSON.parse(await get("sts", "mayastor-etcd", "-o", "json"));
		return {
			spec,
			annotations: Object.keys(metadata.annotations ?? {}).filter((key) => key.startsWith("quorate.io")),
			objects: (await get("pods,pvc,leases", "-o", "name")).trim().split("\n").sort(),
			restarts: await get("pods", "-o", "jsonpath={.items[*].status.containerStatuses[*].restartCount}"),
		};
	}

	// most of the time is waiting
	it.concurrent.for(shapes)("scales 3 → 4 → 3 with %s", async ([, options], { expect, onTestFinished }) => {
		const cluster = await inNamespace(host.kubeconfig, { image: host.image, ...options });
		onTestFinished(() => cluster.destroy());
		const before = await state(cluster);
		const load = startWriteLoad(cluster.dial);
		onTestFinished(() => load.stop().then(() => {}));
		for (const [from, to] of [
			[3, 4],
			[4, 3],
		] as const) {
			const args = ["scale", "-n", cluster.namespace, "--replicas", String(to), "--yes", "-o", "json"];
			const ran = await quorate(cluster.kubeconfig, args, { cwd: folder });
			expect(ran.code, ran.stderr).toBe(0);
			const { proof, ...result } = JSON.parse(ran.stdout);
			expect(result).toMatchObject({ from, to, restarts: 0 });
			expect([proof.equal, proof.members.length]).toEqual([true, to]);
		}
		expect(await load.stop()).toMatchObject({ failed: 0, failures: [] });
		expect(await load.lost()).toEqual([]);
		expect(await state(cluster)).toEqual(before);
	});

	it.concurrent("refuses to grow without volumes, and touches nothing", async ({ expect, onTestFinished }) => {
		const alter: GuideClusterOptions["alter"] = (spec) => {
			spec.volumeClaimTemplates = [];
			spec.template.spec.volumes = [{ name: "data", emptyDir: {} }];
		};
		const cluster = await inNamespace(host.kubeconfig, { image: host.image, alter });
		onTestFinished(() => cluster.destroy());
		const before = await state(cluster);
		const ran = await quorate(cluster.kubeconfig, ["scale", "-n", cluster.namespace, "--replicas", "5", "--yes"]);
		expect(ran.code).toBe(3);
		expect(ran.stderr).toMatch(/volume/);
		expect(await state(cluster)).toEqual(before);
	});
});
