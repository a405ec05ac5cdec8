import type { ClusterView } from "../../cluster/cluster-view.ts";
import { commandFor } from "../../scaling/describe-state.ts";
import { goalFor } from "../../scaling/intent.ts";
import type { ScaleOptions } from "../../scaling/options.ts";
import { word } from "../../shell-word.ts";
import { type CommandContext, print } from "../command-context.ts";
import { planDocument } from "../json/plan.ts";
import { parseScaleOptions, type ScaleFlags } from "../options/scale-options.ts";
import { planLegend } from "../render/plan-text.ts";
import { isShown, look, lookedText, refusal } from "./look.ts";
import { withCluster } from "./open.ts";

/** What does what was planned, with every flag that has an effect on it. */
function applyCommand(view: ClusterView, options: ScaleOptions): string {
	const { snapshot } = options;
	const file = snapshot === undefined || snapshot === "none" ? "" : ` --snapshot ${word(snapshot)}`;
	return `${commandFor(view, goalFor(options, view))}${file}${options.acceptHistory ? " --accept-history" : ""}`;
}

/** Also `scale --dry-run`. */
export async function plan(context: CommandContext, words: readonly string[], flags: ScaleFlags): Promise<void> {
	const options = parseScaleOptions(flags);
	await withCluster(context, words, flags, async (cluster, complete) => {
		const looked = await look(context, cluster, flags, complete);
		const refused = refusal(looked, isShown(context));
		const command = complete(applyCommand(looked.view, options));
		await print(
			context,
			(style) => [
				...lookedText(looked, flags, context, style),
				...planLegend(looked.plan, style),
				...(refused || looked.plan.steps.length === 0 ? [] : ["", `To apply: ${command}`]),
			],
			() => planDocument(looked.plan, looked.checks, looked.view, flags.snapshot),
		);
		if (refused) throw refused;
	});
}
