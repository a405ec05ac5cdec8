import { readdir, readFile } from "node:fs/promises";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import type { Container, Endpoints, Namespace, Pod, Service, ServiceAccount } from "kubernetes-types/core/v1";
import { bootstrap } from "../../api/bootstrap.ts";
import { inProcessApi } from "../../api/in-process.ts";
import { KINDS } from "../../api/kinds/index.ts";
import { Registry } from "../../api/machinery/registry.ts";
import { Resources } from "../../api/machinery/resources.ts";
import { Store } from "../../api/machinery/store.ts";
import { ENDPOINTS, NAMESPACES, PODS, SERVICEACCOUNTS, SERVICES } from "../../api/resources.ts";
import { timeLimit } from "../../time-limit.ts";
import { startNodes } from "../index.ts";
import type { StoredPod } from "../pod.ts";

/** Three members of etcd on three nodes, and what is seen of them: run by nodes.test.ts inside a machine. */
const [stateDir = "", bwrap = "", folder = "", version = ""] = process.argv.slice(2);
const namespace = "m";
const names = ["etcd-0", "etcd-1", "etcd-2"];
const domain = `peers.${namespace}.svc.cluster.local`;
const clientPort = { name: "client", port: 2379 };

const registry = new Registry();
for (const kind of KINDS) registry.add(kind);
const api = inProcessApi(new Resources(new Store(), registry));
bootstrap(api);
const nodes = await startNodes({
	api,
	bwrap,
	stateDir,
	nodes: names.map((_, n) => ({ name: `node-${n}`, disk: `${stateDir}/disks/node-${n}` })),
	findEtcd: async (asked) => (asked === version ? { folder, version } : undefined),
});

const pod = (name: string) => api.get<StoredPod>(PODS, namespace, name);
const isReady = (one: Pod | undefined) =>
	one?.status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;

function service(name: string, spec: Service["spec"]): void {
	api.create<Service>(SERVICES, {
		apiVersion: "v1",
		kind: "Service",
		metadata: { name, namespace },
		spec: { ...spec },
	});
	api.create<Endpoints>(ENDPOINTS, { apiVersion: "v1", kind: "Endpoints", metadata: { name, namespace } });
}

/** Stands in for the endpoints controller. */
function follow(name: string, wanted: (one: Pod) => boolean): void {
	api.watch<StoredPod>(PODS, () => {
		const pods = api.list<StoredPod>(PODS, { namespace, labelSelector: "app=etcd" });
		const up = pods.filter((one) => one.status?.podIP && wanted(one));
		const addresses = up.map((one) => ({ ip: one.status?.podIP ?? "", hostname: one.metadata.name }));
		api.modify<Endpoints>(ENDPOINTS, namespace, name, (copy) => {
			if (JSON.stringify(copy.subsets?.[0]?.addresses ?? []) === JSON.stringify(addresses)) return false;
			Object.assign(copy, { subsets: addresses.length > 0 ? [{ addresses, ports: [clientPort] }] : [] });
			return true;
		});
	});
}

function member(name: string, number: number, change: Partial<Container> = {}): void {
	const env = {
		ETCD_NAME: "$(MY_POD_NAME)",
		ETCD_DATA_DIR: "/bitnami/etcd/data",
		ETCD_ADVERTISE_CLIENT_URLS: `http://$(MY_POD_NAME).${domain}:2379`,
		ETCD_LISTEN_CLIENT_URLS: "http://0.0.0.0:2379",
		ETCD_INITIAL_ADVERTISE_PEER_URLS: `http://$(MY_POD_NAME).${domain}:2380`,
		ETCD_LISTEN_PEER_URLS: "http://0.0.0.0:2380",
		ETCD_INITIAL_CLUSTER: names.map((one) => `${one}=http://${one}.${domain}:2380`).join(","),
	};
	const container: Container = {
		name: "etcd",
		image: `etcd:${version}`,
		env: [
			{ name: "MY_POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
			...Object.entries(env).map(([name, value]) => ({ name, value })),
		],
		ports: [{ name: "client", containerPort: 2379 }],
		readinessProbe: { httpGet: { path: "/health", port: "client" }, initialDelaySeconds: 60 },
		volumeMounts: [{ name: "data", mountPath: "/bitnami/etcd" }],
		...change,
	};
	api.create<Pod>(PODS, {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name, namespace, labels: { app: "etcd" } },
		spec: {
			nodeName: `node-${number}`,
			hostname: name,
			subdomain: "peers",
			containers: [container],
			volumes: [{ name: "data", hostPath: { path: `/var/local/pod-${number}` } }],
		},
	});
}

async function until(what: string, condition: () => boolean): Promise<void> {
	for (const end = Date.now() + 30_000; !condition(); await sleep(20)) {
		if (Date.now() < end) continue;
		throw new Error(`${what}: ${JSON.stringify(api.list<Pod>(PODS).map(({ status }) => status?.containerStatuses))}`);
	}
}

