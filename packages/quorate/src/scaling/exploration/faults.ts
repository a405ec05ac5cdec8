import { scaledByAnother } from "./another-person.ts";
import { promoteMember, removeMember } from "./etcd.ts";
import { dataOf, withData } from "./folders.ts";
import type { Happening } from "./kubelet.ts";
import { ASKS_ETCD, effectOf, halfOf } from "./perform.ts";
import { type FaultKind, PASSING, type Setup } from "./setup.ts";
import { withCleaner } from "./visits.ts";
import { containerRuns, FOREIGN, put, settledLeader, type World } from "./world.ts";

/** Everything that may go wrong now, of the kinds that the setup has. */
export function* faultsOf(w: World, setup: Setup, kinds: readonly FaultKind[]): Generator<Happening> {
	for (const kind of kinds)
		for (const { label, world } of FAULTS[kind](w, setup)) {
			const lasting = PASSING.has(kind) || world.lasting.includes(kind) ? world.lasting : [...world.lasting, kind];
			yield { label: `FAULT ${label}`, world: lasting === world.lasting ? world : { ...world, lasting } };
		}
}

const OFF = { kind: "off" } as const;

/** Members in the middle are alike: the first, the last, the one that joins or leaves and the leader stand for all. */
function actors(w: World): number[] {
	const podsOrMembers = w.pods.flatMap((pod, slot) => (pod || w.members[slot] ? [slot] : []));
	const voters = w.members.flatMap((m, slot) => (m && !m.learner ? [slot] : []));
	const chosen = [podsOrMembers[0], podsOrMembers.at(-1), voters.at(-1), w.leader];
	return [...new Set(chosen)].filter((slot) => slot !== undefined);
}

/** Someone else wrote the StatefulSet: what the tool decided before is decided on an older one. */
function edited(w: World, change: Partial<World>): World {
	const run = w.run.kind === "decided" || w.run.kind === "half" ? { ...w.run, stale: true } : w.run;
	return { ...w, ...change, observed: false, run };
}

type Fault = (w: World, setup: Setup) => Iterable<Happening>;

