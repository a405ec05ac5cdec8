import type { ClusterView, MemberView, PodView } from "../../cluster/cluster-view.ts";
import type { Departed } from "../../cluster/histories.ts";
import { statusOf } from "../testing/views.ts";
import type { Core } from "./core.ts";
import { dividedEtcd } from "./divided.ts";
import { idOf, STRANGER_ID } from "./ids.ts";
import { podName } from "./names.ts";
import { CLUSTER } from "./see-record.ts";
import type { Setup } from "./setup.ts";
import { isApart, isUp, type World } from "./world.ts";

type Etcd = ClusterView["etcd"];

const BEHIND = 5000n;

/** Asks the members whose pods are seen to run. Made once for a setup: their URLs never change. */
export class EtcdEyes {
	readonly #setup: Setup;
	readonly #core: Core;
	readonly #peerURLs: readonly (readonly string[])[];
	readonly #clientURLs: readonly (readonly string[])[];

	/** @param slots how many there are */
	constructor(setup: Setup, core: Core, slots: number) {
		this.#setup = setup;
		this.#core = core;
		const urls = (port: number) =>
			Array.from({ length: slots }, (_, slot) => [
				`http://${podName(setup, slot)}.mayastor-etcd-headless.mayastor.svc.cluster.local:${port}`,
			]);
		this.#peerURLs = urls(2380);
		this.#clientURLs = urls(2379);
	}

	/** @param departed members that the record tells of as taken out, by slot */
	see(w: World, pods: readonly PodView[], departed: readonly Departed[]): Etcd {
		const first = this.#setup.firstOrdinal ?? 0;
		const asked = new Set(pods.flatMap((pod) => (pod.running ? [pod.ordinal - first] : [])));
		const whole = this.#whole(w, asked);
		const divided = w.twin !== "none" || w.pods.some((_, slot) => isApart(w, slot));
		return divided ? dividedEtcd(w, this.#core, whole, asked, departed) : whole;
	}

	#whole(w: World, asked: ReadonlySet<number>): Etcd {
		const answers = (slot: number) => asked.has(slot) && isUp(w, slot);
		const { leader } = w;
		const leaderAnswers = leader !== undefined && answers(leader);
		const members: MemberView[] = w.members.flatMap((member, slot) => {
			if (!member) return [];
			const up = answers(slot);
			const behind = w.pods[slot]?.stage === "behind";
			return [
				{
					id: idOf(slot),
					name: member.started ? podName(this.#setup, slot) : "",
					ordinal: slot + (this.#setup.firstOrdinal ?? 0),
					peerURLs: this.#peerURLs[slot] ?? [],
					clientURLs: member.started ? (this.#clientURLs[slot] ?? []) : [],
					isLearner: member.learner,
					status: up
						? { ...statusOf(idOf(slot)), leader: leader === undefined ? 0n : idOf(leader), isLearner: member.learner }
						: undefined,
					trouble: up ? undefined : "does not answer",
					lag: up && leaderAnswers ? (behind ? BEHIND : 0n) : undefined,
				},
			];
		});
		const common = { clusterId: CLUSTER };
		const told = leader !== undefined && members.some((m) => m.status !== undefined && !m.isLearner);
		if (!told)
			return {
				...common,
				trouble: "no voter answers",
				leader: undefined,
				alarms: [],
				members: members.filter((m) => m.status),
			};
		if (w.stranger !== "none")
			members.push({
				id: STRANGER_ID,
				name: w.stranger === "voter" ? "elsewhere" : "",
				ordinal: undefined,
				peerURLs: ["http://elsewhere:2380"],
				clientURLs: [],
				isLearner: w.stranger === "learner",
				status: w.stranger === "voter" ? { ...statusOf(STRANGER_ID), leader: idOf(leader) } : undefined,
				trouble: w.stranger === "voter" ? undefined : "its pod does not run",
				lag: w.stranger === "voter" ? 0n : undefined,
			});
		const alarms = w.alarm ? [{ memberId: idOf(0), type: "NOSPACE" as const }] : [];
		return { ...common, trouble: undefined, leader: idOf(leader), members, alarms };
	}
}
