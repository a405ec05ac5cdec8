import { type CommandContext, print } from "../command-context.ts";
import { planDocument } from "../json/plan.ts";
import { parseScaleOptions, type ScaleFlags } from "../options/scale-options.ts";
import { planLegend } from "../render/plan-text.ts";
import { look, lookedText, refusal } from "./look.ts";
import { withCluster } from "./open.ts";

/** Also `scale --dry-run`. */
export async function plan(context: CommandContext, words: readonly string[], flags: ScaleFlags): Promise<void> {
	parseScaleOptions(flags);
	await withCluster(context, words, flags, async (cluster, complete) => {
		const looked = await look(context, cluster, flags, complete);
		await print(
			context,
			(style) => [...lookedText(looked, flags, context, style), ...planLegend(looked.plan, style)],
			() => planDocument(looked.plan, looked.checks, looked.view, flags.snapshot),
		);
		const refused = refusal(looked);
		if (refused) throw refused;
	});
}
