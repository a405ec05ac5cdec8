import { beginning } from "./beginning.ts";
import type { Core } from "./core.ts";
import { byItself } from "./explore.ts";
import { faultsOf } from "./faults.ts";
import { dataOf, nodeOf } from "./folders.ts";
import { mends } from "./mends.ts";
import { ALL_FAULTS, describeSetup, type Setup } from "./setup.ts";
import { Tool } from "./tool.ts";
import { cleanersOf } from "./visits.ts";
import { FOREIGN, isUp, ORIGINAL, type Template, toleranceOf, votersOf, type World } from "./world.ts";

/** How something that must not be came about. */
export interface Counterexample {
	readonly setup: Setup;
	readonly problem: string;
	/** what happened, from the beginning on */
	readonly path: readonly string[];
}

/** Every state and action on the way, to be followed line by line. */
export function tell({ setup, problem, path }: Counterexample, core: Core): string {
	const tool = new Tool(core, setup);
	let w: World | undefined = beginning(setup);
	const lines = [problem, `setup: ${describeSetup(setup)}`, `beginning: ${describeWorld(w).join("; ")}`];
	for (const [index, label] of path.entries()) {
		const before: World | undefined = w;
		w = w && stepBy(w, setup, tool, label);
		const known = new Set(before ? describeWorld(before) : []);
		const changed = w ? describeWorld(w).filter((part) => !known.has(part)) : [];
		lines.push(`${String(index + 1).padStart(4)}. ${label}${changed.length > 0 ? `  →  ${changed.join("; ")}` : ""}`);
	}
	if (w) lines.push(`end: ${describeWorld(w).join("; ")}`);
	if (w) {
		const decision = tool.decide(w);
		if (decision.kind === "blocked") lines.push(`the tool would refuse: ${decision.blocked.message}`);
		if (decision.kind === "wait") lines.push(`the tool would wait: ${decision.wait.reason}`);
		if (decision.kind === "step") lines.push(`the tool would do: ${decision.step.kind}`);
	}
	return lines.join("\n");
}

function stepBy(w: World, setup: Setup, tool: Tool, label: string): World | undefined {
	for (const after of byItself(w, setup)) if (after.label === label) return after.world;
	for (const after of tool.moves(w, false)) if (after.label === label) return after.world;
	for (const after of faultsOf(w, setup, setup.kinds ?? ALL_FAULTS)) if (after.label === label) return after.world;
	if (!label.startsWith("MEND")) return undefined;
	return mends(w, setup, tool.told(w)).find((after) => after.label === label)?.world;
}

const templateName = (template: Template): string =>
	template === ORIGINAL ? "original" : template === FOREIGN ? "foreign" : `join-${template - 2}`;

/** Its parts: the StatefulSet, the notes, etcd, and each slot. */
function describeWorld(w: World): string[] {
	const slots = w.pods.flatMap((pod, slot) => {
		const member = w.members[slot];
		const words: string[] = [];
		if (member) words.push(`${member.started ? "" : "unstarted "}${member.learner ? "learner" : "voter"}`);
		if (member && !isUp(w, slot)) words.push("down");
		if (pod) words.push(`pod ${pod.stage}`);
		if (pod && !pod.before) words.push(`new on ${templateName(pod.template)}`);
		if (pod?.terminating) words.push("ending");
		if (w.claims[slot] !== "none" && w.claims[slot] !== "bound") words.push(`claim ${w.claims[slot]}`);
		if (w.volumes[slot] !== "none" && w.volumes[slot] !== "bound") words.push(`volume ${w.volumes[slot]}`);
		if (!pod && w.claims[slot] === "bound") words.push("claim left");
		const data = dataOf(w, slot);
		if (data !== "none" && data !== "own") words.push(`${data} data`);
		for (const { task, phase, report } of cleanersOf(w, slot))
			words.push(`pod to ${task} ${report === "none" ? phase : report}`);
		if (w.at[slot] !== slot) words.push(`on node ${w.at[slot]}`);
		if (nodeOf(w, slot) !== "up") words.push(`node ${nodeOf(w, slot)}`);
		return [`${slot}: ${words.join(", ") || "nothing"}`];
	});
	const { notes } = w;
	const noted = (what: string, value: number | undefined) => (value === undefined ? "" : `, ${what} ${value}`);
	return [
		`${w.deleting ? "being deleted, " : ""}replicas ${w.replicas}${w.observed ? "" : " (not observed)"}`,
		`${templateName(w.template)} template`,
		`partition ${w.partition}`,
		notes
			? `notes from ${notes.from}${noted("joining", notes.joining)}${noted("leaving", notes.leaving?.slot)}${noted("proven", notes.proven)}`
			: "no notes",
		`${votersOf(w)} voters, tolerance ${toleranceOf(w)}`,
		`leader ${w.leader ?? "none"}`,
		...(w.stranger === "none" ? [] : [`foreign ${w.stranger}`]),
		...(w.alarm ? ["alarm"] : []),
		...w.folders
			.filter(({ path, of, node, data }) => data !== "own" || of !== path || node !== w.at[of])
			.map(({ path, node, of, data }) => `folder ${path} on node ${node}: ${data} data of ${of}`),
		...slots,
	];
}
