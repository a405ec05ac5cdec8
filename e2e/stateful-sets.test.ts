import { spawn } from "node:child_process";
import { setTimeout as sleep } from "node:timers/promises";
import { downLab, findKubectl, labKubeconfig, upLab } from "quorate-lab";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { REAL_KUBECONFIG, REAL_VERSIONS } from "./cluster-under-test.ts";
import { podsOf, type SeenPod, uids, untilPods } from "./guide/pods.ts";
import { EDIT, VOLUME } from "./guide/steps.ts";
import { Walker } from "./guide/walker.ts";
import { guideCluster } from "./guide-cluster.ts";
import { kubectl } from "./kubectl.ts";

/** What the guide says of StatefulSets, on plain etcd: nobody adds the new member there, whichever Kubernetes it is. */
const LAB = `sets-${process.pid}`;
const targets: [string, string, () => Promise<string>][] = [
	["the lab", "etcd:latest", async () => upLab({ name: LAB, volumes: 0 }, {}).then(() => labKubeconfig(LAB))],
];
const real = REAL_KUBECONFIG;
if (real) targets.push(["a real Kubernetes", `etcd:${REAL_VERSIONS[0]}`, async () => real]);

describe.each(targets)("StatefulSets of etcd on %s", (_target, image, begin) => {
	let kubeconfig: string;
	let walker: Walker;
	beforeAll(async () => {
		kubeconfig = await begin();
		walker = await Walker.begin(kubeconfig);
	});
	afterAll(async () => {
		await walker?.end();
		if (kubeconfig !== real) await downLab(LAB);
	});

	describe.each(["OrderedReady", "Parallel"] as const)("%s", (podManagementPolicy) => {
		const namespace = `sets-${process.pid}-${podManagementPolicy.toLowerCase()}`;
		const set = `sts/mayastor-etcd -n ${namespace}`;
		const inNamespace = (text: string) =>
			text.replaceAll("-n mayastor", `-n ${namespace}`).replace(/^( +namespace:) mayastor$/m, `$1 ${namespace}`);
		const volume = `${namespace}-volume-3`;
		let pods: SeenPod[];

		beforeAll(async () => {
			// One after the other, none could become healthy: each is Ready once its peers have found it there for a while.
			const reachable = { tcpSocket: { port: 2380 }, periodSeconds: 1, successThreshold: 3 };
			const probe = podManagementPolicy === "OrderedReady" ? { readinessProbe: reachable } : {};
			const items = guideCluster({ namespace, image, podManagementPolicy, ...probe });
			await kubectl(kubeconfig, ["apply", "-f", "-"], JSON.stringify({ apiVersion: "v1", kind: "List", items }));
			pods = await untilPods(walker, (all) => all.length === 3 && all.every(({ ready }) => ready), namespace);
		});
		afterAll(async () => {
			await walker.type(`kubectl delete namespace ${namespace} --wait=false`);
			await walker.type(
				`kubectl delete pv ${[0, 1, 2, 3].map((o) => `${namespace}-volume-${o}`).join(" ")} --ignore-not-found --wait=false`,
			);
		});

		it("creates its pods by that policy", () => {
			const inTurn = pods.slice(1).map((pod, index) => Date.parse(pod.created) >= Date.parse(pods[index]?.ready ?? ""));
			if (podManagementPolicy === "OrderedReady") expect(inTurn).toEqual([true, true]);
			else expect(new Set(pods.map(({ created }) => Date.parse(created))).size).toBeLessThan(3);
		});

		it("restarts no pod by an edit while the last is Pending", async () => {
			await walker.type(`kubectl scale ${set} --replicas=4`);
			const [, , , last] = await untilPods(walker, (all) => all.length === 4, namespace);
			await walker.type(inNamespace(EDIT.command));
			if (podManagementPolicy === "Parallel")
				await untilPods(walker, (all) => all.length === 4 && all[3]?.uid !== last?.uid, namespace);
			else await walker.until(`kubectl get ${set} -o jsonpath='{.status.observedGeneration}'`, (seen) => seen === "3");
			const after = await podsOf(walker, namespace);
			expect(uids(after.slice(0, 3))).toEqual(uids(pods));
			if (podManagementPolicy === "OrderedReady") expect(after[3]?.uid).toBe(last?.uid);
		});

		it("ends in a crash loop of the new pod alone, since nobody adds the member", async () => {
			const { file } = VOLUME;
			const text = inNamespace(`${file?.text}\n`)
				.replace("name: etcd-volume-3", `name: ${volume}`)
				.replaceAll("/mayastor/", `/${namespace}/`);
			await kubectl(kubeconfig, ["apply", "-f", "-"], text);
			const restarts = "{.status.containerStatuses[0].restartCount}";
			await walker.until(
				`kubectl get pod mayastor-etcd-3 -n ${namespace} -o jsonpath='${restarts}'`,
				(count) => Number(count) > 0,
			);
			const why =
				podManagementPolicy === "Parallel"
					? /member count is unequal/
					: // from 3.5 on the log is JSON
						/couldn't find local name \\?"mayastor-etcd-3\\?"/;
			await walker.until(`kubectl logs mayastor-etcd-3 -n ${namespace}`, (log) => why.test(log));
			expect(uids((await podsOf(walker, namespace)).slice(0, 3))).toEqual(uids(pods));
		});

		it("ends its pods in reverse, and keeps names, claims and volumes with the ordinal", async () => {
			const bound = `kubectl get pvc -n ${namespace} -o jsonpath='{range .items[*]}{.metadata.name} {.spec.volumeName}{"\\n"}{end}'`;
			const claims = await walker.type(bound);
			const watch = await watchPods(kubeconfig, namespace);
			await walker.type(`kubectl scale ${set} --replicas=1`);
			await untilPods(walker, (all) => all.length === 1, namespace);
			const events = await watch.end();
			// The first pod is next to be rolled onto the edited template, now that none is in its way.
			const gone = events
				.filter(({ type, name }) => type === "DELETED" && name !== "mayastor-etcd-0")
				.map(({ name }) => name);
			expect(gone).toHaveLength(3);
			if (podManagementPolicy === "OrderedReady") {
				expect(gone).toEqual([3, 2, 1].map((ordinal) => `mayastor-etcd-${ordinal}`));
				for (const [before, after] of [
					[3, 2],
					[2, 1],
				]) {
					const ended = events.findIndex(({ type, name }) => type === "DELETED" && name.endsWith(`-${before}`));
					const marked = events.findIndex(({ ending, name }) => ending && name.endsWith(`-${after}`));
					expect(marked, `${after} after ${before}`).toBeGreaterThan(ended);
				}
			}
			expect(await walker.type(bound)).toBe(claims);
			expect(claims.split("\n")).toEqual(
				[0, 1, 2, 3].map((ordinal) => `data-mayastor-etcd-${ordinal} ${namespace}-volume-${ordinal}`),
			);
		});
	});
});

/** Everything that happens to the namespace's pods, from now on. */
async function watchPods(kubeconfig: string, namespace: string) {
	const { path } = await findKubectl();
	const line = 'jsonpath={.type} {.object.metadata.name} {.object.metadata.deletionTimestamp}{"\\n"}';
	const args = ["--kubeconfig", kubeconfig, "get", "pods", "-n", namespace, "-w", "--output-watch-events", "-o", line];
	const child = spawn(path, args, { stdio: ["ignore", "pipe", "inherit"] });
	let text = "";
	child.stdout.setEncoding("utf8").on("data", (more: string) => {
		text += more;
	});
	while (!text.includes("mayastor-etcd-3")) await sleep(50);
	return {
		async end() {
			const closed = new Promise((resolve) => child.once("close", resolve));
			await sleep(500);
			child.kill("SIGTERM");
			await closed;
			return text
				.trim()
				.split("\n")
				.map((event) => {
					const [type = "", name = "", time = ""] = event.split(" ");
					return { type, name, ending: time !== "" };
				});
		},
	};
}