async function exec(name: string, command: string[], input?: string, tty = false) {
	const session = await nodes.exec(pod(name) ?? {}, "etcd", { command, stdin: input !== undefined, tty });
	if (tty) session.resize(101, 33);
	if (input !== undefined) session.stdin.end(input);
	const [stdout, stderr] = await Promise.all([text(session.stdout), session.stderr ? text(session.stderr) : ""]);
	return { code: await session.exited, stdout, stderr };
}

async function log(name: string, previous: boolean): Promise<string> {
	const chunks: Uint8Array[] = [];
	const options = previous ? { previous } : {};
	for await (const chunk of nodes.logs(pod(name) ?? {}, "etcd", options, timeLimit(5000))) chunks.push(chunk);
	return Buffer.concat(chunks).toString();
}

/** Programs that run in here beside this one. */
async function programs(): Promise<string[]> {
	const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
	return Promise.all(pids.map((pid) => readFile(`/proc/${pid}/comm`, "utf8").catch(() => "")));
}

const failure = (promise: Promise<unknown>) =>
	promise.then(
		() => "none",
		(error: Error) => error.message,
	);

api.create<Namespace>(NAMESPACES, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
api.create<ServiceAccount>(SERVICEACCOUNTS, {
	apiVersion: "v1",
	kind: "ServiceAccount",
	metadata: { name: "default", namespace },
	automountServiceAccountToken: false,
});
service("peers", { clusterIP: "None", publishNotReadyAddresses: true, ports: [clientPort] });
service("client", { ports: [clientPort] });
// The address takes a moment to be the machine's.
let unserved = "";
for (const end = Date.now() + 10_000; !unserved.includes("ECONNREFUSED") && Date.now() < end; await sleep(20)) {
	unserved = await failure(nodes.dialAddress("client.m", 2379));
}
follow("peers", () => true);
follow("client", isReady);
names.forEach((name, number) => {
	member(name, number);
});
await until("three members ready", () => names.every((name) => isReady(pod(name))));

const etcdctl = (name: string, ...args: string[]) =>
	exec(name, ["etcdctl", "--command-timeout=2s", "--dial-timeout=1s", ...args]);
const members = (await etcdctl("etcd-0", "member", "list")).stdout.trim().split("\n").length;
const put = await etcdctl("etcd-1", "--endpoints=client:2379", "put", "key", "value");
const got = await etcdctl("etcd-2", "--endpoints=http://client.m.svc:2379", "get", "key", "--print-value-only");
const direct = await nodes.dialAddress("etcd-1.peers.m", 2379);
direct.write("GET /version HTTP/1.0\r\n\r\n");
const answer = await text(direct);
const execs = {
	exit: await exec("etcd-0", ["sh", "-c", "echo out; echo err >&2; exit 7"]),
	signal: await exec("etcd-0", ["sh", "-c", "kill -9 $$"]),
	input: await exec("etcd-0", ["sh", "-c", "cat > /tmp/file; wc -c < /tmp/file"], "x".repeat(100_000)),
	shared: await exec("etcd-0", [
		"sh",
		"-c",
		"wc -c < /tmp/file; hostname; pwd; cat /proc/1/comm; echo $ETCD_NAME > /dev/stdout",
	]),
	terminal: await exec("etcd-0", ["sh", "-c", "read line; test -t 0 && stty size; exit 3"], "\n", true),
	missing: await failure(exec("etcd-0", ["nope"])),
};

const one = pod("etcd-2");
if (!one) throw new Error("no pod etcd-2");
await nodes.faults.cut(one);
const cutOff = await etcdctl("etcd-0", `--endpoints=etcd-2.${domain}:2379`, "endpoint", "status");
await nodes.faults.heal();
const healed = await etcdctl("etcd-0", `--endpoints=etcd-2.${domain}:2379`, "endpoint", "status");

await nodes.faults.kill(one, "SIGKILL");
const restarted = () => pod("etcd-2")?.status?.containerStatuses?.[0]?.restartCount === 1;
await until("etcd-2 restarted", () => restarted() && isReady(pod("etcd-2")));
const killed = pod("etcd-2")?.status?.containerStatuses?.[0]?.lastState?.terminated;
const previous = (await log("etcd-2", true)).includes("ready to serve client requests");
const kept = await etcdctl("etcd-2", "get", "key", "--print-value-only");

await nodes.faults.stopNode("node-1");
const offline = await failure(exec("etcd-1", ["true"]));
await nodes.faults.startNode("node-1");
await until(
	"etcd-1 came up with its node",
	() => isReady(pod("etcd-1")) && pod("etcd-1")?.status?.podIP === "198.18.2.3",
);

api.delete(PODS, namespace, "etcd-2");
await until("etcd-2 deleted", () => !pod("etcd-2"));
const running = (await programs()).filter((name) => name === "etcd\n").length;
await nodes.stop();
const left = (await programs()).filter((name) => name !== "");
console.log(
	JSON.stringify({
		...{ unserved, members, put, got, answer, execs, cutOff, healed, killed, previous, kept, offline, running, left },
	}),
);
process.exit(0);
