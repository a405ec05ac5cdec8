import { setTimeout as sleep } from "node:timers/promises";
import { downLab, labFaults, labKubeconfig, upLab } from "quorate-lab";
import { kubectl } from "./kubectl.ts";

const NAMESPACE = "mayastor";
const SET = "mayastor-etcd";

/** As in Mayastor 2.0–2.9, and as from 2.10 on. */
export const IMAGES = { old: "bitnami/etcd:3.5.6-debian-11-r10", new: "openebs/etcd:3.6.4-debian-12-r0" };

export interface Member {
	/** hexadecimal */
	id: string;
	started: boolean;
	name: string;
	peerURL: string;
	isLearner: boolean;
}

/** The guide's cluster on one of Bitnami's images, and the commands by which people get into trouble with it. */
export class AccidentCluster {
	readonly #name: string;
	readonly kubeconfig: string;

	private constructor(name: string, kubeconfig: string) {
		this.#name = name;
		this.kubeconfig = kubeconfig;
	}

	static async up(image: string, members = 3, keys: { empty?: boolean } = {}): Promise<AccidentCluster> {
		const name = `accidents-${process.pid}-${members}-${image.replaceAll(/\W+/g, "-").slice(0, 12)}`;
		await upLab({ name, image, members, ...(keys.empty ? keys : { volumes: 5 }) }, {});
		return new AccidentCluster(name, await labKubeconfig(name));
	}

