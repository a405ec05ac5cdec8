import { type CommandContext, humanOutput, print, styleOf } from "../command-context.ts";
import { catchInterrupt } from "../interrupt.ts";
import { snapshotDocument } from "../json/snapshot.ts";
import type { EtcdFlags } from "../options/etcd-access.ts";
import { usage } from "../options/usage.ts";
import { amount } from "../progress/scale-progress.ts";
import { createTicker } from "../progress/ticker.ts";
import { formatBytes, formatDuration, plural } from "../render/quantities.ts";
import { withCluster } from "./open.ts";

export async function snapshotSave(
	context: CommandContext,
	file: string,
	words: readonly string[],
	flags: EtcdFlags & { pod?: string },
): Promise<void> {
	if (file === "") throw usage("reading the name of the file", "it is empty", "name the file that is to be written");
	const { pod } = flags;
	const output = humanOutput(context);
	const ticker = createTicker(output, styleOf(context, output), context.globals.verbosity >= 6);
	const interrupt = catchInterrupt(() => ticker.line("stopping"));
	const { signal } = interrupt;
	try {
		const save = async (cluster: Parameters<Parameters<typeof withCluster>[3]>[0]) => {
			const began = performance.now();
			let far = "";
			ticker.now(() => `saving a snapshot of ${cluster.namespace}/${cluster.name}${far}`);
			const onProgress = (progress: Parameters<typeof amount>[0]) => {
				const rate = (progress.done / (performance.now() - began)) * 1000;
				far = `: ${amount(progress)}, ${formatBytes(rate)}/s`;
			};
			const saved = await cluster.saveSnapshot(file, { signal, onProgress, ...(pod === undefined ? {} : { pod }) });
			ticker.close();
			const size = `${formatBytes(saved.size)}, ${plural(saved.keys, "key")}, revision ${saved.revision}`;
			await print(
				context,
				({ green, symbols, dim }) => [
					`${green(symbols.pass)} Snapshot saved and verified: ${saved.path} (${size}) in ${formatDuration(performance.now() - began)}`,
					dim(`sha256 ${saved.sha256}`),
				],
				() => snapshotDocument(saved),
			);
		};
		await withCluster(context, words, flags, save, signal);
	} finally {
		ticker.close();
		interrupt.release();
	}
}
