import { createReadStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SavedSnapshot } from "../../etcd/snapshot/save.ts";
import { type CommandContext, humanOutput, isStructured, print, styleOf } from "../command-context.ts";
import { catchInterrupt } from "../interrupt.ts";
import { snapshotDocument } from "../json/snapshot.ts";
import type { EtcdFlags } from "../options/etcd-access.ts";
import { usage } from "../options/usage.ts";
import { amount } from "../progress/scale-progress.ts";
import { createTicker } from "../progress/ticker.ts";
import { formatBytes, formatDuration, plural } from "../render/quantities.ts";
import type { Style } from "../render/style.ts";
import type { Output } from "../terminal.ts";
import { withCluster } from "./open.ts";

type SaveFlags = EtcdFlags & { pod?: string };

export async function snapshotSave(
	context: CommandContext,
	file: string,
	words: readonly string[],
	flags: SaveFlags,
): Promise<void> {
	if (file === "") throw usage("reading the name of the file", "it is empty", "name the file that is to be written");
	if (file === "-") return saveToStdout(context, words, flags);
	await saveTo(context, file, words, flags, humanOutput(context), (saved, took) =>
		print(
			context,
			(style) => savedText(saved, saved.path, took, style),
			() => snapshotDocument(saved),
		),
	);
}

/** Whole and verified before the first byte goes out: what reads it cannot take half of it for a snapshot. */
async function saveToStdout(context: CommandContext, words: readonly string[], flags: SaveFlags): Promise<void> {
	const { stdout, stderr } = context.terminal;
	const operation = "reading the name of the file";
	if (stdout.isTTY)
		throw usage(
			operation,
			"a snapshot is not written to a terminal",
			"send it to a file or a program: … save - > FILE",
		);
	if (isStructured(context)) throw usage(operation, "stdout takes the snapshot, so no document", "leave out -o");
	const folder = await mkdtemp(join(tmpdir(), "quorate-snapshot-"));
	try {
		await saveTo(context, join(folder, "snapshot.db"), words, flags, stderr, async (saved, took) => {
			for await (const chunk of createReadStream(saved.path)) await stdout.writeBytes(chunk);
			stderr.write(`${savedText(saved, "stdout", took, styleOf(context, stderr)).join("\n")}\n`);
		});
	} finally {
		await rm(folder, { recursive: true, force: true });
	}
}

const savedText = (saved: SavedSnapshot, where: string, took: number, { green, symbols, dim }: Style): string[] => {
	const size = `file of ${formatBytes(saved.size)}, ${plural(saved.keys, "key")}, revision ${saved.revision}`;
	return [
		`${green(symbols.pass)} Snapshot saved and verified: ${where} (${size}) in ${formatDuration(took)}`,
		dim(`sha256 ${saved.sha256}`),
	];
};

async function saveTo(
	context: CommandContext,
	file: string,
	words: readonly string[],
	flags: SaveFlags,
	output: Output,
	done: (saved: SavedSnapshot, took: number) => Promise<void>,
): Promise<void> {
	const { pod } = flags;
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
			const { yellow, symbols } = styleOf(context, context.terminal.stderr);
			const onDoubt = (why: string) =>
				context.terminal.stderr.write(
					`${yellow(symbols.warn)} ${why}; the snapshot holds what is there now: do not delete older snapshots\n`,
				);
			const saved = await cluster.saveSnapshot(file, {
				...{ signal, onProgress, onDoubt },
				...(pod === undefined ? {} : { pod }),
			});
			ticker.close();
			await done(saved, performance.now() - began);
		};
		await withCluster(context, words, flags, save, signal);
	} finally {
		ticker.close();
		interrupt.release();
	}
}
