import { axis, type Scale } from "./axis.ts";

/** A picture of numbers against numbers. */
export interface Plot {
	/** of the file, without its ending */
	readonly name: string;
	readonly title: string;
	readonly x: { readonly label: string; readonly scale?: Scale };
	readonly y: { readonly label: string; readonly scale?: Scale };
	readonly lines: readonly Line[];
	/** spans of x that are named in the picture */
	readonly spans?: readonly {
		readonly from: number;
		readonly to: number;
		readonly label: string;
		readonly line: number;
	}[];
}

interface Line {
	readonly name: string;
	readonly points: readonly (readonly [x: number, y: number])[];
	/** a dot at each point: for few of them. @default false */
	readonly dots?: boolean;
}

const WIDTH = 860;
const HEIGHT = 380;
const LEFT = 76;
const RIGHT = 20;
const TOP = 66;
const BOTTOM = 52;
/** Readable on white and on black, and apart for those who see few colours. */
const COLOURS = ["#3b82c4", "#d97706", "#3f9a5f", "#b0529b"];
const GREY = "#8b949e";

/** The plot as SVG: no fonts, scripts or pictures from elsewhere. */
export function drawPlot({ title, x, y, lines, spans = [] }: Plot): string {
	const points = lines.flatMap((line) => line.points);
	const across = axis(
		points.map(([value]) => value),
		[LEFT, WIDTH - RIGHT],
		x.scale,
	);
	const up = axis(
		[...points.map(([, value]) => value), ...(y.scale === "log" ? [] : [0])],
		[HEIGHT - BOTTOM, TOP],
		y.scale,
	);
	const parts = [
		text(LEFT, 22, title, { size: 15, weight: "600" }),
		...lines.map(({ name }, index) => legend(name, index, lines)),
		...up.ticks.map(({ at, label }) => [
			`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}" stroke="${GREY}" stroke-opacity="0.25"/>`,
			text(LEFT - 8, at + 4, label, { anchor: "end" }),
		]),
		...across.ticks.map(({ at, label }) => text(at, HEIGHT - BOTTOM + 18, label, { anchor: "middle" })),
		text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x.label, { anchor: "middle" }),
		`<text transform="translate(16 ${(TOP + HEIGHT - BOTTOM) / 2}) rotate(-90)" text-anchor="middle" fill="${GREY}" font-size="12">${escaped(y.label)}</text>`,
		...spans.map((span) => {
			const [from, to] = [across.at(span.from), across.at(span.to)];
			const top = TOP - 8 + 11 * span.line;
			const colour = COLOURS[span.line % COLOURS.length];
			return [
				`<rect x="${from}" y="${TOP}" width="${round(to - from)}" height="${HEIGHT - BOTTOM - TOP}" fill="${colour}" fill-opacity="0.08"/>`,
				text(from + 3, top, span.label, { size: 10, colour }),
			];
		}),
		...lines.map((line, index) => drawLine(line, index, across.at, up.at)),
	];
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" aria-label="${escaped(title)}" font-family="system-ui, sans-serif">`,
		...parts.flat(2),
		"</svg>",
		"",
	].join("\n");
}

function drawLine({ points, dots }: Line, index: number, x: (value: number) => number, y: (value: number) => number) {
	const colour = COLOURS[index % COLOURS.length];
	const places = points.map(([a, b]) => `${x(a)},${y(b)}`);
	return [
		`<polyline points="${places.join(" ")}" fill="none" stroke="${colour}" stroke-width="1.8" stroke-linejoin="round"/>`,
		...(dots ? points.map(([a, b]) => `<circle cx="${x(a)}" cy="${y(b)}" r="3.5" fill="${colour}"/>`) : []),
	];
}

function legend(name: string, index: number, lines: readonly Line[]): string[] {
	const before = lines.slice(0, index).reduce((width, line) => width + 34 + line.name.length * 6.6, LEFT);
	const colour = COLOURS[index % COLOURS.length];
	return [
		`<rect x="${round(before)}" y="32" width="14" height="4" fill="${colour}"/>`,
		text(round(before + 20), 38, name, {}),
	];
}

function text(
	x: number,
	y: number,
	content: string,
	style: { anchor?: string; size?: number; weight?: string; colour?: string | undefined },
): string {
	const { anchor = "start", size = 12, weight, colour = GREY } = style;
	const bold = weight ? ` font-weight="${weight}"` : "";
	return `<text x="${x}" y="${y}" text-anchor="${anchor}" fill="${colour}" font-size="${size}"${bold}>${escaped(content)}</text>`;
}

const round = (value: number) => Math.round(value * 10) / 10;

const escaped = (content: string) => content.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
