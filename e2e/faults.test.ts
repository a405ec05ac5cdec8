import { setTimeout as sleep } from "node:timers/promises";
import { dialLab, downLab, statusLab, upLab } from "quorate-lab";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { kubectl } from "./kubectl.ts";
import { quorate } from "./quorate-command.ts";

const LAB = `faults-${process.pid}`;
const PODS = ["mayastor-etcd-0", "mayastor-etcd-1", "mayastor-etcd-2"] as const;
const PATIENCE = 60_000;
let kubeconfig = "";
let keys = 0;

beforeAll(async () => {
	await upLab({ name: LAB, volumes: 5 });
	kubeconfig = (await quorate("", ["lab", "kubeconfig", "--name", LAB])).stdout.trim();
});
// what one test leaves broken must not fail the next
afterEach(() => lab("heal"));
afterAll(() => downLab(LAB));

/** `quorate lab …`; returns the lines that say what was done. */
async function lab(...args: string[]): Promise<string[]> {
	const { code, stdout, stderr } = await quorate(kubeconfig, ["lab", ...args, "--name", LAB, "-o", "json"]);
	if (code !== 0) throw new Error(stderr);
	return JSON.parse(stdout).done;
}

/** What `lab status` says is wrong. */
async function faultsTold(): Promise<string[]> {
	return (await statusLab(LAB)).machine?.faults ?? ["the lab is not up"];
}

const cluster = (...args: string[]) => kubectl(kubeconfig, ["-n", "mayastor", ...args]);
const etcdctl = (pod: string, ...args: string[]) =>
	cluster("exec", pod, "--", "etcdctl", "--command-timeout=3s", ...args);
const urlOf = (pod: string) => `http://${pod}.mayastor-etcd-headless:2379`;

interface Status {
	member: string;
	leader: string;
	term: number;
}

async function statusOf(pod: string): Promise<Status> {
	const text = await etcdctl(pod, "endpoint", "status", "--write-out=json");
	// Ids are too large for JSON.parse.
	const field = (name: string) => new RegExp(`"${name}":(\\d+)`).exec(text)?.[1] ?? "0";
	return { member: field("member_id"), leader: field("leader"), term: Number(field("raft_term")) };
}

/** The pod that leads, and the others. */
async function roles(among: readonly string[] = PODS): Promise<{ leader: string; followers: string[]; term: number }> {
	return until("there is a leader", async () => {
		const all = await Promise.all(among.map(async (pod) => ({ pod, ...(await statusOf(pod)) })));
		const [leader] = all.filter((one) => one.member === one.leader);
		if (!leader || all.some((one) => one.leader !== leader.leader)) return undefined;
		const followers = among.filter((pod) => pod !== leader.pod);
		return { leader: leader.pod, followers, term: leader.term };
	});
}

/** Writes a new key through this pod. */
async function write(pod: string): Promise<string> {
	const key = `fault/${keys++}`;
	await until(`${pod} takes a write`, async () => (await etcdctl(pod, "put", key, "written")).includes("OK"));
	return key;
}

/** Whether this member itself has applied it. */
const has = async (pod: string, key: string) =>
	(await etcdctl(pod, "get", key, "--consistency=s", "--print-value-only")).includes("written");

async function until<T>(what: string, probe: () => Promise<T | undefined | false>): Promise<T> {
	const deadline = Date.now() + PATIENCE;
	let last: unknown;
	while (Date.now() < deadline) {
		try {
			const found = await probe();
			if (found) return found;
		} catch (error) {
			last = error;
		}
		await sleep(200);
	}
	throw new Error(`not in time: ${what}`, { cause: last });
}

const isReady = (pod: string) =>
	until(`${pod} is Ready`, async () => {
		const path = '{.status.conditions[?(@.type=="Ready")].status}{.metadata.deletionTimestamp}';
		return (await cluster("get", "pod", pod, "-o", `jsonpath=${path}`)) === "True";
	});

