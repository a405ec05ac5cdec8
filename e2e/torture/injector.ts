import { setTimeout as sleep } from "node:timers/promises";
import { labFaults } from "quorate-lab";
import { kubectl } from "../kubectl.ts";
import type { ApiDoor } from "./api-door.ts";
import { describeFault, type Fault, type Target } from "./fault.ts";
import { type LabCluster, NAMESPACE, podName, SET } from "./lab-cluster.ts";

/** What a fault did to whom, for the contract. */
export interface Done {
	readonly fault: Fault;
	readonly from: number;
	/** undefined: it lasts */
	until: number | undefined;
	/** it concerns members, nodes or the StatefulSet, not the tool and its way alone */
	readonly touches: boolean;
	pod: string | undefined;
	/** of a disk that was lost: what there was a moment later, when what was under way had been done */
	wiped?: Wiped;
	/** why it could not be brought about: its pod is not there, say */
	failed?: string;
}

export interface Wiped {
	/** those that are left are no quorum: nothing may be changed any more */
	readonly quorumLost: boolean;
	readonly voters: readonly string[];
	readonly replicas: number;
	/** claims and volumes */
	readonly storage: readonly string[];
}

export interface InjectorOptions {
	cluster: LabCluster;
	/** with all rights, past the door */
	kubeconfig: string;
	door: ApiDoor;
	tell: (text: string) => void;
}

/** Brings faults about in a lab, and puts all of them right again. */
export class Injector {
	readonly done: Done[] = [];
	readonly #options: InjectorOptions;
	readonly #beginning = new Set<Promise<unknown>>();
	readonly #undo = new Map<Done, () => Promise<unknown>>();

	constructor(options: InjectorOptions) {
		this.#options = options;
	}

