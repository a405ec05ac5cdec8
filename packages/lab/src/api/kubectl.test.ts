import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { findKubectl } from "../binaries/find-kubectl.ts";
import { kubeconfigFor } from "./certificates.ts";
import type { KubernetesObject } from "./object.ts";
import { PODS, STATEFULSETS } from "./resources.ts";
import { pod, startServer, statefulSet, type TestServer } from "./testing.ts";

interface Output {
	code: number;
	stdout: string;
	stderr: string;
}

let server: TestServer;
let folder: string;
beforeAll(async () => {
	folder = await mkdtemp(join(tmpdir(), "quorate-lab-kubectl-"));
	server = await startServer();
	const { ca, admin, issueClient } = server.certificates;
	const config = { name: "lab", server: server.url, ca };
	await writeFile(join(folder, "admin"), kubeconfigFor({ ...config, client: admin }));
	await writeFile(join(folder, "eve"), kubeconfigFor({ ...config, client: await issueClient("eve") }));
});
afterAll(async () => {
	await server.close();
	await rm(folder, { recursive: true, force: true });
});

const { path } = await findKubectl();

const kubectl = (args: string, options: { input?: string; user?: "admin" | "eve"; env?: NodeJS.ProcessEnv } = {}) =>
	new Promise<Output>((resolve, reject) => {
		const { input, user = "admin", env = {} } = options;
		const words = args.match(/'[^']*'|\S+/g)?.map((word) => word.replaceAll("'", "")) ?? [];
		const variables = { ...process.env, HOME: folder, KUBECONFIG: join(folder, user), KUBECTL_KUBERC: "false", ...env };
		const child = execFile(path, words, { env: variables, timeout: 30_000 }, (error, stdout, stderr) => {
			if (error && typeof error.code !== "number") reject(error);
			else resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
		});
		child.stdin?.on("error", () => {});
		child.stdin?.end(input);
	});

const ok = async (args: string, options: Parameters<typeof kubectl>[1] = {}) => {
	const { code, stdout, stderr } = await kubectl(args, options);
	expect({ code, stderr }, args).toEqual({ code: 0, stderr: "" });
	return stdout.trim();
};

