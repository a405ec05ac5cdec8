import { addMember, candidates, removeMember } from "./etcd.ts";
import { dataOf, nodeOf, withData } from "./folders.ts";
import { runsHook, type Setup } from "./setup.ts";
import { isJoin, joinOf, membersOf, ORIGINAL, type Pod, put, settledLeader, type World } from "./world.ts";

export interface Happening {
	readonly label: string;
	readonly world: World;
}

/** All that comes about by itself to pods, their processes and nodes. */
export function* happenToPods(w: World, setup: Setup): Generator<Happening> {
	// no pod is scheduled and has started within one request
	const soonGone = w.run.kind === "decided" && w.run.step.kind === "lower-replicas";
	for (const [node, state] of w.nodes.entries())
		if (state === "away") yield { label: `node ${node} is back`, world: nodeBack(w, setup, node) };
	for (let slot = 0; slot < w.pods.length; slot++) {
		const pod = w.pods[slot];
		const node = nodeOf(w, slot);
		if (!pod) continue;
		const become = (change: Partial<Pod>) => settledLeader({ ...w, pods: put(w.pods, slot, { ...pod, ...change }) });
		if (pod.terminating) {
			// on a lost node nobody can tell that it has ended, until the node itself is given up
			if (node === "up" || (node === "gone" && setup.volumes === "dynamic"))
				yield { label: `pod ${slot} is gone`, world: podGone(w, setup, slot) };
			// a shell does not end before what it waits for has
			if (node === "up" && pod.stage === "adding" && slot >= w.replicas && addsItself(w, setup, slot)) {
				const added = addMember(w, slot, { learner: false, started: false });
				if (added) yield { label: `the start-up of pod ${slot}, which is to end, adds its member`, world: added };
			}
			if (runsHook(setup, pod) && answers(pod) && node === "up") {
				const removed = removeMember(w, slot);
				if (removed) yield { label: `the hook of pod ${slot} takes its member out`, world: removed };
			}
			continue;
		}
		if (node !== "up" && pod.stage !== "pending")
			yield { label: `pod ${slot} is evicted from its lost node`, world: become({ terminating: true }) };
		if (pod.stage === "pending" && (setup.volumes === "none" || w.claims[slot] === "bound")) {
			if (soonGone || slot >= w.replicas) continue;
			if (!w.follows) yield* scheduled(w, slot, pod);
			else if (node === "up") yield { label: `pod ${slot} has a node`, world: become({ stage: "waiting" }) };
			else if (setup.volumes === "dynamic")
				yield {
					label: `pod ${slot} has another node`,
					world: {
						...w,
						nodes: put(w.nodes, w.at[slot] ?? slot, "up" as const),
						pods: put(w.pods, slot, { ...pod, stage: "waiting" as const }),
					},
				};
		}
		if (node !== "up") continue;
		const down = pod.stage === "waiting" || pod.stage === "adding" || pod.stage === "backing-off";
		if (down && !soonGone) yield* starts(w, setup, slot, pod);
		if (pod.stage === "waiting" && dataOf(w, slot) !== "own" && !w.members[slot])
			yield { label: `container ${slot} ends again`, world: become({ stage: "backing-off" }) };
		if (pod.stage === "starting") yield { label: `etcd ${slot} answers`, world: become({ stage: "behind" }) };
		if (pod.stage === "behind" && w.leader !== undefined)
			yield { label: `etcd ${slot} has caught up`, world: become({ stage: "current" }) };
	}
	for (const slot of candidates(w)) yield { label: `member ${slot} is elected`, world: { ...w, leader: slot } };
}

/** One that needs a disk goes where its volume is; where that names no node, to any that has no other pod of the set. */
function* scheduled(w: World, slot: number, pod: Pod): Generator<Happening> {
	for (const node of fitting(w, w.bound[slot] ?? -1)) {
		if (w.pods.some((other, s) => other && s !== slot && other.stage !== "pending" && w.at[s] === node)) continue;
		const placed = { ...w, at: put(w.at, slot, node), pods: put(w.pods, slot, { ...pod, stage: "waiting" as const }) };
		yield { label: `pod ${slot} is put on node ${node}`, world: placed };
	}
}

/** Nodes on which nothing is and nothing was are alike: one stands for all. */
export function fitting(w: World, wanted: number): number[] {
	if (wanted >= 0) return w.nodes[wanted] === "up" ? [wanted] : [];
	let blank = false;
	return [...w.nodes.keys()].filter((node) => {
		if (w.nodes[node] !== "up") return false;
		if (w.folders.some((folder) => folder.node === node) || w.pods.some((pod, s) => pod && w.at[s] === node))
			return true;
		const first = !blank;
		blank = true;
		return first;
	});
}