	async down(): Promise<void> {
		await downLab(this.#name);
	}

	kubectl(...args: string[]): Promise<string> {
		return kubectl(this.kubeconfig, ["-n", NAMESPACE, ...args]);
	}

	apply(object: object): Promise<string> {
		return kubectl(this.kubeconfig, ["apply", "-n", NAMESPACE, "-f", "-"], JSON.stringify(object));
	}

	scale(replicas: number): Promise<string> {
		return this.kubectl("scale", "sts", SET, `--replicas=${replicas}`);
	}

	/** Scales down, and waits for the last pod's end; `grace` in seconds for one that would not heed a signal. */
	async scaleDown(replicas: number, grace?: number): Promise<void> {
		await this.scale(replicas);
		if (grace !== undefined)
			await this.kubectl("delete", "pod", pod(replicas), `--grace-period=${grace}`, "--ignore-not-found");
		await this.kubectl("wait", "pod", pod(replicas), "--for=delete", "--timeout=60s");
	}

	/** What the guide's pv-etcd.yaml has, for that ordinal. */
	createVolume(ordinal: number): Promise<string> {
		return this.apply({
			apiVersion: "v1",
			kind: "PersistentVolume",
			metadata: { name: `etcd-volume-${ordinal}` },
			spec: {
				accessModes: ["ReadWriteOnce"],
				capacity: { storage: "2Gi" },
				claimRef: {
					apiVersion: "v1",
					kind: "PersistentVolumeClaim",
					name: `data-${pod(ordinal)}`,
					namespace: NAMESPACE,
				},
				hostPath: { path: `/var/local/mayastor/etcd/pod-${ordinal}`, type: "" },
				persistentVolumeReclaimPolicy: "Delete",
				storageClassName: "manual",
				volumeMode: "Filesystem",
			},
		});
	}

	/** Runs a shell line in the etcd container. */
	inPod(ordinal: number, line: string): Promise<string> {
		return this.kubectl("exec", pod(ordinal), "-c", "etcd", "--", "sh", "-c", line);
	}

	/** The container has become etcd. */
	async etcdRuns(ordinal: number): Promise<boolean> {
		const command = await this.inPod(ordinal, "cat /proc/1/comm").catch(() => "");
		return command.trim() === "etcd";
	}

	/** Ends etcd, whose container then is started again. */
	async endEtcd(ordinal: number, before = "true"): Promise<void> {
		await until(`etcd runs in ${pod(ordinal)}`, () => this.etcdRuns(ordinal));
		// It heeds no signal in its first moments; the shell ends with its container.
		await this.inPod(ordinal, `${before}; while kill 1; do sleep 0.2; done`).catch(() => {});
	}

	/** The pod is made anew on the same volume. */
	async replacePod(ordinal: number): Promise<void> {
		await this.kubectl("delete", "pod", pod(ordinal), "--grace-period=1");
	}

	/** The pod's processes stand still, or go on. */
	async freeze(ordinal: number, frozen: boolean): Promise<void> {
		const faults = labFaults(this.#name);
		await (frozen ? faults.freeze([pod(ordinal)]) : faults.thaw([pod(ordinal)]));
	}

	/** A new machine of the same name, with an empty disk. */
	async wipeNode(name: string): Promise<void> {
		await labFaults(this.#name).wipeNode(name);
	}

	/** Scales up and names the new member in ETCD_INITIAL_CLUSTER, at once: the pods that are there roll only after the new one is Ready. */
	async scaleAndName(ordinal: number): Promise<void> {
		const path = '{.spec.template.spec.containers[0].env[?(@.name=="ETCD_INITIAL_CLUSTER")].value}';
		const members = await this.kubectl("get", "sts", SET, "-o", `jsonpath=${path}`);
		const [first = ""] = members.split(",");
		const value = `${members},${first.replaceAll(pod(0), pod(ordinal))}`;
		const containers = [{ name: "etcd", env: [{ name: "ETCD_INITIAL_CLUSTER", value }] }];
		const spec = { replicas: ordinal + 1, template: { spec: { containers } } };
		await this.kubectl("patch", "sts", SET, "-p", JSON.stringify({ spec }));
	}

	/** As one of the pods sees it. */
	async members(of = 0): Promise<Member[]> {
		const output = await this.inPod(of, "etcdctl member list");
		return output
			.trim()
			.split("\n")
			.map((line) => {
				const [id = "", status, name = "", peerURL = "", , isLearner] = line.split(", ");
				return { id, started: status === "started", name, peerURL, isLearner: isLearner === "true" };
			});
	}

	async memberOf(ordinal: number): Promise<Member | undefined> {
		return (await this.members()).find(({ peerURL }) => peerURL.includes(`//${pod(ordinal)}.`));
	}

	/** Again until etcd agrees: it wants its members to have been connected for five seconds. */
	async changeMembers(...args: string[]): Promise<void> {
		await until(`etcdctl member ${args.join(" ")}`, async () => {
			await this.inPod(0, `etcdctl member ${args.join(" ")} 2>&1`);
			return true;
		});
	}

	/** Waits for a voter of that ordinal, Ready; not `except`. */
	async voter(ordinal: number, except?: string): Promise<Member> {
		let found: Member | undefined;
		await until(`${pod(ordinal)} is a voter and Ready`, async () => {
			found = await this.memberOf(ordinal);
			if (!found?.started || found.id === except || !(await this.isReady(ordinal))) return false;
			// the scripts' own passing etcd makes a pod Ready, too
			return this.etcdRuns(ordinal);
		});
		if (!found || found.isLearner) throw new Error(`${pod(ordinal)} is no voter`);
		return found;
	}

	async isReady(ordinal: number): Promise<boolean> {
		const path = '{.status.conditions[?(@.type=="Ready")].status}';
		return (await this.kubectl("get", "pod", pod(ordinal), "-o", `jsonpath=${path}`)) === "True";
	}

	/** Waits until the etcd container's log has that, in this run or in the one before. */
	async logged(ordinal: number, text: string | RegExp): Promise<void> {
		await until(`${pod(ordinal)} logs ${text}`, async () => (await this.log(ordinal)).search(text) >= 0);
	}

	async log(ordinal: number): Promise<string> {
		const one = (...previous: string[]) =>
			this.kubectl("logs", pod(ordinal), "-c", "etcd", ...previous).catch(() => "");
		return (await one("--previous")) + (await one());
	}

	async crashLoops(ordinal: number): Promise<void> {
		const path = "{.status.containerStatuses[0].state.waiting.reason}";
		await until(`${pod(ordinal)} is in CrashLoopBackOff`, async () => {
			return (await this.kubectl("get", "pod", pod(ordinal), "-o", `jsonpath=${path}`)) === "CrashLoopBackOff";
		});
	}

	/** Runs a shell line in a pod of the same image that the cluster has nothing to do with, with an ordinal's disk at /bitnami/etcd. */
	async aside(ordinal: number, image: string, line: string, env: object[] = []): Promise<void> {
		await this.apply({
			apiVersion: "v1",
			kind: "Pod",
			metadata: { name: "aside" },
			spec: {
				restartPolicy: "Never",
				nodeName: `worker-${ordinal}`,
				containers: [
					{
						name: "aside",
						image,
						command: ["sh", "-ec", line],
						env,
						volumeMounts: [{ name: "disk", mountPath: "/bitnami/etcd" }],
					},
				],
				volumes: [{ name: "disk", hostPath: { path: `/var/local/mayastor/etcd/pod-${ordinal}`, type: "" } }],
			},
		});
		await this.kubectl("wait", "pod", "aside", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s");
		await this.kubectl("delete", "pod", "aside", "--grace-period=1");
	}
}

export const pod = (ordinal: number): string => `${SET}-${ordinal}`;

const PATIENCE = 45_000;

/** Tries until it is so; what fails counts as not yet. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
	const deadline = Date.now() + PATIENCE;
	let failure: unknown;
	for (;;) {
		try {
			if (await isSo()) return;
			failure = undefined;
		} catch (error) {
			failure = error;
		}
		if (Date.now() > deadline) throw new Error(`not within ${PATIENCE / 1000} s: ${what}`, { cause: failure });
		await sleep(250);
	}
}