const FAULTS: Readonly<Record<FaultKind, Fault>> = {
	*"kill-tool"(w, setup) {
		if (w.run.kind === "off") return;
		yield { label: "the tool is killed", world: { ...w, run: OFF } };
		if (w.run.kind !== "decided") return;
		const { step } = w.run;
		const done = effectOf(w, setup, step, w.run);
		if (done)
			yield {
				label: `${step.kind} takes effect, and the tool is killed before it knows`,
				world: { ...done, run: OFF },
			};
		const half = halfOf(w, setup, step, w.run);
		if (half) yield { label: `${step.kind} is half done when the tool is killed`, world: { ...half, run: OFF } };
	},
	*elsewhere(w) {
		if (w.file)
			yield {
				label: "the tool is killed, and its machine is gone with the snapshot",
				world: { ...w, run: OFF, file: false },
			};
	},
	*"late-answer"(w, setup) {
		if (w.run.kind !== "decided" || !ASKS_ETCD.has(w.run.step.kind) || w.late || w.run.gone) return;
		const { step } = w.run;
		if (step.kind !== "remove-member" || step.replicas === undefined) {
			yield {
				label: `${step.kind} is not answered in time`,
				world: { ...w, run: { kind: "looking", agreed: w.run.agreed }, late: step },
			};
			return;
		}
		const { replicas: _, ...alone } = step;
		yield {
			label: `${step.kind} is not answered in time`,
			world: { ...w, run: { kind: "looking", agreed: w.run.agreed }, late: alone },
		};
		const half = halfOf(w, setup, step, w.run);
		if (half)
			yield {
				label: `${step.kind} is answered late: the pod is left`,
				world: { ...half, run: { kind: "looking", agreed: w.run.agreed } },
			};
	},
	*"kill-pod"(w) {
		for (const slot of actors(w)) {
			const pod = w.pods[slot];
			if (!pod || pod.terminating) continue;
			const killed = pod.stage === "pending" ? undefined : { ...pod, terminating: true };
			yield { label: `pod ${slot} is deleted`, world: settledLeader({ ...w, pods: put(w.pods, slot, killed) }) };
		}
	},
	*crash(w) {
		for (const slot of actors(w)) {
			const pod = w.pods[slot];
			if (!pod || pod.terminating || !containerRuns(pod)) continue;
			const crashed = put(w.pods, slot, { ...pod, stage: "waiting" as const });
			yield { label: `etcd ${slot} crashes`, world: settledLeader({ ...w, pods: crashed }) };
		}
	},
	*"node-away"(w, setup) {
		for (const slot of actors(w)) if (w.pods[slot]) yield lostNode(w, slot, "away");
		// where the next volume would be
		const next = w.pods.indexOf(undefined);
		if (setup.approval && next >= 0 && w.nodes[w.at[next] ?? next] === "up") yield lostNode(w, next, "away");
	},
	*"node-gone"(w) {
		for (const slot of actors(w)) if (w.pods[slot]) yield lostNode(w, slot, "gone");
	},
	*"leader-lost"(w) {
		if (w.leader !== undefined) yield { label: "leadership is lost", world: { ...w, leader: undefined } };
	},
	*"cleaner-fails"(w) {
		for (const [slot, cleaners] of w.cleaners.entries())
			for (const cleaner of cleaners)
				if (cleaner.phase === "running")
					yield {
						label: `claim ${slot} cannot be ${cleaner.task === "look" ? "looked into" : "emptied"}`,
						world: { ...w, cleaners: withCleaner(w, slot, { ...cleaner, phase: "failed" }) },
					};
	},
	*"scale-up"(w) {
		if (w.replicas < w.pods.length)
			yield { label: `someone scales to ${w.replicas + 1}`, world: edited(w, { replicas: w.replicas + 1 }) };
	},
	*"scale-down"(w) {
		if (w.replicas > 0)
			yield { label: `someone scales to ${w.replicas - 1}`, world: edited(w, { replicas: w.replicas - 1 }) };
	},
	*"edit-template"(w) {
		if (w.template !== FOREIGN) yield { label: "someone edits the template", world: edited(w, { template: FOREIGN }) };
	},
	*"edit-strategy"(w) {
		if (w.partition !== 0) yield { label: "someone sets the partition to 0", world: edited(w, { partition: 0 }) };
	},
	*"add-member"(w) {
		if (w.leader === undefined) return;
		const learners = w.stranger === "learner" || w.members.some((m) => m?.learner);
		if (w.stranger === "none") {
			yield { label: "someone adds a voter from elsewhere", world: settledLeader({ ...w, stranger: "voter" }) };
			if (!learners) yield { label: "someone adds a learner from elsewhere", world: { ...w, stranger: "learner" } };
		}
		const next = w.members.indexOf(undefined);
		if (next < 0) return;
		const add = (learner: boolean) =>
			settledLeader({ ...w, members: put(w.members, next, { learner, started: false }) });
		yield { label: `someone adds member ${next} as a voter`, world: add(false) };
		if (!learners) yield { label: `someone adds member ${next} as a learner`, world: add(true) };
		const learner = w.members.findIndex((m) => m?.learner);
		const promoted = learner < 0 ? undefined : promoteMember(w, learner);
		if (promoted) yield { label: `someone promotes member ${learner}`, world: { ...promoted, unproven: w.unproven } };
	},
	*"remove-member"(w) {
		for (const slot of actors(w)) {
			const removed = removeMember(w, slot);
			if (removed) yield { label: `someone removes member ${slot}`, world: { ...removed, unproven: w.unproven } };
		}
	},
	*alarm(w) {
		if (!w.alarm) yield { label: "an alarm is raised", world: { ...w, alarm: true } };
	},
	*"delete-set"(w) {
		if (!w.deleting) yield { label: "someone deletes the StatefulSet", world: edited(w, { deleting: true }) };
	},
	*"delete-claim"(w) {
		for (const [slot, claim] of w.claims.entries())
			if (claim === "bound" && !w.members[slot] && !w.pods[slot] && slot >= w.replicas)
				yield {
					label: `someone deletes claim ${slot}`,
					world: { ...w, claims: put(w.claims, slot, "terminating" as const) },
				};
	},
	*"wipe-disk"(w, setup) {
		for (const slot of actors(w)) {
			const pod = w.pods[slot];
			if (w.follows || !pod || pod.terminating || !isWipeable(w, setup, slot)) continue;
			const pods = put(w.pods, slot, { ...pod, stage: "waiting" as const });
			const twin = slot === 0 ? "none" : w.twin;
			const wiped = settledLeader({ ...w, pods, twin, folders: withData(w, slot, "none") });
			yield { label: `the disk of pod ${slot} is emptied, and its node restarts`, world: wiped };
		}
	},
	"other-run": scaledByAnother,
	*"other-flags"(w) {
		if (w.notes && !w.aborted && (w.flags.keep || w.flags.discard))
			yield {
				label: "the run is killed, and the command typed again without its flags",
				world: { ...w, run: OFF, flags: { keep: false, discard: false } },
			};
	},
	*abort(w) {
		if (w.notes && !w.aborted)
			yield {
				label: "the run is killed, and is to be taken back",
				world: { ...w, run: OFF, goal: w.notes.from, aborted: true, flags: { keep: false, discard: false } },
			};
	},
};

/** Its etcd runs on its data; or it has just left, and begins again without. */
const isWipeable = (w: World, { bootstraps }: Setup, slot: number): boolean => {
	const pod = w.pods[slot];
	if (pod && containerRuns(pod) && dataOf(w, slot) === "own") return true;
	return bootstraps === true && !w.members[slot] && w.notes?.leaving?.slot === slot && dataOf(w, slot) !== "none";
};

function lostNode(w: World, slot: number, state: "away" | "gone"): Happening {
	const pod = w.pods[slot];
	const stays = !pod || pod.stage === "pending" || pod.stage === "backing-off";
	const ended = stays ? pod : { ...pod, stage: "starting" as const };
	const lost = { ...w, pods: put(w.pods, slot, ended), nodes: put(w.nodes, w.at[slot] ?? slot, state) };
	return { label: `the node of pod ${slot} is lost${state === "gone" ? " for good" : ""}`, world: settledLeader(lost) };
}
