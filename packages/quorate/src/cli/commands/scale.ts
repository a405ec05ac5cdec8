import type { CheckResult } from "../../checks/index.ts";
import type { Cluster } from "../../cluster-session.ts";
import type { ScaleResult } from "../../scaling/events.ts";
import type { ScaleOptions } from "../../scaling/options.ts";
import { type CommandContext, humanOutput, isStructured, print, styleOf } from "../command-context.ts";
import { catchInterrupt } from "../interrupt.ts";
import { scaleResultDocument } from "../json/scale-result.ts";
import { isDryRun, parseScaleOptions, type ScaleFlags } from "../options/scale-options.ts";
import { scaleProgress } from "../progress/scale-progress.ts";
import { createTicker } from "../progress/ticker.ts";
import { isRollout } from "../render/plan-text.ts";
import { plural } from "../render/quantities.ts";
import { scaleResultText } from "../render/scale-result-text.ts";
import type { Style } from "../render/style.ts";
import { confirm, mustBeAgreed } from "./confirm.ts";
import { isShown, type Looked, look, lookedText, refusal } from "./look.ts";
import { withCluster } from "./open.ts";

export async function scale(context: CommandContext, words: readonly string[], flags: ScaleFlags): Promise<void> {
	const options = parseScaleOptions(flags);
	if (isDryRun(flags)) return (await import("./plan.ts")).plan(context, words, flags);
	mustBeAgreed(context, flags.yes ?? false);
	await withCluster(context, words, flags, async (cluster, complete) => {
		const looked = await look(context, cluster, flags, complete);
		const output = humanOutput(context);
		output.write(`${lookedText(looked, flags, context, styleOf(context, output)).join("\n")}\n`);
		const refused = refusal(looked, isShown(context));
		if (refused) throw refused;
		const { plan, view } = looked;
		if (plan.steps.length > 0 && flags.yes) output.write("\n");
		else if (plan.steps.length > 0) await confirm(context, questionFor(looked, whereIs(cluster)));
		const result = await run(context, cluster, options, looked);
		if (plan.steps.length === 0 && !isStructured(context)) return;
		await print(
			context,
			(style) => [...scaleResultText(result, view, style), ...reminder(looked.checks, style)],
			() => scaleResultDocument(result, view),
		);
	});
}

/** Whoever else manages the StatefulSet is to have the new size, too: once more, where it is read. */
function reminder(checks: readonly CheckResult[], style: Style): string[] {
	const owned = checks.find(({ id, status }) => id === "ownership" && status === "warn");
	return owned
		? ["", `${style.yellow(style.symbols.warn)} ${owned.saw}`, `  ${style.symbols.arrow} ${owned.hint ?? ""}`]
		: [];
}

/** The cluster by every name it has: an answer given to the wrong one cannot be taken back. */
const whereIs = ({ namespace, name, context, server }: Cluster): string =>
	`${namespace}/${name} (${context === undefined ? "" : `context ${context}, `}${server})`;

function questionFor({ plan }: Looked, where: string): string {
	if (plan.takesBack) return `Take back what is unfinished on ${where}, to ${plural(plan.to, "member")}?`;
	if (isRollout(plan)) return `Roll out ${where}, restarting ${plural(plan.restarts, "pod")}?`;
	return `Scale ${where} to ${plural(plan.to, "member")}?`;
}

async function run(
	context: CommandContext,
	cluster: Cluster,
	options: ScaleOptions,
	approved: Looked,
): Promise<ScaleResult> {
	const output = humanOutput(context);
	const style = styleOf(context, output);
	// requests are told on stderr between the lines: one that is redrawn would be torn apart
	const ticker = createTicker(output, style, context.globals.verbosity >= 6);
	const interrupt = catchInterrupt(() =>
		ticker.line(style.yellow("stopping after this change; Ctrl-C again stops at once")),
	);
	const tell = scaleProgress(ticker, style, approved.view.statefulSet);
	try {
		for await (const event of cluster.scale(options, { signal: interrupt.signal, approved })) {
			tell(event);
			if (event.type === "finished") return event.result;
		}
	} finally {
		ticker.close();
		interrupt.release();
	}
	throw new Error("the run ended without saying how");
}
