import { type CommandContext, humanOutput, print, styleOf } from "../command-context.ts";
import { catchInterrupt } from "../interrupt.ts";
import { labDocument } from "../json/lab.ts";
import { type LabProgress, type LabUpOptions, withLab } from "../lab/lab-door.ts";
import { type LabUpFlags, parseLabUp } from "../options/lab-options.ts";
import { createTicker, type Ticker } from "../progress/ticker.ts";
import { labUpText } from "../render/lab-text.ts";
import { formatBytes, formatDuration } from "../render/quantities.ts";
import type { Style } from "../render/style.ts";

export const labUp = (context: CommandContext, flags: LabUpFlags): Promise<void> => bringUp(context, parseLabUp(flags));

/** Brings a lab up before the eyes of whoever waits for it, and says how to use it. */
export async function bringUp(context: CommandContext, options: LabUpOptions): Promise<void> {
	const output = humanOutput(context);
	const style = styleOf(context, output);
	const ticker = createTicker(output, style);
	const interrupt = catchInterrupt(() => ticker.line("taking down what is up so far"));
	const began = performance.now();
	const progress = labProgress(ticker, style);
	try {
		const info = await withLab("bringing a lab up", (lab) =>
			lab.upLab(options, { signal: interrupt.signal, onProgress: progress.tell }),
		);
		progress.end();
		ticker.close();
		await print(
			context,
			(text) => labUpText(info, context.name, performance.now() - began, text),
			() => labDocument(info),
		);
	} finally {
		ticker.close();
		interrupt.release();
	}
}

/** A line for each thing done, with its time; the one that is being done lives below. */
export function labProgress(ticker: Ticker, { green, dim, symbols }: Style) {
	let doing: { message: string; since: number } | undefined;
	const end = () => {
		if (doing)
			ticker.line(`${green(symbols.pass)} ${doing.message}  ${dim(formatDuration(performance.now() - doing.since))}`);
		doing = undefined;
		ticker.now(undefined);
	};
	const tell = (progress: LabProgress) => {
		const message = progress.type === "step" ? progress.message : `fetching ${progress.what}`;
		if (doing?.message !== message) {
			end();
			doing = { message, since: performance.now() };
		}
		const { since } = doing ?? { since: performance.now() };
		const far = progress.type === "download" ? `: ${bar(progress)}` : "";
		ticker.now(() => `${message}${far} ${symbols.dot} ${formatDuration(performance.now() - since)}`);
	};
	return { tell, end };
}

const BAR = 24;

function bar({ received, total }: { received: number; total: number | undefined }): string {
	if (!total) return formatBytes(received);
	const share = Math.min(1, received / total);
	const filled = Math.round(share * BAR);
	return `[${"#".repeat(filled)}${"-".repeat(BAR - filled)}] ${Math.floor(share * 100)}% of ${formatBytes(total)}`;
}
