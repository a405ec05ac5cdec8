import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parseAllDocuments } from "yaml";
import type { ClusterView } from "../cluster/cluster-view.ts";
import { findEtcdContainer } from "../cluster/etcd-container.ts";
import { healthyView, type ViewOptions } from "../scaling/testing/views.ts";
import { type RestoreOptions, restorePlan } from "./restore-plan.ts";
import { runbook } from "./runbook.ts";

const peer = (ordinal: number) =>
	`http://mayastor-etcd-${ordinal}.mayastor-etcd-headless.mayastor.svc.cluster.local:2380`;
const SNAPSHOT = {
	path: "/backup/a b.db",
	revision: 10_000n,
	keys: 1177,
	members: [0, 1, 2].map((ordinal) => ({
		id: BigInt(ordinal + 1),
		name: `mayastor-etcd-${ordinal}`,
		peerURLs: [peer(ordinal)],
		clientURLs: [],
		isLearner: false,
	})),
	clusterVersion: "3.5.0",
	storageVersion: undefined,
};
const NOW = new Date("2026-11-21T14:02:09.123Z");
const WORDS = {
	kubectl: "kubectl -n mayastor",
	quorate: "quorate",
	flags: " -n mayastor",
	file: SNAPSHOT.path,
	size: 143_392,
};

const planFor = (view: ClusterView, options: RestoreOptions = {}, snapshot: object = {}) =>
	restorePlan(view, { ...SNAPSHOT, ...snapshot }, options, NOW);
const stepsFor = (view: ClusterView, options: RestoreOptions = {}) => runbook(view, planFor(view, options), WORDS);
const titles = (view: ClusterView, options: RestoreOptions = {}) => stepsFor(view, options).map(({ title }) => title);
const commands = (view: ClusterView, options: RestoreOptions = {}) =>
	stepsFor(view, options).flatMap((step) => step.commands);

/** The view with its etcd container changed. */
function withContainer(options: ViewOptions, change: object): ClusterView {
	const view = healthyView(options);
	const template = structuredClone(view.statefulSet.template);
	const volumeMounts = [{ name: "data", mountPath: "/bitnami/etcd" }];
	Object.assign(template.spec?.containers[0] ?? {}, { volumeMounts }, change);
	const etcd = findEtcdContainer(template);
	if (!etcd) throw new Error("it runs no etcd");
	return { ...view, statefulSet: { ...view.statefulSet, template, etcd } };
}

const seen = (options: ViewOptions = {}) => withContainer(options, {});

function podsIn(all: readonly string[], name: RegExp) {
	const given = all.filter((command) => command.includes("<<'EOF'"));
	const documents = given.flatMap((command) => parseAllDocuments(command.split("\n").slice(1, -1).join("\n")));
	return documents.map((document) => document.toJS()).filter((pod) => name.test(pod.metadata.name));
}

