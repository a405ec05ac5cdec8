import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AccidentCluster, IMAGES, pod, until } from "./accident-cluster.ts";
import { etcdAtHand } from "./etcd-at-hand.ts";

const PEER = "http://mayastor-etcd-3.mayastor-etcd-headless.mayastor.svc.cluster.local:2380";
const OLD = await etcdAtHand("the old Bitnami scripts", "3.5");
const NEW = await etcdAtHand("the new Bitnami scripts", "3.6");
const DATA = "/bitnami/etcd/data";

let cluster: AccidentCluster;

// Each begins where the one before has left the cluster.
describe.skipIf(!OLD)("the old scripts, up to 3.5.17-debian-12-r3", () => {
	beforeAll(async () => {
		cluster = await AccidentCluster.up(IMAGES.old);
	});
	afterAll(() => cluster.down());

	it("a new pod adds itself as a voter, before it has any data", async () => {
		await cluster.scale(4);
		await cluster.createVolume(3);
		const { id } = await cluster.voter(3);
		await until("member_id is stored", async () => (await cluster.inPod(3, `cat ${DATA}/member_id`)).trim() === id);
	});

	it("scaled down, it leaves a dead voter behind; scaled up again, it is the same member", async () => {
		const before = await cluster.memberOf(3);
		await cluster.scaleDown(3);
		expect(await cluster.memberOf(3)).toEqual(before);
		await cluster.scale(4);
		expect((await cluster.voter(3)).id).toBe(before?.id);
	});

	it("having lost its data it never returns: its own entry counts as a member that is down", async () => {
		await cluster.endEtcd(3, `rm -rf ${DATA}/*`);
		await cluster.logged(3, "unhealthy cluster");
		await cluster.logged(3, "Failed to add self to cluster, keeping trying...");
		await cluster.replacePod(3);
		await cluster.crashLoops(3);
	});

	it("removed while it crashes, it adds itself as a voter that never starts, and quorum is three of four", async () => {
		const { id } = (await cluster.memberOf(3)) ?? {};
		await cluster.changeMembers("remove", id ?? "");
		await until("it has added itself", async () => (await cluster.memberOf(3)) !== undefined);
		await cluster.logged(3, "couldn't find local name");
		expect(await cluster.memberOf(3)).toMatchObject({ started: false, isLearner: false });
		expect(await cluster.etcdRuns(3)).toBe(false);
		await cluster.scaleDown(3, 1);
		await cluster.changeMembers("remove", (await cluster.memberOf(3))?.id ?? "");
		await cluster.aside(3, "busybox", "rm -rf /bitnami/etcd/*");
	});

	it("before a learner's entry that was made for it, it stands still, and crashes once it was killed", async () => {
		await cluster.changeMembers("add", pod(3), "--learner", `--peer-urls=${PEER}`);
		await cluster.scale(4);
		await cluster.logged(3, "Peer URLs already exists");
		await cluster.logged(3, "Failed to add self to cluster, keeping trying...");
		await cluster.replacePod(3);
		await cluster.crashLoops(3);
		expect(await cluster.memberOf(3)).toMatchObject({ started: false, isLearner: true });
	});

	it("on the volume of a member that was removed it crashes for ever", async () => {
		await cluster.scaleDown(3);
		await cluster.changeMembers("remove", (await cluster.memberOf(3))?.id ?? "");
		await cluster.aside(3, "busybox", "rm -rf /bitnami/etcd/*");
		await cluster.scale(4);
		const { id } = await cluster.voter(3);
		await cluster.scaleDown(3);
		await cluster.changeMembers("remove", id);
		await cluster.scale(4);
		await cluster.logged(3, "member not found");
		await cluster.crashLoops(3);
	});

	it("a pod of the first three that has lost its data cannot come back", async () => {
		await cluster.scaleDown(3);
		await cluster.endEtcd(1, `rm -rf ${DATA}/*`);
		await cluster.logged(1, "has already been bootstrapped");
		await cluster.crashLoops(1);
	});
});

