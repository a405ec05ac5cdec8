import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ClusterUnderTest, onLab } from "./cluster-under-test.ts";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";

let cluster: ClusterUnderTest;
let folder: string;

beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-e2e-"));
	cluster = await onLab({ volumes: 5 });
});

afterAll(async () => {
	await cluster?.destroy();
	await rm(folder, { recursive: true, force: true });
});

const kube = (...args: string[]) => kubectl(cluster.kubeconfig, args);
const etcdctl = (...args: string[]) => kube("exec", "mayastor-etcd-0", "-n", "mayastor", "--", "etcdctl", ...args);
const scale = (...args: string[]) =>
	quorate(cluster.kubeconfig, ["scale", "-n", "mayastor", "--yes", ...args], { cwd: folder });

/** All that a scaling could change. */
async function state(): Promise<string[]> {
	return [
		await kube(
			"get",
			"sts,pvc,leases",
			"-n",
			"mayastor",
			"-o",
			'jsonpath={range .items[*]}{.kind} {.metadata.name} {.metadata.generation} {.metadata.annotations}{"\\n"}{end}',
		),
		await kube("get", "pv", "-o", "name"),
		await etcdctl("member", "list"),
	];
}

/** Refused with that code and those words, and nothing was changed. */
async function refused(code: number, words: RegExp, args: readonly string[]) {
	const before = await state();
	const ran = await scale(...args);
	expect(ran.stderr).toMatch(words);
	expect(ran.stderr).toMatch(/next: /);
	expect(ran.stderr).not.toMatch(/\n\s+at /);
	expect(ran.code).toBe(code);
	expect(await state()).toEqual(before);
}

/** The alarm API over etcd's JSON gateway, for etcdctl can only disarm. */
async function alarm(action: "ACTIVATE" | "DEACTIVATE", memberID: string) {
	const socket = await cluster.dial();
	await new Promise<void>((resolve, reject) => {
		const call = request(
			{ method: "POST", path: "/v3/maintenance/alarm", host: "etcd", createConnection: () => socket },
			(answer) => {
				answer
					.resume()
					.on("end", () => (answer.statusCode === 200 ? resolve() : reject(new Error(`HTTP ${answer.statusCode}`))));
			},
		);
		call.on("error", reject).end(JSON.stringify({ action, memberID, alarm: "NOSPACE" }));
	});
	socket.destroy();
}