describe("kubectl", () => {
	it("knows the server and its resources", async () => {
		expect((await kubectl("version")).stdout).toContain("Server Version: v1.34");
		const apps = ["controllerrevisions", "deployments", "replicasets", "statefulsets"];
		expect((await ok("api-resources --api-group=apps -o name")).split("\n")).toEqual(apps.map((one) => `${one}.apps`));
		expect(await ok("explain sts.spec.replicas")).toContain("FIELD: replicas <integer>");
		expect(await ok("get ns -o name")).toContain("namespace/kube-system");
	});

	it("applies, edits, scales, patches, labels and deletes a StatefulSet", async () => {
		const manifest = (replicas: number) => ({ input: stringify(statefulSet("etcd", { replicas })) });
		expect(await ok("apply -f -", manifest(3))).toBe("statefulset.apps/etcd created");
		expect(await ok("apply -f -", manifest(3))).toBe("statefulset.apps/etcd unchanged");
		const { code, stdout } = await kubectl("diff -f -", manifest(4));
		expect([code, stdout]).toEqual([1, expect.stringContaining("+  replicas: 4")]);
		expect(await ok("apply -f -", manifest(4))).toBe("statefulset.apps/etcd configured");
		expect(await ok("scale sts etcd --replicas=5 --current-replicas=4")).toBe("statefulset.apps/etcd scaled");
		expect(await ok("edit sts etcd", { env: { KUBE_EDITOR: "sed -i s/3.5.9/3.5.35/" } })).toBe(
			"statefulset.apps/etcd edited",
		);
		const json = `--type=json -p '[{"op":"replace","path":"/spec/replicas","value":6}]'`;
		expect(await ok(`patch sts etcd ${json}`)).toBe("statefulset.apps/etcd patched");
		expect(await ok("label sts etcd a=b")).toBe("statefulset.apps/etcd labeled");
		const path =
			"jsonpath={.spec.replicas}/{.metadata.generation}/{.spec.template.spec.containers[0].image}/{.metadata.labels.a}";
		expect(await ok(`get sts etcd -o ${path}`)).toBe("6/5/etcd:3.5.35/b");
		expect(await ok("get sts -o wide")).toMatch(
			/^NAME +READY +AGE +CONTAINERS +IMAGES\netcd +0\/6 +\d+s +etcd +etcd:3.5.35$/,
		);
		expect(await ok("delete sts etcd")).toMatch(/^statefulset.apps "etcd" deleted/);
		expect((await kubectl("get sts etcd")).stderr).toBe(
			'Error from server (NotFound): statefulsets.apps "etcd" not found\n',
		);
	});

	it("applies on the server's side, with managers that can be in each other's way", async () => {
		const input = (replicas: number) => stringify(statefulSet("owned", { replicas }));
		const apply = (manager: string) => `apply --server-side --field-manager=${manager} -f -`;
		expect(await ok(apply("one"), { input: input(3) })).toBe("statefulset.apps/owned serverside-applied");
		expect(await ok(apply("two"), { input: input(3) })).toBe("statefulset.apps/owned serverside-applied");
		const conflict = await kubectl(apply("two"), { input: input(5) });
		expect([conflict.code, conflict.stderr]).toEqual([
			1,
			expect.stringContaining('conflict with "one": .spec.replicas'),
		]);
		await ok(`${apply("two")} --force-conflicts`, { input: input(5) });
		expect(await ok("get sts owned -o jsonpath={.spec.replicas}")).toBe("5");
		await ok("delete sts owned");
	});

	it("creates what it sends as protobuf", async () => {
		expect(await ok("create ns some")).toBe("namespace/some created");
		expect(await ok("create configmap -n some map --from-literal=key=value")).toBe("configmap/map created");
		expect(await ok("get cm -n some map -o jsonpath={.data.key}")).toBe("value");
		expect(await ok("create secret generic -n some hidden --from-literal=key=value")).toBe("secret/hidden created");
		expect(await ok("get secret -n some hidden -o jsonpath={.data.key}")).toBe("dmFsdWU=");
		expect(await ok("create pdb -n some budget --selector=app=x --min-available=51%")).toContain("created");
		expect(await ok("get pdb -n some budget -o jsonpath={.spec.minAvailable}/{.spec.selector.matchLabels.app}")).toBe(
			"51%/x",
		);
		expect(await ok("create role -n some reader --verb=get --resource=pods,statefulsets.apps")).toContain("created");
		expect(await ok("create rolebinding -n some reader --role=reader --user=eve")).toContain("created");
		expect(await ok("auth can-i get sts -n some", { user: "eve" })).toBe("yes");
		expect((await kubectl("auth can-i delete sts -n some", { user: "eve" })).stdout).toBe("no\n");
		expect(await ok("auth whoami -o jsonpath={.status.userInfo.username}", { user: "eve" })).toBe("eve");
	});

	it("says what is wrong as the server said it", async () => {
		const strict = await kubectl("create -f -", { input: stringify(statefulSet("bad", { replica: 3 })) });
		expect(strict.stderr).toContain(
			'StatefulSet in version "v1" cannot be handled as a StatefulSet: strict decoding error: unknown field "spec.replica"',
		);
		const invalid = await kubectl("create -f -", { input: stringify(statefulSet("bad", { replicas: -3 })) });
		expect(invalid.stderr).toBe(
			'The StatefulSet "bad" is invalid: spec.replicas: Invalid value: -3: must be greater than or equal to 0\n',
		);
		const denied = await kubectl("get sts bad", { user: "eve" });
		expect(denied.stderr).toBe(
			'Error from server (Forbidden): statefulsets.apps "bad" is forbidden: User "eve" cannot get resource "statefulsets" in API group "apps" in the namespace "default"\n',
		);
	});

	it.each(["false", "true"])("waits for changes, with watch lists %s", async (watchList) => {
		const env = { KUBE_FEATURE_WatchListClient: watchList };
		server.api.create(STATEFULSETS, statefulSet("awaited"));
		const waiting = ok("wait --for=jsonpath={.spec.replicas}=7 sts/awaited --timeout=20s", { env });
		const gone = ok("wait --for=delete sts/awaited --timeout=20s", { env });
		await ok("scale sts awaited --replicas=7");
		expect(await waiting).toBe("statefulset.apps/awaited condition met");
		const rollout = kubectl("rollout status sts/awaited --timeout=20s", { env });
		const ready = (set: KubernetesObject) => {
			const revisions = { currentRevision: "awaited-1", updateRevision: "awaited-1" };
			const counts = { replicas: 7, readyReplicas: 7, availableReplicas: 7, updatedReplicas: 7, currentReplicas: 7 };
			set.status = { observedGeneration: 2, ...counts, ...revisions };
		};
		server.api.modify(STATEFULSETS, "default", "awaited", ready, "status");
		expect((await rollout).stdout).toContain("partitioned roll out complete: 7 new pods have been updated");
		await ok("delete sts awaited");
		await gone;
	});

	it("shows pods, their logs and what happened, and runs commands in them", async () => {
		server.api.create(PODS, pod("etcd-0", { nodeName: "node-1" }));
		const about = server.api.get<KubernetesObject>(PODS, "default", "etcd-0") ?? pod("etcd-0");
		server.api.event(about, {
			type: "Normal",
			reason: "Started",
			message: "Started container etcd",
			component: "kubelet",
		});
		expect(await ok("get pods -o wide")).toMatch(
			/^NAME +READY +STATUS +RESTARTS +AGE +IP +NODE +NOMINATED NODE +READINESS GATES\n/,
		);
		expect(await ok("get events")).toMatch(
			/^LAST SEEN +TYPE +REASON +OBJECT +MESSAGE\n\d+s +Normal +Started +pod\/etcd-0 +Started container etcd$/,
		);
		expect(await ok("describe pod etcd-0")).toContain("Started container etcd");
		expect(await ok("events --for pod/etcd-0")).toContain("Started container etcd");
		expect(await ok("logs etcd-0")).toBe("hello from etcd\nbye");
		expect((await kubectl("logs etcd-0 -c nope")).stderr).toContain("container nope is not valid for pod etcd-0");
		const echoed = await kubectl("exec -i etcd-0 -- cat", { input: "to the pod and back" });
		expect([echoed.code, echoed.stdout]).toEqual([3, "to the pod and back"]);
		expect((await kubectl("delete pod etcd-0 --grace-period=0 --force")).code).toBe(0);
		expect(server.api.get(PODS, "default", "etcd-0")).toBeUndefined();
	});
});