describe.skipIf(!NEW)("the new scripts, from 3.5.17-debian-12-r4 on", () => {
	beforeAll(async () => {
		cluster = await AccidentCluster.up(IMAGES.new);
	});
	afterAll(() => cluster.down());

	it("a new pod adds itself as a voter here, too, and leaves a dead one behind", async () => {
		await cluster.scale(4);
		await cluster.createVolume(3);
		const { id } = await cluster.voter(3);
		await cluster.scaleDown(3);
		expect(await cluster.memberOf(3)).toMatchObject({ id, started: true, isLearner: false });
	});

	it("on the volume of a member that was removed it throws the data away and joins as another voter", async () => {
		const { id } = (await cluster.memberOf(3)) ?? {};
		await cluster.changeMembers("remove", id ?? "");
		await cluster.scale(4);
		await cluster.logged(3, "The data is not of a member of this cluster");
		await cluster.voter(3, id);
	});

	it("removed while its pod runs, as the Job before a helm upgrade does, it is back as a voter at once", async () => {
		const { id } = (await cluster.memberOf(3)) ?? {};
		const set = JSON.parse(await cluster.kubectl("get", "sts", "mayastor-etcd", "-o", "json"));
		const { env } = set.spec.template.spec.containers[0];
		await cluster.aside(4, IMAGES.new, "/opt/bitnami/scripts/etcd/preupgrade.sh", env);
		await cluster.voter(3, id);
	});

	it("having lost its data it never returns: it waits for names that cannot be", async () => {
		await cluster.inPod(3, `rm -rf ${DATA}/*`);
		await cluster.replacePod(3);
		await cluster.logged(3, "Bootstrapping a new cluster");
		expect(await cluster.etcdRuns(3)).toBe(false);
		expect(await cluster.isReady(3)).toBe(false);
	});

	it("with a data directory that is no more than begun it hangs", async () => {
		await cluster.scaleDown(3, 1);
		await cluster.changeMembers("remove", (await cluster.memberOf(3))?.id ?? "");
		await cluster.aside(3, "busybox", "rm -rf /bitnami/etcd/*; mkdir -p /bitnami/etcd/data/member/snap");
		await cluster.scale(4);
		await cluster.logged(3, "couldn't find local name");
		expect(await cluster.etcdRuns(3)).toBe(false);
	});

	it("a learner that was added for it is replaced by a voter", async () => {
		await cluster.scaleDown(3, 1);
		await cluster.aside(3, "busybox", "rm -rf /bitnami/etcd/*");
		await cluster.changeMembers("add", pod(3), "--learner", `--peer-urls=${PEER}`);
		const { id } = (await cluster.memberOf(3)) ?? {};
		await cluster.scale(4);
		await cluster.voter(3, id);
	});

	it("told of itself while another member is frozen, it begins a second cluster", async () => {
		await cluster.scaleDown(3);
		await cluster.changeMembers("remove", (await cluster.memberOf(3))?.id ?? "");
		await cluster.aside(3, "busybox", "rm -rf /bitnami/etcd/*");
		await cluster.freeze(1, true);
		await cluster.scaleAndName(3);
		await cluster.logged(3, "cluster ID mismatch");
		expect(await cluster.memberOf(3)).toBeUndefined();
	});

	it("which is cured by deleting its pod, once the other goes on", async () => {
		await cluster.freeze(1, false);
		await cluster.replacePod(3);
		await cluster.voter(3);
	});
});

describe.skipIf(!OLD)("one member", () => {
	beforeAll(async () => {
		cluster = await AccidentCluster.up(IMAGES.old, 1);
	});
	afterAll(() => cluster.down());

	it("scaled to two by the chart without a list of members, the second serves an empty keyspace of its own", async () => {
		const keys = (ordinal: number) =>
			cluster.inPod(ordinal, "etcdctl get --prefix / --keys-only | grep -c openebs || true");
		await cluster.createVolume(1);
		await cluster.scale(2);
		await until("the second is Ready", () => cluster.isReady(1));
		expect(Number(await keys(0))).toBeGreaterThan(0);
		expect(Number(await keys(1))).toBe(0);
		expect((await cluster.members(1)).map(({ name }) => name)).toEqual([pod(1)]);
	});
});
