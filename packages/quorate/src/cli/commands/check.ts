import { QuorateError } from "../../errors.ts";
import { type CommandContext, humanOutput, print, styleOf } from "../command-context.ts";
import { checkReportDocument, failedOf } from "../json/check-report.ts";
import { parseScaleOptions, type ScaleFlags } from "../options/scale-options.ts";
import { createTicker } from "../progress/ticker.ts";
import { checksText } from "../render/checks-text.ts";
import { plural } from "../render/quantities.ts";
import { sayOnce } from "../render/say-once.ts";
import { isShown, withHint } from "./look.ts";
import { withCluster } from "./open.ts";

export type CheckFlags = Omit<ScaleFlags, "abort" | "snapshot"> & { strict?: boolean };

/** Of those that say how a size is to be reached: without a size they mean nothing. */
const isForScaling = ({ replicas, force, keepVolumes, discardVolumes, volumeNode, volumePath }: CheckFlags): boolean =>
	[replicas, force, keepVolumes, discardVolumes, volumeNode, volumePath].some((flag) => flag !== undefined);

export async function check(context: CommandContext, words: readonly string[], flags: CheckFlags): Promise<void> {
	const options = isForScaling(flags) ? parseScaleOptions(flags) : {};
	await withCluster(context, words, flags, async (cluster, complete) => {
		const { namespace, name } = cluster;
		const output = humanOutput(context);
		const ticker = createTicker(output, styleOf(context, output), context.globals.verbosity >= 6);
		ticker.now(() => `checking ${namespace}/${name}`);
		const found = await cluster.check(options).finally(() => ticker.close());
		const checks = found.map((one) => withHint(one, complete));
		const replicas = flags.replicas === undefined ? undefined : Number(flags.replicas);
		const report = { namespace, name, replicas, strict: flags.strict ?? false, checks };
		await print(
			context,
			(style) => checksText(sayOnce(checks), style, { all: true }),
			() => checkReportDocument(report),
		);
		const failed = failedOf(report);
		const hint = failed.find((one) => one.hint)?.hint;
		if (failed.length > 0)
			throw new QuorateError("Refused", {
				operation: `checking ${namespace}/${name}`,
				message: `${plural(failed.length, "check")} failed: ${failed.map(({ id }) => id).join(", ")}`,
				state: "nothing was changed",
				...(hint && !isShown(context) ? { hint } : {}),
			});
	});
}
