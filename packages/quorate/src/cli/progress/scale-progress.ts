import type { ClusterView } from "../../cluster/cluster-view.ts";
import type { ScaleEvent } from "../../scaling/events.ts";
import type { Step, Wait } from "../../scaling/step.ts";
import { withAges } from "../render/ages.ts";
import { formatBytes, formatCount, formatDuration } from "../render/quantities.ts";
import { describeStep, stepLine } from "../render/step-words.ts";
import { columnsOf, cut, type Style } from "../render/style.ts";
import type { Ticker } from "./ticker.ts";

/** Waits shorter than this leave no line behind. */
const WORTH_TELLING_MS = 1000;

interface Going {
	step?: { step: Step; number: number; total: number; since: number };
	wait?: { wait: Wait; since: number; limit: number };
	progress?: Extract<ScaleEvent, { type: "progress" }>;
}

/** Turns the events of a run into what a person sees of it. */
export function scaleProgress(
	ticker: Ticker,
	style: Style,
	set: ClusterView["statefulSet"],
	now: () => number = () => performance.now(),
): (event: ScaleEvent) => void {
	const going: Going = {};
	let last = { number: 0, total: 0 };
	const status = () => statusLine(going, last, set, style, now());
	return (event) => {
		switch (event.type) {
			case "step-started":
				going.step = { step: event.step, number: event.number, total: event.total, since: now() };
				last = { number: event.number, total: event.total };
				delete going.progress;
				break;
			case "step-done": {
				const { detail, milliseconds, step } = event;
				const { subject, words, done = words } = describeStep(step, set);
				const text = `${count(last)} ${subject}: ${detail ?? done}`;
				ticker.line(finished(text, formatDuration(milliseconds), style));
				delete going.step;
				delete going.progress;
				break;
			}
			case "waiting":
				going.wait = { wait: event.wait, since: now() - event.milliseconds, limit: event.limit };
				break;
			case "waited":
				// a step's own time holds what was waited for its effect
				if (!going.step && event.milliseconds >= WORTH_TELLING_MS && Number.isFinite(style.width))
					ticker.line(
						style.dim(
							`  waited ${formatDuration(event.milliseconds)}: ${cutTo(withAges(event.wait.reason), 20, style)}`,
						),
					);
				delete going.wait;
				break;
			case "progress":
				going.progress = event;
				break;
			case "finished":
				ticker.now(undefined);
				return;
			case "checked":
			case "planned":
			case "proved":
				return;
		}
		ticker.now(status, going.wait && withAges(going.wait.wait.reason));
	};
}

const count = ({ number, total }: { number: number; total: number }) =>
	`${String(number).padStart(String(total).length)}/${total}`;

const cutTo = (text: string, less: number, style: Style) => cut(text, style.width - less, style);

function finished(text: string, time: string, style: Style): string {
	const room = style.width - columnsOf(style.symbols.pass) - time.length - 4;
	const shown = cut(text, room, style);
	const gap = Number.isFinite(room) ? " ".repeat(Math.max(0, room - shown.length)) : "";
	return `${style.green(style.symbols.pass)} ${shown}${gap}  ${style.dim(time)}`;
}

function statusLine(
	{ step, wait, progress }: Going,
	last: { number: number; total: number },
	set: ClusterView["statefulSet"],
	{ symbols }: Style,
	now: number,
): string {
	const where = step ?? last;
	// what is cut off at the right is what can be spared
	const parts = [
		...(where.number > 0 ? [count(where)] : []),
		...(wait ? [`waiting ${formatDuration(now - wait.since)} of ${formatDuration(wait.limit)}`] : []),
		...(step && !wait ? [formatDuration(now - step.since)] : []),
		...(progress ? [amount(progress)] : []),
		...(wait ? [withAges(wait.wait.reason)] : step ? [stepLine(step.step, set)] : []),
	];
	return parts.join(` ${symbols.dot} `) || "looking";
}

export function amount({ done, total, unit }: { done: number; total?: number; unit: "bytes" | "keys" }): string {
	const format = unit === "bytes" ? formatBytes : (n: number) => formatCount(n);
	const of = total === undefined || total === 0 ? "" : ` of ${format(total)}`;
	return `${format(done)}${of}${unit === "keys" ? " keys" : ""}`;
}
