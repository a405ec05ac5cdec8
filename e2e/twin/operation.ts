/** One thing done to both servers: a kubectl command, and what of its outcome is compared. */
export interface Operation {
	/** @default what is run */
	name?: string;
	/** kubectl's arguments, as a shell would take them; `{ns}`, `{dir}` and `{node:POD}` are filled in */
	run: string;
	/** standard input; what is no string goes in as JSON */
	input?: string | object;
	env?: Record<string, string>;
	/** run again until this is in what was printed, and compare the last outcome only */
	until?: RegExp;
	/**
	 * - text: line by line; tables cell by cell
	 * - json: object by object (the default where the command says `-o json` or `-o yaml`)
	 * - events: a JSON list of events, as the order of what was said of each object
	 * - event set: the same in whatever order, where what happens side by side is said of one object
	 * - lines: which lines, in whatever order
	 * - code: exit code and errors only
	 * - nothing: a step on the way
	 * @default "text"
	 */
	view?: View;
	/** runs beside the operations that follow, until {@link Operation.ends} names it */
	begins?: string;
	/** ends the command that began under this name, and compares all that it printed */
	ends?: string;
	/** no command: the node that `run` names loses its power, or has it back */
	power?: "off" | "on";
}

export type View = "text" | "json" | "events" | "event set" | "lines" | "code" | "nothing";

/** A chapter of the script: operations in order, in a namespace of their own. Chapters run side by side. */
export interface Chapter {
	name: string;
	operations: readonly Operation[];
	/** while no other runs: it takes away what others need */
	alone?: true;
}

export const op = (run: string, more: Omit<Operation, "run"> = {}): Operation => ({ run, ...more });

export const nameOf = (operation: Operation): string => operation.name ?? operation.run;

/** Splits as a shell does: blanks part words, single and double quotes hold them together. */
export function words(line: string): string[] {
	const found: string[] = [];
	for (const match of line.matchAll(/(?:[^\s"']|"[^"]*"|'[^']*')+/g))
		found.push(match[0].replace(/'([^']*)'|"([^"]*)"/g, (_, single, double) => single ?? double));
	return found;
}

/** How an operation's outcome is looked at. */
export function viewOf(operation: Operation): View {
	if (operation.view) return operation.view;
	return /(^|\s)(-o|--output)[ =]?(json|yaml)(\s|$)/.test(operation.run) ? "json" : "text";
}