async function container(pod: string) {
	const { status, spec } = JSON.parse(await cluster("get", "pod", pod, "-o", "json"));
	const { restartCount, lastState } = status.containerStatuses[0];
	return { restarts: restartCount as number, ended: lastState.terminated, address: status.podIP, node: spec.nodeName };
}

/** Milliseconds until a TCP connection from the machine stands; undefined where it never does. */
async function connectTime(address: string): Promise<number | undefined> {
	const began = performance.now();
	const connected = dialLab(LAB, address, 2379);
	connected.then((stream) => stream.destroy()).catch(() => undefined);
	const late = sleep(3000, undefined, { ref: false });
	const found = await Promise.race([connected.catch(() => undefined), late]);
	return found ? performance.now() - began : undefined;
}

describe("cut", () => {
	it("a follower stops applying, and catches up when healed", async () => {
		const { leader, followers } = await roles();
		const [follower = ""] = followers;
		expect(await lab("cut", follower)).toEqual([`mayastor/${follower} is cut off from everything`]);
		expect(await faultsTold()).toEqual([`mayastor/${follower} is cut off from everything`]);
		const key = await write(leader);
		await expect(etcdctl(leader, `--endpoints=${urlOf(follower)}`, "endpoint", "status")).rejects.toThrow();
		expect(await has(follower, key)).toBe(false);
		expect(await connectTime((await container(follower)).address)).toBeUndefined();
		expect(await lab("heal", follower)).toEqual([`mayastor/${follower} is connected as before`]);
		await until("the follower has caught up", () => has(follower, key));
		await isReady(follower);
	});

	it("a leader is replaced, and comes back as a follower; a write behind the cut is not taken", async () => {
		const { leader, followers, term } = await roles();
		await lab("cut", leader);
		await expect(etcdctl(leader, "put", "fault/alone", "lost")).rejects.toThrow();
		const next = await roles(followers);
		expect(next.term).toBeGreaterThan(term);
		const key = await write(next.leader);
		await lab("heal");
		await until("the former leader has caught up", () => has(leader, key));
		expect((await roles()).leader).not.toBe(leader);
	});

	it("holds for a new pod of the same name", async () => {
		const { followers, leader } = await roles();
		const [follower = ""] = followers;
		const before = (await container(follower)).address;
		await lab("cut", follower);
		await cluster("delete", "pod", follower, "--grace-period=1");
		const { address } = await until("the new pod has an address", async () => {
			const found = await container(follower);
			return found.address && found.address !== before ? found : undefined;
		});
		expect(await connectTime(address)).toBeUndefined();
		await lab("heal");
		await isReady(follower);
		const key = await write(leader);
		await until("the new pod applies", () => has(follower, key));
	});

	it("from some: those alone do not hear each other, also on connections that stand", async () => {
		const { leader, followers } = await roles();
		const [follower = "", other = ""] = followers;
		expect(await lab("cut", leader, follower, "--from", other)).toEqual([
			`nothing passes between mayastor/${leader} and mayastor/${other}`,
			`nothing passes between mayastor/${follower} and mayastor/${other}`,
		]);
		const key = await write(leader);
		await until("the one that is alone has no leader", async () => (await statusOf(other)).leader === "0");
		expect(await has(follower, key)).toBe(true);
		expect(await has(other, key)).toBe(false);
		// Whoever is on neither side reaches both.
		expect(await connectTime((await container(other)).address)).toBeDefined();
		await lab("heal", other);
		await until("it has caught up", () => has(other, key));
	});
});

