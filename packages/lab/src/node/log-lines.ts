import type { LogOptions } from "../api/api.ts";

/** One line (or part of one) of a container's log. */
export interface LogLine {
	time: string;
	stream: "stdout" | "stderr";
	/** the line goes on in the next one */
	partial: boolean;
	text: Buffer;
}

/** Takes `<time> <stream> <F|P> <text>` apart; undefined where it is not such a line. */
export function parseLine(line: Buffer): LogLine | undefined {
	const first = line.indexOf(32);
	const second = line.indexOf(32, first + 1);
	const third = line.indexOf(32, second + 1);
	if (first < 0 || second < 0 || third < 0) return undefined;
	const stream = line.toString("utf8", first + 1, second);
	if (stream !== "stdout" && stream !== "stderr") return undefined;
	const partial = line[second + 1] === 80;
	return { time: line.toString("utf8", 0, first), stream, partial, text: line.subarray(third + 1) };
}

/** What a reader sees of a line. */
export function formatLine(line: LogLine, options: Pick<LogOptions, "timestamps">): Buffer {
	const parts = [line.text];
	if (options.timestamps) parts.unshift(Buffer.from(`${line.time} `));
	if (!line.partial) parts.push(Buffer.from("\n"));
	return Buffer.concat(parts);
}

/** The earliest time that is asked for, in milliseconds. */
export function since(options: Pick<LogOptions, "sinceSeconds" | "sinceTime">, now: number): number | undefined {
	if (options.sinceTime !== undefined) return Date.parse(options.sinceTime);
	return options.sinceSeconds === undefined ? undefined : now - options.sinceSeconds * 1000;
}
