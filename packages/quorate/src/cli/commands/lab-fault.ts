import { type CommandContext, print } from "../command-context.ts";
import { labFaultDocument } from "../json/lab.ts";
import { type LabFaults, withLab } from "../lab/lab-door.ts";
import { usage } from "../options/usage.ts";

interface Named {
	name?: string;
}

export function labNode(
	context: CommandContext,
	verb: "stop" | "start" | "wipe",
	nodes: readonly string[],
	flags: Named,
): Promise<void> {
	const operation = { stop: "switching a node off", start: "switching a node on", wipe: "emptying a node's disk" };
	return carryOut(context, operation[verb], flags, async (faults) => {
		const done: string[] = [];
		for (const word of nodes) {
			const node = /^\d+$/.test(word) ? `worker-${word}` : word.replace(/^nodes?\//, "");
			done.push(...(await faults[`${verb}Node`](node)));
		}
		return done;
	});
}

export function labCut(context: CommandContext, pods: string[], flags: Named & { from?: string[] }): Promise<void> {
	const { from = [] } = flags;
	return carryOut(context, "cutting pods off", flags, (faults) => faults.cut(pods, { from }));
}

export function labSlow(context: CommandContext, pods: string[], flags: Named & { ms: string }): Promise<void> {
	if (!/^\d{1,9}$/.test(flags.ms))
		throw usage("reading --ms", `"${flags.ms}" is not a whole number`, "as in: --ms 100");
	return carryOut(context, "slowing pods", flags, (faults) => faults.slow(pods, Number(flags.ms)));
}

export function labHeal(context: CommandContext, pods: string[], flags: Named): Promise<void> {
	return carryOut(context, "healing the network", flags, (faults) => faults.heal(pods));
}

export function labKill(
	context: CommandContext,
	pods: string[],
	{ signal, container, ...flags }: Named & { signal?: string; container?: string },
): Promise<void> {
	const options = { ...(signal === undefined ? {} : { signal }), ...(container === undefined ? {} : { container }) };
	return carryOut(context, "signalling pods", flags, (faults) => faults.kill(pods, options));
}

export function labFreeze(context: CommandContext, pods: string[], flags: Named): Promise<void> {
	return carryOut(context, "freezing pods", flags, (faults) => faults.freeze(pods));
}

export function labThaw(context: CommandContext, pods: string[], flags: Named): Promise<void> {
	return carryOut(context, "thawing pods", flags, (faults) => faults.thaw(pods));
}

export function labFill(
	context: CommandContext,
	pods: string[],
	{ disk, container, ...flags }: Named & { disk?: boolean; container?: string },
): Promise<void> {
	const what = disk ? "disk" : "database";
	const options = { what, ...(container === undefined ? {} : { container }) } as const;
	return carryOut(context, "filling members", flags, (faults) => faults.fill(pods, options));
}

export function labClear(
	context: CommandContext,
	pods: string[],
	{ container, ...flags }: Named & { container?: string },
): Promise<void> {
	const options = container === undefined ? {} : { container };
	return carryOut(context, "clearing members", flags, (faults) => faults.clear(pods, options));
}

async function carryOut(
	context: CommandContext,
	operation: string,
	{ name }: Named,
	cause: (faults: LabFaults) => Promise<string[]>,
): Promise<void> {
	const done = await withLab(operation, (lab) => cause(lab.labFaults(name)));
	await print(
		context,
		({ green, symbols }) => done.map((line) => `${green(symbols.pass)} ${line}`),
		() => labFaultDocument(done),
	);
}