describe("slow", () => {
	it("takes as long as asked for, each way, and loses nothing", async () => {
		const { followers } = await roles();
		const [follower = ""] = followers;
		const { address } = await container(follower);
		await lab("slow", follower, "--ms", "150");
		const slow = await until("it answers slowly", () => connectTime(address));
		expect(slow).toBeGreaterThanOrEqual(299);
		const large = "x".repeat(300_000);
		await kubectl(
			kubeconfig,
			["-n", "mayastor", "exec", "-i", follower, "--", "etcdctl", "--command-timeout=20s", "put", "fault/large"],
			large,
		);
		const read = await cluster(
			...["exec", follower, "--", "etcdctl", "--command-timeout=20s", "get", "fault/large", "--print-value-only"],
		);
		expect(read.trim()).toBe(large);
		expect(await lab("slow", follower, "--ms", "0")).toEqual([
			`packets to and from mayastor/${follower} are as fast as ever`,
		]);
		await until("it is fast again", async () => ((await connectTime(address)) ?? 300) < 300);
	});
});

describe("processes", () => {
	it("frozen, a member does not answer; thawed, it goes on without a restart", async () => {
		const [, pod] = PODS;
		const { restarts } = await container(pod);
		await lab("freeze", pod);
		expect(await faultsTold()).toEqual([`the processes of mayastor/${pod} stand still`]);
		await expect(etcdctl(PODS[0], `--endpoints=${urlOf(pod)}`, "endpoint", "status")).rejects.toThrow();
		await lab("thaw", pod);
		expect(await faultsTold()).toEqual([]);
		const key = await write(PODS[0]);
		await until("it applies", () => has(pod, key));
		expect((await container(pod)).restarts).toBe(restarts);
	});

	it("killed, a container is started again with its data", async () => {
		const [pod] = PODS;
		const { restarts } = await container(pod);
		const key = await write(pod);
		expect(await lab("kill", pod, "--signal", "kill")).toEqual([
			`sent SIGKILL to etcd, the main process of container etcd of mayastor/${pod}`,
		]);
		const now = await until("it was restarted", async () => {
			const found = await container(pod);
			return found.restarts === restarts + 1 ? found : undefined;
		});
		expect(now.ended).toMatchObject({ exitCode: 137, reason: "Error" });
		await isReady(pod);
		expect(await has(pod, key)).toBe(true);
	});
});

describe("fill", () => {
	it("makes etcd raise NOSPACE and refuse writes, until cleared", async () => {
		const [pod, other] = PODS;
		const key = await write(pod);
		const { member } = await statusOf(pod);
		const hex = BigInt(member).toString(16);
		expect((await lab("fill", pod)).at(-1)).toBe(`member ${hex} has raised NOSPACE: the cluster takes no writes`);
		expect(await etcdctl(other, "alarm", "list")).toMatch(new RegExp(`^memberID:${member}\\s+alarm:NOSPACE\\s*$`));
		await expect(etcdctl(other, "put", "fault/full", "x")).rejects.toThrow("database space exceeded");
		expect(await lab("clear", pod)).toEqual([`defragmented the database of mayastor/${pod}`, "disarmed all alarms"]);
		expect(await has(pod, await write(other))).toBe(true);
		expect(await has(pod, key)).toBe(true);
		await isReady(pod);
	});

	it("--disk: etcd ends with the kernel's ENOSPC, and comes back with its data when there is room", async () => {
		const [, pod, other] = PODS;
		const key = await write(pod);
		await lab("fill", pod, "--disk");
		await until("etcd says so", async () => (await cluster("logs", "-p", pod)).includes("no space left on device"));
		expect(await faultsTold()).toEqual([`the volume at /bitnami/etcd of mayastor/${pod} has no room left`]);
		const missed = await write(other);
		await lab("clear", pod);
		await isReady(pod);
		expect(await has(pod, key)).toBe(true);
		await until("it has caught up", () => has(pod, missed));
	});
});