/** What a container does with what it finds in its folder. One that can only fail is not started in the model: that changes nothing. */
function* starts(w: World, setup: Setup, slot: number, pod: Pod): Generator<Happening> {
	const member = w.members[slot];
	const data = dataOf(w, slot);
	const run = { ...w, pods: put(w.pods, slot, { ...pod, stage: "starting" as const }) };
	if (data === "own") {
		yield { label: `etcd ${slot} starts on its data`, world: run };
		return;
	}
	if (setup.bootstraps && slot === 0 && data === "none" && member?.started && !isJoin(pod.template)) {
		const alone = put(w.pods, slot, { ...pod, stage: "current" as const });
		const began: World = { ...w, twin: "alone", pods: alone, folders: withData(w, slot, "own") };
		yield { label: "etcd 0 begins a cluster by itself, under its old ids", world: began };
		if (w.leader !== undefined)
			yield {
				label: "etcd 0 begins by itself, and follows the others without their data",
				world: { ...began, twin: "hollow" },
			};
		return;
	}
	if (setup.bootstraps && !member && pod.template === ORIGINAL && (data === "none" || data === "foreign")) {
		if (data === "none" && w.notes?.leaving?.slot !== slot) return;
		const leads = { ...pod, stage: "current" as const };
		const began = { ...w, pods: put(w.pods, slot, leads), folders: withData(w, slot, "foreign") };
		yield { label: `etcd ${slot} leads a cluster of its own`, world: began };
		return;
	}
	if (isJoin(pod.template) && setup.image !== "takes-over") {
		// it must be told of exactly the members that there are, itself among them
		const expected = pod.template === joinOf(slot) && membersOf(w) === slot + 1;
		if (data !== "none" || !member || member.started || !expected) return;
		const joined = put(w.members, slot, { ...member, started: true });
		yield { label: `etcd ${slot} joins`, world: { ...run, members: joined, folders: withData(w, slot, "own") } };
		return;
	}
	if (!addsItself(w, setup, slot)) return;
	if (pod.stage !== "adding") {
		// the controller ends it sooner; and ten seconds are longer than any look, and than the step that it leads to
		if (slot >= w.replicas || (pod.stage === "backing-off" && w.run.kind !== "off")) return;
		const runs = put(w.pods, slot, { ...pod, stage: "adding" as const });
		yield { label: `the start-up of pod ${slot} looks for its cluster`, world: { ...w, pods: runs } };
		return;
	}
	const without = member ? { ...run, members: put(w.members, slot, undefined) } : run;
	const added = addMember(without, slot, { learner: false, started: true });
	if (!added) return;
	// the one that leaves two voters is taken out while it runs, and may be quick: it is taken out again
	const ours = w.lasting.length === 0 && w.notes?.leaving?.slot !== slot;
	yield {
		label: `the start-up of pod ${slot} adds itself as a voter`,
		world: {
			...added,
			pods: put(added.pods, slot, { ...pod, stage: "starting" as const, again: true }),
			folders: withData(w, slot, "own"),
			unproven: true,
			flaw: ours ? `member ${slot} votes without having been a learner` : w.flaw,
		},
	};
}

const answers = (pod: Pod | undefined): boolean =>
	pod !== undefined && (pod.stage === "behind" || pod.stage === "current");

const addsItself = (w: World, setup: Setup, slot: number): boolean =>
	(setup.image === "adds-itself" || setup.image === "takes-over") &&
	w.leader !== undefined &&
	!w.members[slot]?.started &&
	dataOf(w, slot) !== "own";

function podGone(w: World, setup: Setup, slot: number): World {
	const { run } = w;
	return {
		...w,
		pods: put(w.pods, slot, undefined),
		folders: setup.volumes === "none" ? withData(w, slot, "none") : w.folders,
		run:
			run.kind === "decided" && run.step.kind === "restart-pod" && run.step.ordinal === slot
				? { ...run, gone: true }
				: run,
	};
}

/** The machine has started anew: its pod's containers too, or the pod ends at last. */
export function nodeBack(w: World, setup: Setup, node: number): World {
	let back: World = { ...w, nodes: put(w.nodes, node, "up" as const) };
	for (const [slot, pod] of w.pods.entries()) {
		if (!pod || pod.stage === "pending" || w.at[slot] !== node) continue;
		const sentAway = pod.stage === "backing-off" && slot >= w.replicas;
		const stage = pod.stage === "backing-off" ? pod.stage : "waiting";
		back =
			pod.terminating || sentAway
				? podGone(back, setup, slot)
				: { ...back, pods: put(back.pods, slot, { ...pod, stage }) };
	}
	return back;
}