	/** Resolves when it is over, its time included. Never rejects: what could not be done is told in {@link done}. */
	async bringAbout(fault: Fault): Promise<void> {
		const { tell } = this.#options;
		const pod = "target" in fault ? await this.#podOf(fault.target).catch(() => undefined) : undefined;
		const touches = !["sigkill", "second-run", "other-person", "api-away", "port-forward-cut"].includes(fault.kind);
		const done: Done = { fault, from: performance.now(), until: undefined, touches, pod };
		this.done.push(done);
		tell(`! ${describeFault(fault)}${pod === undefined ? "" : `: ${pod}`}`);
		try {
			const acting = this.#act(fault, done);
			const begun = acting.catch(() => {}).finally(() => this.#beginning.delete(begun));
			this.#beginning.add(begun);
			const undo = await acting;
			if (undo && "lastsMs" in fault) {
				this.#undo.set(done, undo);
				await sleep(fault.lastsMs);
				await this.#end(done);
			}
		} catch (error) {
			done.failed = error instanceof Error ? error.message : String(error);
			tell(`! could not: ${done.failed}`);
		} finally {
			done.until ??= performance.now();
		}
	}

	/** Ends what lasts, and what is just being brought about as soon as it is. */
	async heal(): Promise<void> {
		await Promise.all(this.#beginning);
		for (const done of [...this.#undo.keys()]) await this.#end(done);
		this.#options.door.open();
		await labFaults(this.#options.cluster.name).heal();
	}

	/** Of every member that was full at some time. */
	async clearFull(): Promise<void> {
		for (const { fault, pod } of this.done)
			if (pod !== undefined && /full/.test(fault.kind))
				await this.#clear(pod).catch((error: unknown) => this.#options.tell(`! not cleared: ${error}`));
	}

	async #end(done: Done): Promise<void> {
		const undo = this.#undo.get(done);
		if (!this.#undo.delete(done)) return;
		// the pod may be gone, or another one by now, with which all is well
		await undo?.().catch((error: unknown) => this.#options.tell(`! not undone: ${error}`));
		this.#options.tell(`! over: ${describeFault(done.fault)}`);
		done.until = performance.now();
	}

	/** @returns what puts it right, where it lasts */
	async #act(fault: Fault, done: Done): Promise<(() => Promise<unknown>) | undefined> {
		const { cluster, kubeconfig, door } = this.#options;
		const lab = labFaults(cluster.name);
		switch (fault.kind) {
			case "sigkill":
			case "second-run":
			case "other-person":
				return undefined;
			case "port-forward-cut":
				door.cut();
				return undefined;
			case "api-away":
				door.shut();
				return async () => door.open();
			case "kubectl-scale": {
				const replicas = ((await cluster.statefulSet()).spec?.replicas ?? 0) + fault.by;
				// one fewer takes that pod away
				if (fault.by < 0) done.pod = podName(replicas);
				await kubectl(kubeconfig, ["scale", "sts", SET, "-n", NAMESPACE, `--replicas=${replicas}`]);
				return undefined;
			}
		}
		const { pod } = done;
		if (pod === undefined) throw new Error("there is no such pod");
		switch (fault.kind) {
			case "leader-lost":
			case "container-killed":
				await lab.kill([pod]);
				return undefined;
			case "pod-deleted":
				await kubectl(kubeconfig, ["delete", "pod", pod, "-n", NAMESPACE, "--grace-period=1", "--wait=false"]);
				return undefined;
			case "member-frozen":
				await lab.freeze([pod]);
				return () => lab.thaw([pod]);
			case "member-cut": {
				const others = (await cluster.pods()).map(({ metadata }) => metadata?.name ?? "").filter((one) => one !== pod);
				await lab.cut([pod], others.length > 0 ? { from: others } : {});
				return () => lab.heal();
			}
			case "database-full":
			case "disk-full":
				// where it is stopped half-way, by another fault, the alarm may be there all the same
				await lab.fill([pod], { what: fault.kind === "disk-full" ? "disk" : "database" }).catch(async (error) => {
					await this.#clear(pod);
					throw error;
				});
				return () => this.#clear(pod);
			case "node-off":
			case "disk-wiped":
			case "node-gone": {
				const node = (await cluster.pods()).find(({ metadata }) => metadata?.name === pod)?.spec?.nodeName;
				if (node === undefined) throw new Error(`${pod} is on no node`);
				if (fault.kind === "node-gone" && (await cluster.sample()).healthy.includes(pod))
					throw new Error(`${pod} votes already`);
				const voters = fault.kind === "disk-wiped" ? await this.#voters(pod) : [];
				await lab.stopNode(node);
				if (fault.kind === "disk-wiped") done.wiped = await this.#whatIsLeft(pod, voters);
				return async () => {
					if (fault.kind !== "node-off") await lab.wipeNode(node);
					await lab.startNode(node);
				};
			}
		}
	}

	/** Those that vote; on a busy machine it may take some looks until one answers. Nobody answers: the pod itself, to be on the safe side. */
	async #voters(pod: string): Promise<string[]> {
		for (let tries = 0; tries < 5; tries++) {
			const { members = [] } = await this.#options.cluster.sample();
			if (members.length > 0) return members.filter(({ isLearner }) => !isLearner).map(({ name }) => name);
			await sleep(500);
		}
		return [pod];
	}

	async #whatIsLeft(pod: string, before: readonly string[]): Promise<Wiped> {
		const { cluster } = this.#options;
		// a change that was under way ends, and the others choose a leader
		await sleep(4000);
		const [{ members, replicas }, storage] = await Promise.all([cluster.sample(), cluster.leftovers()]);
		const now = members?.filter(({ isLearner }) => !isLearner).map(({ name }) => name);
		// one that was just taken out counts no more
		const voters = now && now.length > 0 ? now : before;
		const left = voters.filter((name) => name !== pod).length;
		return {
			voters,
			quorumLost: voters.includes(pod) && left < Math.floor(voters.length / 2) + 1,
			replicas,
			storage: storage.filter((one) => /^(claim|volume) /.test(one)),
		};
	}

	/** A member that is just being restarted cannot be defragmented: again until it can. */
	async #clear(pod: string): Promise<void> {
		for (let tries = 0; ; tries++) {
			try {
				await labFaults(this.#options.cluster.name).clear([pod]);
				return;
			} catch (error) {
				const { cluster, kubeconfig } = this.#options;
				const pods = (await cluster.pods()).map(({ metadata }) => metadata?.name ?? "");
				const [other] = pods.filter((name) => name !== pod && name.startsWith(SET));
				// it was about to leave, and its alarm is the cluster's: any member disarms it
				if (!pods.includes(pod) && other !== undefined) {
					await kubectl(kubeconfig, ["exec", other, "-n", NAMESPACE, "--", "etcdctl", "alarm", "disarm"]);
					return;
				}
				if (tries === 20) throw error;
				await sleep(1000);
			}
		}
	}

	async #podOf(target: Target): Promise<string | undefined> {
		const { cluster } = this.#options;
		if (target === "leader") return cluster.leader();
		if (target === "first") return podName(0);
		const pods = (await cluster.pods())
			.map(({ metadata }) => metadata?.name ?? "")
			.filter((name) => name.startsWith(`${SET}-`));
		if (target === "second") return pods.includes(podName(1)) ? podName(1) : podName(0);
		return pods.sort().at(-1);
	}
}
