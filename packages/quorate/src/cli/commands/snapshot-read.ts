import { listSnapshotKeys } from "../../etcd/snapshot/list-keys.ts";
import { type ReadOptions, readSnapshot, surveySnapshot } from "../../etcd/snapshot/read.ts";
import { type CommandContext, humanOutput, print, styleOf } from "../command-context.ts";
import { catchInterrupt } from "../interrupt.ts";
import { snapshotKeysDocument, snapshotReportDocument } from "../json/snapshot.ts";
import { namedFile, parseLimit } from "../options/snapshot-options.ts";
import { amount } from "../progress/scale-progress.ts";
import { createTicker } from "../progress/ticker.ts";
import { formatBytes } from "../render/quantities.ts";
import { snapshotKeysText, snapshotReportText } from "../render/snapshot-text.ts";

export async function snapshotVerify(context: CommandContext, file: string): Promise<void> {
	const began = performance.now();
	const { info, survey } = await reading(context, namedFile(file), surveySnapshot);
	await print(
		context,
		(style) => snapshotReportText(info, survey, performance.now() - began, style),
		() => snapshotReportDocument(info, survey),
	);
}

export interface InspectFlags {
	prefix?: string;
	limit?: string;
	keysOnly?: boolean;
}

export async function snapshotInspect(context: CommandContext, file: string, flags: InspectFlags): Promise<void> {
	const { prefix = "", keysOnly = false } = flags;
	const limit = parseLimit(flags.limit);
	const { info, listing } = await reading(context, namedFile(file), async (path, options) => {
		const loaded = await readSnapshot(path, options);
		const { signal } = options;
		const wanted = { prefix: Buffer.from(prefix), limit, keysOnly, ...(signal ? { signal } : {}) };
		return { info: loaded.info, listing: await listSnapshotKeys(loaded, wanted) };
	});
	await print(
		context,
		(style) => snapshotKeysText(info, listing, keysOnly, style),
		() => snapshotKeysDocument(info, prefix, listing, keysOnly),
	);
}

/** Reads a file while a line on the terminal says how far it has come. */
export async function reading<T>(
	context: CommandContext,
	path: string,
	read: (path: string, options: ReadOptions) => Promise<T>,
): Promise<T> {
	const output = humanOutput(context);
	const ticker = createTicker(output, styleOf(context, output));
	const interrupt = catchInterrupt(() => ticker.line("stopping"));
	const began = performance.now();
	let far = "";
	ticker.now(() => `reading ${path}${far}`);
	const onProgress = ({ bytes, total }: { bytes: number; total: number }) => {
		const rate = (bytes / (performance.now() - began)) * 1000;
		far =
			bytes < total
				? `: ${amount({ done: bytes, total, unit: "bytes" })}, ${formatBytes(rate)}/s`
				: ": its checksum matches, going through its pages";
	};
	try {
		return await read(path, { signal: interrupt.signal, onProgress });
	} finally {
		ticker.close();
		interrupt.release();
	}
}
