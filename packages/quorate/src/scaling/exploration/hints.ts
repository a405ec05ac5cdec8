import { removeMember } from "./etcd.ts";
import { STRANGER_ID, slotOf } from "./ids.ts";
import type { Happening } from "./kubelet.ts";
import { rollsPods, type Setup } from "./setup.ts";
import { withoutCleaner } from "./visits.ts";
import { slotOfVolume, volumeGone } from "./volumes.ts";
import { isJoin, put, settledLeader, type World } from "./world.ts";

type Act = (w: World, setup: Setup, found: RegExpExecArray) => World | undefined;

/** What a person does who pastes what a hint prints. Where it offers several ways, each of them; words alone are not here. */
export function* pasted(w: World, setup: Setup, hint: string): Generator<Happening> {
	for (const way of hint.split(/; or |; by hand: |, or (?=[a-z ]+: )|\bor(?= take it out: )/)) {
		let world: World | undefined = w;
		const labels: string[] = [];
		// what comes then is typed once this is done
		for (const command of (way.split("; then quorate")[0] ?? "").split(";")) {
			const done: { label: string; world: World } | undefined = world && typed(world, setup, command);
			if (!done) continue;
			labels.push(done.label);
			world = done.world;
		}
		if (labels.length > 0 && world && world !== w) yield { label: `MEND ${labels.join("; ")}`, world };
	}
}

function typed(w: World, setup: Setup, command: string): Happening | undefined {
	const labels: string[] = [];
	let world = w;
	for (const [pattern, act] of COMMANDS) {
		const found = pattern.exec(command);
		const after = found && act(world, setup, found);
		if (!after) continue;
		labels.push(found[0].replace(/ -n \S+/, ""));
		world = after;
	}
	return labels.length > 0 ? { label: labels.join(" and "), world } : undefined;
}

const OFF = { kind: "off" } as const;
const NONE = { keep: false, discard: false } as const;
const edited = (w: World, change: Partial<World>): World => ({ ...w, ...change, observed: false, run: OFF });

const slotIn = (setup: Setup, name: string | undefined): number =>
	Number(name?.split("-").at(-1)) - (setup.firstOrdinal ?? 0);

const COMMANDS: readonly (readonly [RegExp, Act])[] = [
	[
		/kubectl scale (?:sts|statefulset)\b.*--replicas[= ](\d+)/,
		(w, _, [, size]) => (Number(size) <= w.pods.length ? edited(w, { replicas: Number(size) }) : undefined),
	],
	[
		/kubectl patch (?:sts|statefulset) .*"partition":(\d+)/,
		(w, _, [, partition]) =>
			w.partition === Number(partition) ? undefined : edited(w, { partition: Number(partition) }),
	],
	[
		/kubectl patch pv (\S+) .*"values":\["node-(\d+)"\]/,
		(w, setup, [, volume = "", node]) => ({
			...w,
			bound: put(w.bound, slotOfVolume(w, volume, setup.firstOrdinal), Number(node) - 1),
			run: OFF,
		}),
	],
	[
		/kubectl delete pod -l quorate\.io\/\S+=(\S+)/,
		(w, setup, [, claim]) => ({ ...w, cleaners: withoutCleaner(w, slotIn(setup, claim)), run: OFF }),
	],
	[
		/kubectl patch pv (\S+) .*"values":\["NODE"\]/,
		(w, setup, [, volume = ""]) => {
			const slot = slotOfVolume(w, volume, setup.firstOrdinal);
			const folder = w.folders.find(({ of, data }) => of === slot && data !== "foreign");
			return folder && { ...w, bound: put(w.bound, slot, folder.node), run: OFF };
		},
	],
	[
		/kubectl delete pod quorate-(look|empty)-(\S+-\d+)/,
		(w, setup, [, task, claim]) => ({
			...w,
			cleaners: withoutCleaner(w, slotIn(setup, claim), task === "look" ? "look" : "empty"),
			run: OFF,
		}),
	],
	[/keep claim and volume: --keep-volumes/, (w) => ({ ...w, flags: { keep: true, discard: false }, run: OFF })],
	[/the same command with --discard-volumes/, (w) => ({ ...w, flags: { keep: false, discard: true }, run: OFF })],
	[/kubectl delete pod (?!quorate-)(\S+-\d+)/, (w, setup, [, pod]) => podDeleted(w, slotIn(setup, pod))],
	[
		/kubectl delete pvc (\S+-\d+)/,
		(w, setup, [, claim]) => ({ ...w, claims: put(w.claims, slotIn(setup, claim), "terminating"), run: OFF }),
	],
	[
		/(empty (?:the|its) folder.*)?kubectl delete pv (\S+-\d+)(.*empty its folder)?/,
		(w, setup, [, before, volume = "", after]) => {
			const slot = slotOfVolume(w, volume, setup.firstOrdinal);
			const cleared = before !== undefined || after !== undefined;
			const folders = w.folders.filter(({ of }) => of !== slot || w.members[of] !== undefined);
			return { ...volumeGone(w, slot), folders: cleared ? folders : w.folders, run: OFF };
		},
	],
	[
		/delete the pods before (\S+-\d+) that were restarted/,
		(w, setup, [, pod]) => ({
			...w,
			pods: w.pods.map((one, slot) =>
				one && slot < slotIn(setup, pod) && isJoin(one.template) ? { ...one, terminating: true } : one,
			),
		}),
	],
	[/etcdctl member remove ([0-9a-f]+)/, (w, _, [, id]) => removed(w, BigInt(`0x${id}`))],
	[
		/quorate scale .*--replicas (\d+)([^;,)]*)/,
		(w, setup, [, size, flags = ""]) =>
			rollsPods(setup)
				? undefined
				: {
						...w,
						goal: Number(size),
						aborted: false,
						flags: {
							keep: flags.includes("--keep-volumes"),
							discard: flags.includes("--discard-volumes"),
						},
						run: OFF,
					},
	],
	[
		/quorate abort /,
		(w) => (w.notes && !w.aborted ? { ...w, goal: w.notes.from, aborted: true, flags: NONE, run: OFF } : undefined),
	],
];

function podDeleted(w: World, slot: number): World | undefined {
	const pod = w.pods[slot];
	if (!pod || pod.terminating) return undefined;
	const killed = pod.stage === "pending" ? undefined : { ...pod, terminating: true };
	return settledLeader({ ...w, pods: put(w.pods, slot, killed), run: OFF });
}

function removed(w: World, id: bigint): World | undefined {
	if (id === STRANGER_ID) return settledLeader({ ...w, stranger: "none", run: OFF });
	const world = removeMember(w, slotOf(id));
	return world && { ...world, unproven: w.unproven, run: OFF };
}
