import { readFile } from "node:fs/promises";
import { findEtcd } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { type ClusterUnderTest, onLab } from "./cluster-under-test.ts";
import { etcdAtHand } from "./etcd-at-hand.ts";
import { printedKeys } from "./guide/keyspace.ts";
import { podsOf, type SeenPod, uids, untilPods } from "./guide/pods.ts";
import { readGuide } from "./guide/read-guide.ts";
import { EDIT, GUIDE, PODS, POOLS, SCALE, SHELL, VOLUME } from "./guide/steps.ts";
import { cells } from "./guide/tables.ts";
import { Walker } from "./guide/walker.ts";
import { run } from "./kubectl.ts";

/** The guide's own Markdown, where it is at hand. */
const guide = process.env.QUORATE_GUIDE;

const ETCDCTL = (ordinal: number, words: string) =>
	`kubectl exec mayastor-etcd-${ordinal} -n mayastor -- etcdctl ${words}`;

interface Keyed {
	metadata: { name: string };
	spec: { node: string; disks: string[] };
}

it.skipIf(guide === undefined)(
	"these are the guide's commands, files and outputs, all of them, to the letter",
	async () => {
		expect(readGuide(await readFile(guide ?? "", "utf8"))).toEqual(GUIDE);
	},
);

describe.skipIf(!(await etcdAtHand("the guide", "3.5")))(
	"the guide, followed on the lab with the image that Mayastor has",
	() => {
		let cluster: ClusterUnderTest;
		let walker: Walker;
		let atFirst: SeenPod[];
		let pending: SeenPod | undefined;

		beforeAll(async () => {
			cluster = await onLab({ image: "bitnami/etcd:3.5.6-debian-11-r10" });
			walker = await Walker.begin(cluster.kubeconfig);
			atFirst = await podsOf(walker);
		});
		afterAll(async () => {
			await walker?.end();
			await cluster?.destroy();
		});

		it("shows the pools as the guide does, to the last blank", async () => {
			expect(await walker.follow(POOLS)).toBe(POOLS.output);
		});

		it("has pools that agree with those in etcd", async () => {
			const { items } = JSON.parse(await walker.type(`${POOLS.command} -o json`)) as { items: Keyed[] };
			const keys = printedKeys(await walker.type(ETCDCTL(0, 'get --prefix ""')));
			const specs = [...keys].filter(([key]) => key.includes("/PoolSpec/")).map(([, value]) => JSON.parse(value));
			expect(specs.map(({ id, node, disks }) => ({ id, node, disks }))).toEqual(
				items.map(({ metadata, spec }) => ({ id: metadata.name, ...spec })),
			);
			const kinds = new Set([...keys.keys()].map((key) => key.split("/")[9]));
			for (const kind of ["VolumeSpec", "ReplicaSpec", "NexusSpec", "NodeSpec", "PoolSpec"])
				expect(kinds).toContain(kind);
		});

		it("lets a snapshot be taken, copied out and restored", async () => {
			await walker.type(ETCDCTL(0, "snapshot save /tmp/snapshot.db"));
			await walker.type("kubectl cp mayastor/mayastor-etcd-0:/tmp/snapshot.db snapshot.db");
			const { etcdctl, etcdutl } = await findEtcd({ version: "3.5" });
			const restore = ["snapshot", "restore", walker.path("snapshot.db"), "--data-dir", walker.path("restored")];
			const restored = await run(etcdutl ?? etcdctl, restore, { env: { ...process.env, ETCDCTL_API: "3" } });
			expect(restored.code, restored.stderr).toBe(0);
			await walker.type("test -s restored/member/snap/db");
		});

		it("has a fourth pod after step 1, that waits for its volume", async () => {
			expect(await walker.follow(SCALE)).toBe(SCALE.output);
			await untilPods(walker, (pods) => pods.length === 4);
			expect(cells(await walker.follow(PODS))).toEqual(cells(PODS.output ?? ""));
			expect(
				cells(await walker.type("kubectl get pvc data-mayastor-etcd-3 -n mayastor --no-headers"))[0]?.slice(0, 2),
			).toEqual(["data-mayastor-etcd-3", "Pending"]);
			await walker.until("kubectl describe pod mayastor-etcd-3 -n mayastor", (text) =>
				text.includes("0/5 nodes are available: pod has unbound immediate PersistentVolumeClaims."),
			);
			pending = (await podsOf(walker))[3];
		});

		it("takes the edit of step 2, and restarts no member for it", async () => {
			expect(await walker.follow(EDIT)).toBe("statefulset.apps/mayastor-etcd edited");
			const set = JSON.parse(await walker.type("kubectl get sts mayastor-etcd -n mayastor -o json"));
			const shown: unknown[] = parse(EDIT.output ?? "");
			const env: { name: string }[] = set.spec.template.spec.containers[0].env;
			expect(shown).toHaveLength(2);
			for (const variable of shown) expect(env).toContainEqual(variable);
			// The chart's policy is Parallel: of the pods, the one that is not Ready anyhow is replaced.
			const pods = await untilPods(walker, (all) => all.length === 4 && all[3]?.uid !== pending?.uid);
			expect(uids(pods.slice(0, 3))).toEqual(uids(atFirst));
			expect(cells(await walker.follow(PODS))).toEqual(cells(PODS.output ?? ""));
		});

		it("starts the pod once it has the volume of step 3, and only then rolls the others, the last first", async () => {
			expect(await walker.follow(VOLUME)).toBe(VOLUME.output);
			const isRolled = (pods: SeenPod[]) =>
				pods.length === 4 && pods.every(({ ready, uid }) => ready !== undefined && !uids(atFirst).includes(uid));
			const pods = await untilPods(walker, isRolled);
			expect(new Set(pods.map(({ revision }) => revision)).size).toBe(1);
			for (const [ordinal, pod] of pods.entries()) {
				const next = pods[ordinal + 1];
				if (next) expect(Date.parse(pod.created), pod.name).toBeGreaterThanOrEqual(Date.parse(next.ready ?? ""));
			}
			const volume = JSON.parse(await walker.type("kubectl get pv etcd-volume-3 -o json"));
			expect(volume.status.phase).toBe("Bound");
			expect(volume.metadata.finalizers).toEqual(["kubernetes.io/pv-protection"]);
			const members = JSON.parse(await walker.type(ETCDCTL(3, "member list -w json"))).members;
			expect(
				members.map(({ name, isLearner = false }: { name: string; isLearner?: boolean }) => [name, isLearner]).sort(),
			).toEqual(pods.map(({ name }) => [name, false]));
		});

		it("shows every key in step 4, on all four members", async () => {
			const typed = printedKeys(await walker.follow(SHELL));
			expect(typed.size).toBeGreaterThan(800);
			for (const ordinal of [0, 1, 2, 3])
				expect(printedKeys(await walker.type(ETCDCTL(ordinal, 'get --prefix ""')))).toEqual(typed);
		});
	},
);