describe("the runbook", () => {
	it("has the cluster's own names in every command, and no word that a shell would take apart", () => {
		const all = commands(seen());
		expect(all).toContain("kubectl -n mayastor scale sts/mayastor-etcd --replicas=0");
		expect(all).toContain("kubectl -n mayastor scale sts/mayastor-etcd --replicas=3");
		expect(all.filter((command) => command.endsWith("< '/backup/a b.db'"))).toHaveLength(3);
		const tools = podsIn(all, /^quorate-etcdutl-/);
		expect(tools.map(({ spec }) => spec.containers[0].command)).toEqual(
			[0, 1, 2].map((ordinal) => [
				"etcdutl",
				"snapshot",
				"restore",
				expect.stringMatching(/\/\.quorate-restore\/snapshot\.db$/),
				`--name=mayastor-etcd-${ordinal}`,
				`--initial-cluster=${[0, 1, 2].map((o) => `mayastor-etcd-${o}=${peer(o)}`).join(",")}`,
				"--initial-cluster-token=mayastor-etcd-restored-20261121T140209Z",
				`--initial-advertise-peer-urls=${peer(ordinal)}`,
				expect.stringMatching(/^--data-dir=.*\/\.quorate-restore\/data$/),
				...(planFor(seen()).bump === undefined ? [] : ["--bump-revision=1000000000", "--mark-compacted"]),
			]),
		);
		expect(podsIn(all, /^quorate-restore-/).map(({ spec }) => spec.volumes[0].persistentVolumeClaim.claimName)).toEqual(
			[0, 1, 2].map((ordinal) => `data-mayastor-etcd-${ordinal}`),
		);
	});

	it("raises the revision where the release can, and says what follows where it cannot", () => {
		const of = (image: string) => withContainer({}, { image });
		for (const [image, bump] of [
			["etcd:3.4.33", false],
			["etcd:3.4.34", true],
			["etcd:3.5.20", false],
			["quay.io/coreos/etcd:v3.5.21", true],
			["bitnami/etcd:3.5.6-debian-11-r10", false],
			["registry.k8s.io/etcd:3.6.4-0", true],
			["etcd@sha256:0123", true],
		] as const)
			expect([image, planFor(of(image), {}, { clusterVersion: "3.4.0" }).bump !== undefined]).toEqual([image, bump]);
		expect(planFor(of("etcd:3.5.9"), { image: "etcd:3.5.35" }).bump).toBeDefined();
		expect(stepsFor(of("etcd:3.5.9")).find(({ title }) => title === "See to the clients")?.why).toMatch(
			/restart every one/,
		);
	});

	it("moves no data away under an etcd that something has started again", async () => {
		const folder = await mkdtemp(join(tmpdir(), "quorate-runbook-"));
		const swap = stepsFor(seen()).find(({ title }) => title.startsWith("Put the new data"))?.commands[0] ?? "";
		// what would run in the pod runs here
		const here = `kubectl() { while [ "$1" != -- ]; do shift; done; shift; "$@"; }; ${swap.replaceAll("/bitnami/etcd", folder)}`;
		const db = join(folder, "data/member/snap/db");
		try {
			for (const data of ["data", ".quorate-restore/data"])
				await mkdir(join(folder, data, "member/snap"), { recursive: true });
			await writeFile(db, "x");
			const etcd = spawn("sh", ["-c", 'exec 9< "$1"; flock -x 9; echo held; read -r _', "etcd", db]);
			await once(etcd.stdout, "data");
			await expect(promisify(execFile)("sh", ["-ec", here])).rejects.toThrow("etcd runs on this volume");
			expect(await readdir(join(folder, "data"))).toEqual(["member"]);
			etcd.stdin.end();
			await once(etcd, "close");
			await promisify(execFile)("sh", ["-ec", here]);
			expect(await readdir(join(folder, "data"))).toEqual([expect.stringMatching(/^\.before-restore-/), "member"]);
		} finally {
			await rm(folder, { recursive: true });
		}
	});

	it("of 3.4 restores with etcdctl", () => {
		const [pod] = podsIn(
			runbook(
				withContainer({}, { image: "etcd:3.4.23" }),
				planFor(withContainer({}, { image: "etcd:3.4.23" }), {}, { clusterVersion: "3.4.0" }),
				WORDS,
			).flatMap((step) => step.commands),
			/^quorate-etcdutl-/,
		);
		expect(pod.spec.containers[0]).toMatchObject({ env: [{ name: "ETCDCTL_API", value: "3" }] });
		expect(pod.spec.containers[0].command.slice(0, 3)).toEqual(["etcdctl", "snapshot", "restore"]);
	});

	it("keeps claims that the StatefulSet would delete, and lets it delete them again at the end", () => {
		expect(titles(seen())).not.toContain("Keep the claims");
		const all = titles(seen({ deletesClaims: true }));
		expect(all.indexOf("Keep the claims")).toBeLessThan(all.indexOf("Stop every member"));
		expect(all.indexOf("Let the StatefulSet delete claims again")).toBeGreaterThan(all.indexOf("Start the cluster"));
	});

	it("binds folders on a node to it, and leaves volumes alone that say where they are", () => {
		const view = seen();
		const nodes = view.pods.map(({ node }) => node);
		expect(planFor(view).pins).toEqual(nodes.map((label, i) => ({ volume: `etcd-volume-${i}`, label })));
		const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [nodes[0] ?? ""] }];
		const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions }] } };
		const bound = { ...view, volumes: view.volumes.map((v) => ({ ...v, spec: { ...v.spec, nodeAffinity } })) };
		expect(titles(bound)).not.toContain("Bind each volume to its node");
	});

	it("guesses no node for a volume that names none, where its member has no pod: it can be bound by hand", () => {
		const view = seen();
		const gone = { ...view, pods: view.pods.slice(0, 1) };
		const refusal = expect.objectContaining({
			code: "Refused",
			message:
				"volume etcd-volume-1 of claim data-mayastor-etcd-1, folder /var/local/mayastor/etcd/pod-1, is on the disk of a node, and nothing says of which: it names none, and mayastor-etcd-1 runs on none",
			hint: expect.stringMatching(
				/find \/host\/var\/local\/mayastor\/etcd\/pod-1 -name db; bind .*: kubectl patch pv etcd-volume-1 -p '{.*"values":\["NODE"\].*}' .*; then the same command; or .* --members 1$/,
			),
		});
		expect(() => planFor(gone)).toThrow(refusal);
		expect(planFor(gone, { members: 1 }).pins).toHaveLength(1);
		const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-9"] }];
		const nodeAffinity = { required: { nodeSelectorTerms: [{ matchExpressions }] } };
		const volumes = view.volumes.map((v) =>
			v.name === "etcd-volume-0" ? v : { ...v, spec: { ...v.spec, nodeAffinity } },
		);
		expect(planFor({ ...gone, volumes }).pins.map(({ volume }) => volume)).toEqual(["etcd-volume-0"]);
	});

	it("restores fewer members where that is asked for, and lets the cluster grow afterwards", () => {
		const all = commands(seen(), { members: 1 });
		expect(all).toContain("kubectl -n mayastor scale sts/mayastor-etcd --replicas=1");
		expect(all).toContain("quorate scale sts/mayastor-etcd -n mayastor --replicas 3");
		expect(podsIn(all, /./)).toHaveLength(2);
	});

	it("ends a scaling that is unfinished, with the template as it was found, and restores who was there before", () => {
		const view = seen({ members: 4 });
		const { template, rawUpdateStrategy: updateStrategy } = view.statefulSet;
		const goal = { replicas: 5, snapshot: true };
		const record = { version: 1 as const, from: 3, startedAt: "", template, updateStrategy, goal, joining: 3 };
		const joining = { ...template, metadata: { labels: { joins: "yes" } } };
		const begun = { ...view, statefulSet: { ...view.statefulSet, template: joining, record } };
		const all = titles(begun);
		expect(all.indexOf("End the scaling that is unfinished")).toBe(all.indexOf("Stop every member") + 1);
		const command = commands(begun).find((one) => one.includes("--type=json")) ?? "";
		expect(JSON.parse(/ -p '(.*)'$/s.exec(command)?.[1] ?? "")).toEqual([
			{ op: "replace", path: "/spec/template", value: template },
			{ op: "replace", path: "/spec/updateStrategy", value: updateStrategy },
			{ op: "remove", path: "/metadata/annotations/quorate.io~1scaling" },
		]);
		expect(planFor(begun).pods).toHaveLength(3);
		expect(titles(seen())).not.toContain("End the scaling that is unfinished");
	});

	it("begins with what a member still holds beyond the snapshot", () => {
		const view = seen();
		const revision = Math.max(...view.etcd.members.map(({ status }) => Number(status?.revision ?? 0)));
		const older = planFor(view, {}, { revision: BigInt(revision) - 1n });
		expect(older.newest).toMatchObject({ revision: BigInt(revision) });
		expect(runbook(view, older, WORDS)[0]?.commands[0]).toMatch(/^quorate snapshot save .* --pod mayastor-etcd-\d$/);
		expect(planFor(view, {}, { revision: BigInt(revision) }).newest).toBeUndefined();
	});

	it("warns where there is no need, and where the snapshot is another cluster's", () => {
		expect(planFor(seen()).warnings).toEqual([expect.stringContaining("has quorum now")]);
		expect(planFor(seen(), {}, { members: [] }).warnings).toHaveLength(2);
	});

	it("replaces a write-ahead log that has a folder of its own on the data's volume", () => {
		const view = withContainer({}, { args: ["--wal-dir=/bitnami/etcd/wal"] });
		const all = commands(view);
		const [tool] = podsIn(all, /^quorate-etcdutl-/);
		expect(tool.spec.containers[0].command).toContain("--wal-dir=/bitnami/etcd/.quorate-restore/wal");
		const swap = all.find((command) => command.includes(".quorate-restore/data/member")) ?? "";
		const kept = "/bitnami/etcd/data/.before-restore-20261121T140209Z";
		expect(swap).toContain(`mkdir -p ${kept}; mv /bitnami/etcd/wal ${kept}/wal`);
		expect(swap).toContain("mv /bitnami/etcd/.quorate-restore/wal /bitnami/etcd/wal;");
		const inside = withContainer({}, { args: ["--wal-dir=/bitnami/etcd/data/member/wal"] });
		expect(commands(inside)).toEqual(commands(seen()));
	});

	it("restores all members where the snapshot records learners, and says so", () => {
		const members = SNAPSHOT.members.map((member, index) => ({ ...member, isLearner: index === 2 }));
		const view = seen();
		const none = { ...view, statefulSet: { ...view.statefulSet, replicas: 0 } };
		const plan = planFor(none, {}, { members });
		expect(plan.pods).toHaveLength(3);
		expect(plan.warnings).toContainEqual(expect.stringMatching(/records mayastor-etcd-2 as a learner.*--members 2/));
		expect(planFor(none).warnings.join()).not.toContain("learner");
		// as etcd 3.5.9 records those that joined as learners
		const nameless = members.map((member) => (member.isLearner ? { ...member, name: "" } : member));
		expect(planFor(none, {}, { members: nameless }).warnings).toContainEqual(
			expect.stringMatching(/records mayastor-etcd-2\.mayastor-etcd-headless\.\S+ as a learner/),
		);
	});

	it.each<[string, RegExp, ClusterView, object?]>([
		["a lost node", /not there or not Ready/, { ...seen(), nodes: seen().nodes.map((n) => ({ ...n, ready: false })) }],
		["a node that is no more", /not there or not Ready/, { ...seen(), nodes: seen().nodes.slice(1) }],
		["no claim", /is not there/, { ...seen(), claims: [] }],
		["data on no claim", /on which claim/, { ...seen(), storage: [] }],
		["an older etcd", /cannot read it/, withContainer({}, { image: "etcd:3.4.23" })],
		["a log on another volume", /wal-dir/, withContainer({}, { args: ["--wal-dir=/wal"] })],
		["a log around the data", /wal-dir/, withContainer({}, { args: ["--wal-dir=/bitnami/etcd"] })],
	])("is refused with %s", (_, message, view) => {
		expect(() => planFor(view)).toThrow(
			expect.objectContaining({ code: "Refused", message: expect.stringMatching(message) }),
		);
	});

	it("fills in what a template leaves to variables and to the shell", () => {
		const script =
			"exec etcd --name=$HOSTNAME --data-dir=/var/run/etcd/$HOSTNAME --initial-advertise-peer-urls=http://$HOSTNAME.svc.$(NS):2380 --initial-cluster=a=http://a:1";
		const view = withContainer(
			{},
			{
				command: ["sh", "-c", script],
				env: [{ name: "NS", valueFrom: { fieldRef: { fieldPath: "metadata.namespace" } } }],
				volumeMounts: [{ name: "data", mountPath: "/var/run/etcd" }],
			},
		);
		expect(planFor(view).pods[1]?.facts).toMatchObject({
			name: "mayastor-etcd-1",
			peerURLs: ["http://mayastor-etcd-1.svc.mayastor:2380"],
			dataDir: "/var/run/etcd/mayastor-etcd-1",
		});
	});

	it.each([
		["$(POD).$(APP).$(NS).$(DOMAIN)", "http://mayastor-etcd-1.etcd.mayastor.svc.k8s.example:2380"],
		// what cannot be known before the pod runs, the list of members tells
		["$(IP)", peer(1)],
		["$(TYPO).svc", peer(1)],
	])("fills in references as the kubelet does: %s", (host, url) => {
		const field = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
		const seen = withContainer(
			{},
			{
				command: ["etcd"],
				args: [
					...["--name=$(POD)", "--data-dir=$(DATA)/$(POD)"],
					`--initial-cluster=mayastor-etcd-0=${peer(0)},mayastor-etcd-1=${peer(1)}`,
					`--initial-advertise-peer-urls=http://${host}:2380`,
				],
				env: [
					...[field("POD", "metadata.name"), field("NS", "metadata.namespace"), field("IP", "status.podIP")],
					field("APP", "metadata.labels['app']"),
					{ name: "DOMAIN", valueFrom: { configMapKeyRef: { name: "settings", key: "domain" } } },
				],
				envFrom: [{ configMapRef: { name: "all" } }],
				volumeMounts: [{ name: "data", mountPath: "/var/run/etcd", subPathExpr: "of/$(POD)" }],
			},
		);
		const objects = new Map([
			["ConfigMap/settings", new Map([["domain", "svc.k8s.example"]])],
			["ConfigMap/all", new Map([["DATA", "/var/run/etcd"]])],
		]);
		const { facts } = planFor({ ...seen, statefulSet: { ...seen.statefulSet, objects } }).pods[1] ?? {};
		expect(facts).toMatchObject({
			name: "mayastor-etcd-1",
			peerURLs: [url],
			dataDir: "/var/run/etcd/mayastor-etcd-1",
			mount: { subPath: "of/mayastor-etcd-1" },
		});
		expect(facts?.mount).not.toHaveProperty("subPathExpr");
	});
});
