import { ratioText, shown } from "./numbers.ts";
import type { FigureResult } from "./results.ts";

const HEAD = ["", "ours", "peer", "ratio", "goal", "met"];

/** A Markdown table; medians, with the least and the most of several runs behind. */
export function markdownTable(figures: readonly FigureResult[]): string {
	const lines = figures.map(cells).map((line) => `| ${line.join(" | ")} |`);
	return [`| ${HEAD.join(" | ")} |`, `|${HEAD.map(() => "---").join("|")}|`, ...lines].join("\n");
}

/** The same for a terminal. */
export function textTable(figures: readonly FigureResult[]): string {
	const lines = [
		["", ...HEAD.slice(1)],
		...figures.map((figure) => [`${figure.id} ${cells(figure)[0]}`, ...cells(figure).slice(1)]),
	];
	const widths = HEAD.map((_, column) => Math.max(...lines.map((line) => [...(line[column] ?? "")].length)));
	return lines
		.map((line) =>
			line
				.map((cell, column) => cell + " ".repeat((widths[column] ?? 0) - [...cell].length))
				.join("  ")
				.trimEnd(),
		)
		.join("\n");
}

function cells({ name, unit, ours, oursSpread, peer, peerSpread, against, ratio, goal, met }: FigureResult): string[] {
	const value = (median: number, [least, most]: [number, number]) =>
		least === most ? shown(median, unit) : `${shown(median, unit)} (${shown(least, unit)} – ${shown(most, unit)})`;
	return [
		name,
		value(ours, oursSpread),
		peer === undefined || !peerSpread ? "" : `${value(peer, peerSpread)}${against ? `: ${against}` : ""}`,
		ratio === undefined ? "" : ratioText(ratio),
		goal ?? "",
		met === undefined ? "" : met ? "yes" : "**no**",
	];
}
