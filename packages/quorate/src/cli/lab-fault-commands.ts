import type { Command } from "commander";
import type { MakeContext } from "./program.ts";

const NAME = ["--name <name>", 'which lab; default: "lab"'] as const;
const CONTAINER = ["--container <name>", "default: the pod's first one"] as const;
const POD = "as mayastor-etcd-0, or mayastor/mayastor-etcd-0 where it is in several namespaces";

/** What can be made to go wrong in a lab, and be put right: `quorate lab node stop worker-0` … */
export function addLabFaultCommands(group: Command, context: MakeContext): void {
	addNode(group, context);
	const cut = pods(
		group,
		"cut",
		"Cut pods off from everything, as if their cables were pulled; until lab heal.",
	).option("--from <pod...>", "from these pods alone");
	cut.action(async (pods, flags) => (await load()).labCut(context(cut), pods, flags));
	const slow = pods(group, "slow", "Make every packet to and from pods take longer; until lab heal.").requiredOption(
		"--ms <number>",
		"milliseconds, each way; 0 undoes it",
	);
	slow.action(async (pods, flags) => (await load()).labSlow(context(slow), pods, flags));
	const heal = group.command("heal").description("Undo lab cut and lab slow, for these pods or for all.");
	heal.argument("[pods...]", POD).option(...NAME);
	heal.action(async (pods, flags) => (await load()).labHeal(context(heal), pods, flags));
	const kill = pods(group, "kill", "Send a signal to the main process of a container.")
		.option("--signal <signal>", "as KILL, TERM, STOP or a number; default: KILL")
		.option(...CONTAINER);
	kill.action(async (pods, flags) => (await load()).labKill(context(kill), pods, flags));
	const freeze = pods(group, "freeze", "Stop all processes of pods where they are; until lab thaw.");
	freeze.action(async (pods, flags) => (await load()).labFreeze(context(freeze), pods, flags));
	const thaw = pods(group, "thaw", "Let the processes of frozen pods go on.");
	thaw.action(async (pods, flags) => (await load()).labThaw(context(thaw), pods, flags));
	const fill = pods(group, "fill", "Restart members with a database as large as its quota: etcd raises NOSPACE.")
		.option("--disk", "fill the volume instead: writing to it fails with ENOSPC")
		.option(...CONTAINER);
	fill.action(async (pods, flags) => (await load()).labFill(context(fill), pods, flags));
	const clear = pods(group, "clear", "Undo lab fill: make room, defragment, disarm the alarms.").option(...CONTAINER);
	clear.action(async (pods, flags) => (await load()).labClear(context(clear), pods, flags));
}

function addNode(group: Command, context: MakeContext): void {
	const nodes = group
		.command("node")
		.summary("switch nodes off and on, or empty their disks")
		.description("Switch nodes off and on, or empty their disks.");
	const verbs = {
		stop: "Pull a node's plug: what runs on it is gone at once, and nobody is told.",
		start: "Switch a node on again, with its disk as it was.",
		wipe: "Put a node of the same name with an empty disk in its place; it is on if the old one was.",
	};
	for (const [verb, description] of Object.entries(verbs) as [keyof typeof verbs, string][]) {
		const command = nodes.command(verb).description(description);
		command.argument("<node...>", "as worker-0, or its number").option(...NAME);
		command.action(async (words, flags) => (await load()).labNode(context(command), verb, words, flags));
	}
}

const pods = (group: Command, name: string, description: string): Command =>
	group
		.command(name)
		.description(description)
		.argument("<pods...>", POD)
		.option(...NAME);

const load = () => import("./commands/lab-fault.ts");
