import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { LeavingRecord, ScalingRecord } from "../../cluster/scaling-record.ts";
import type { Goal, VolumeNode } from "../goal.ts";
import { idOf } from "./ids.ts";
import { claimName, nodeName, ONE_PATH, uidOf, volumeName } from "./names.ts";
import { rollsPods, type Setup } from "./setup.ts";
import { followed, type Leaving, type Template, type Wish, type World } from "./world.ts";

export const CLUSTER = 7n;

/**
 * The annotation as it is read.
 *
 * @param templateOf a template as it is seen
 * @param original the one that the StatefulSet was found with
 */
export function seeRecord(
	w: World,
	setup: Setup,
	templateOf: (template: Template) => PodTemplateSpec,
	original: PodTemplateSpec,
): ScalingRecord | undefined {
	const notes = followed(w);
	if (notes === undefined) return undefined;
	const { joining, rolling, named, leaving, left, proven, snapshot } = notes;
	const first = setup.firstOrdinal ?? 0;
	return {
		version: 1,
		from: notes.from,
		...(notes.voters === notes.from ? {} : { voters: notes.voters }),
		startedAt: "",
		...(notes.goal ? { goal: goalSeen(notes.goal, setup) } : {}),
		template: templateOf(notes.template),
		...(named ? { unnamed: original } : {}),
		updateStrategy: rawStrategy(setup, notes.partition),
		...(joining === undefined ? {} : { joining: joining + first }),
		...(rolling ? { rolling } : {}),
		...(leaving ? { leaving: leavingSeen(leaving, setup) } : {}),
		...(left.length > 0 ? { left: left.map((one) => leavingSeen(one, setup)) } : {}),
		...(notes.emptied.length > 0 ? { emptied: notes.emptied.map((volume) => emptiedSeen(volume, first)) } : {}),
		...(snapshot ? { snapshot: { file: "s.db", revision: "1", sha256: "", takenAt: "" } } : {}),
		...(notes.made.length > 0 ? { volumes: notes.made.map((slot) => volumeName(w, setup, slot)) } : {}),
		...(proven === undefined ? {} : { proven: { voters: proven, revision: "1" } }),
	};
}

export const rawStrategy = (setup: Setup, partition: number) =>
	setup.strategy === "OnDelete" ? { type: "OnDelete" } : { type: "RollingUpdate", rollingUpdate: { partition } };

/** As it was written down when the run began. */
function goalSeen({ replicas, keep, discard, takesBack, nodes }: Wish, setup: Setup): Goal {
	const volumeNodes = volumeNodesIn(nodes, setup);
	return {
		replicas,
		snapshot: !takesBack,
		force: true,
		...(keep ? { keepVolumes: true } : {}),
		...(discard ? { discardVolumes: true } : {}),
		...(takesBack ? { takesBack } : {}),
		...(takesBack || !rollsPods(setup) ? {} : { rollOut: setup.naming ? "initial-cluster" : "template" }),
		...(setup.onePath && !takesBack ? { volumes: { path: ONE_PATH } } : {}),
		...(volumeNodes.length > 0 ? { volumeNodes } : {}),
	};
}

/** As a goal has them. @param nodes by slot; -1: none */
export const volumeNodesIn = (nodes: readonly number[], { firstOrdinal = 0 }: Setup): readonly VolumeNode[] =>
	nodes.flatMap((node, slot) => (node < 0 ? [] : [{ ordinal: slot + firstOrdinal, node: nodeName(node) }]));

function leavingSeen({ slot, node, learner, unused, claim }: Leaving, setup: Setup): LeavingRecord {
	const ordinal = slot + (setup.firstOrdinal ?? 0);
	const name = claimName(setup, slot);
	return {
		ordinal,
		...(node < 0 ? {} : { node: nodeName(node) }),
		...(learner ? { learner } : {}),
		...(unused ? { unused } : {}),
		member: idOf(slot).toString(16),
		cluster: CLUSTER.toString(16),
		claims: claim === "none" ? [] : [{ name, uid: uidOf("claim", ordinal, claim === "first") }],
	};
}

const emptiedSeen = (volume: number, first: number): { name: string; uid: string } => ({
	name: "",
	uid: uidOf("volume", (volume >> 1) + first, volume % 2 === 0),
});