describe("what is refused before anything is touched", () => {
	it.each(["0", "-1", "2.5", "abc", ""])("replicas %j", (replicas) =>
		refused(2, /replicas/i, [`--replicas=${replicas}`]),
	);

	it("no replicas at all", () => refused(2, /--replicas/, []));

	it("an unknown flag, with the nearest one", () => refused(2, /--replicas/, ["--replica", "5"]));

	it("more than seven members without --force", () => refused(3, /more than 7|8 wanted/, ["--replicas", "8"]));

	it("more members than nodes under hard anti-affinity", () => refused(3, /node/, ["--replicas", "7"]));

	it("a name that is not there", () => refused(2, /not found/, ["sts/other", "--replicas", "5"]));

	it("a StatefulSet that is not etcd", async () => {
		const labels = { app: "web" };
		const set = {
			apiVersion: "apps/v1",
			kind: "StatefulSet",
			metadata: { name: "web", namespace: "mayastor" },
			spec: {
				replicas: 0,
				serviceName: "web",
				selector: { matchLabels: labels },
				template: { metadata: { labels }, spec: { containers: [{ name: "web", image: "nginx:1" }] } },
			},
		};
		await kubectl(cluster.kubeconfig, ["apply", "-f", "-"], JSON.stringify(set));
		await refused(3, /runs etcd/, ["sts/web", "--replicas", "5"]);
		await kube("delete", "sts", "web", "-n", "mayastor");
	});

	it("an alarm", async () => {
		const [member] = JSON.parse(await etcdctl("member", "list", "-w", "json", "--hex=false")).members;
		await alarm("ACTIVATE", String(member.ID));
		await refused(3, /NOSPACE/, ["--replicas", "5"]);
		await alarm("DEACTIVATE", String(member.ID));
	});

	it("a member that was added and never started", async () => {
		const url = "http://mayastor-etcd-3.mayastor-etcd-headless.mayastor.svc.cluster.local:2380";
		const added = await etcdctl("member", "add", "mayastor-etcd-3", `--peer-urls=${url}`);
		await refused(3, /never started/, ["--replicas", "5"]);
		await etcdctl("member", "remove", /Member\s+([0-9a-f]+) added/.exec(added)?.[1] ?? "");
	});

	it("a member that is down", async () => {
		await kube("scale", "sts", "mayastor-etcd", "-n", "mayastor", "--replicas=2");
		await kube("wait", "pod/mayastor-etcd-2", "-n", "mayastor", "--for=delete", "--timeout=60s");
		await refused(3, /mayastor-etcd-2/, ["--replicas", "5"]);
		await kube("scale", "sts", "mayastor-etcd", "-n", "mayastor", "--replicas=3");
		await kube("rollout", "status", "sts/mayastor-etcd", "-n", "mayastor", "--timeout=60s");
		await kube("wait", "pod", "-l", "app=etcd", "-n", "mayastor", "--for=condition=Ready", "--timeout=60s");
	});

	it("a user without rights, naming the verbs that are missing", async () => {
		await kube("create", "serviceaccount", "looker", "-n", "mayastor");
		await kube(
			"create",
			"clusterrole",
			"looker",
			"--verb=get,list",
			"--resource=statefulsets.apps,pods,services,nodes,persistentvolumes,persistentvolumeclaims,storageclasses.storage.k8s.io",
		);
		await kube("create", "clusterrolebinding", "looker", "--clusterrole=looker", "--serviceaccount=mayastor:looker");
		const token = (await kube("create", "token", "looker", "-n", "mayastor")).trim();
		const config = JSON.parse(await kube("config", "view", "--raw", "-o", "json"));
		config.users = config.users.map(({ name }: { name: string }) => ({ name, user: { token } }));
		const file = join(folder, "looker.kubeconfig");
		await writeFile(file, JSON.stringify(config), { mode: 0o600 });
		await refused(3, /update statefulsets\.apps/, ["--kubeconfig", file, "--replicas", "5"]);
	});

	it("a server that does not answer, a file that is no kubeconfig, and one that is not there", async () => {
		const server = { name: "x", cluster: { server: "https://127.0.0.1:1" } };
		const context = { name: "x", context: { cluster: "x", user: "x" } };
		const dead = {
			apiVersion: "v1",
			kind: "Config",
			clusters: [server],
			contexts: [context],
			users: [{ name: "x", user: {} }],
			"current-context": "x",
		};
		await writeFile(join(folder, "dead"), JSON.stringify(dead));
		await writeFile(join(folder, "garbage"), "{ this: is: no: yaml");
		await refused(1, /127\.0\.0\.1:1/, ["--kubeconfig", join(folder, "dead"), "--replicas", "5"]);
		await refused(2, /garbage/, ["--kubeconfig", join(folder, "garbage"), "--replicas", "5"]);
		await refused(2, /missing/, ["--kubeconfig", join(folder, "missing"), "--replicas", "5"]);
	});

	it("a second run at the same time, naming the first; and the first is not disturbed", async () => {
		const first = scale("--replicas", "4", "-o", "json");
		const leases = () => kube("get", "leases", "-n", "mayastor", "-o", "name");
		while (!(await leases()).includes("quorate-mayastor-etcd")) await sleep(50);
		const second = await scale("--replicas", "4");
		expect(second.stderr).toMatch(/pid \d+ is at work/);
		expect(second.code).toBe(3);
		const ran = await first;
		expect(ran.code, ran.stderr).toBe(0);
		expect(JSON.parse(ran.stdout)).toMatchObject({ from: 3, to: 4, proof: { equal: true } });
	});
});