describe("nodes", () => {
	it("stopped, all on it is gone unheard; started again, it comes up with its data", async () => {
		const [pod, , other] = PODS;
		const { node, restarts } = await container(pod);
		const override = JSON.stringify({ spec: { nodeName: node } });
		const image = await cluster("get", "pod", pod, "-o", "jsonpath={.spec.containers[0].image}");
		const run = ["run", "done", `--image=${image}`, "--restart=Never", `--overrides=${override}`];
		await cluster(...run, "--command", "--", "sh", "-c", "echo I was here");
		await cluster("wait", "pod/done", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=30s");
		const key = await write(pod);
		await lab("node", "stop", node);
		await expect(cluster("exec", pod, "--", "true")).rejects.toThrow("no route to host");
		expect(await cluster("get", "pod", pod, "-o", "jsonpath={.status.phase}")).toBe("Running");
		const missed = await write(other);
		await cluster("wait", `node/${node}`, "--for=condition=Ready=Unknown", "--timeout=60s");
		await until("its pods count as not Ready", async () => {
			const path = '{.status.conditions[?(@.type=="Ready")].status}';
			return (await cluster("get", "pod", pod, "-o", `jsonpath=${path}`)) === "False";
		});
		await lab("node", "start", node);
		await until("the pod was restarted", async () => (await container(pod)).restarts > restarts);
		await isReady(pod);
		expect((await container(pod)).ended).toMatchObject({ exitCode: 255, reason: "Unknown" });
		expect(await has(pod, key)).toBe(true);
		await until("it has caught up", () => has(pod, missed));
		await cluster("wait", `node/${node}`, "--for=condition=Ready", "--timeout=60s");
		expect(await cluster("logs", "done")).toBe("I was here\n");
	});

	it("deleted while its node is off, a pod stays Terminating until the node is on", async () => {
		const [, pod] = PODS;
		const { node } = await container(pod);
		const uid = await cluster("get", "pod", pod, "-o", "jsonpath={.metadata.uid}");
		await lab("node", "stop", node);
		await cluster("delete", "pod", pod, "--wait=false", "--grace-period=1");
		await sleep(2500);
		expect(await cluster("get", "pod", pod, "-o", "jsonpath={.metadata.uid}")).toBe(uid);
		await lab("node", "start", node);
		await until("there is a new pod", async () => (await container(pod)) && (await podUid(pod)) !== uid);
		await isReady(pod);
	});

	it("wiped, a node has lost its member's data: plain etcd refuses to join as the member that it was", async () => {
		const [, , pod] = PODS;
		const { node } = await container(pod);
		expect((await lab("node", "wipe", node)).slice(1)).toEqual([`the disk of ${node} is empty`, `${node} is on again`]);
		await until("etcd says so", async () => {
			const logs = await Promise.all([cluster("logs", pod), cluster("logs", "-p", pod).catch(() => "")]);
			return logs.join("").includes("has already been bootstrapped");
		});
	});
});

const podUid = (pod: string) => cluster("get", "pod", pod, "-o", "jsonpath={.metadata.uid}");

describe("what cannot be", () => {
	it.each([
		[["kill", "nobody"], "no pod nobody"],
		[["kill", PODS[0], "--signal", "NIX"], "unknown signal"],
		[["kill", PODS[0], "--container", "nix"], `mayastor/${PODS[0]} has no container nix`],
		[["node", "stop", "worker-99"], "no node worker-99"],
		[["cut", PODS[0], "--from", PODS[0]], `mayastor/${PODS[0]} is on both sides`],
		[["slow", PODS[0], "--ms", "-1"], "is not a whole number"],
		[["slow", PODS[0], "--ms", "100000"], "a delay is a whole number of milliseconds"],
	])("%j is told", async (args, message) => {
		await expect(lab(...args)).rejects.toThrow(message);
	});

	it("a lab that is not there is told", async () => {
		const { code, stderr } = await quorate("", ["lab", "cut", PODS[0], "--name", "nowhere"]);
		expect([code, stderr]).toEqual([1, expect.stringContaining('no lab named "nowhere"')]);
	});
});
