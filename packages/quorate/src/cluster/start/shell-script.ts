import { type Assignment, type Command, forEachChild, parse, type SyntaxNode, type Word } from "unbash";

/** One simple command of a shell script, wherever in it: in a branch, a loop, a function, a substitution. */
export interface ShellCommand {
	/** the name and the arguments; empty: assignments alone */
	readonly words: readonly Word[];
	readonly assignments: readonly Assignment[];
	/** files that it writes to */
	readonly writes: readonly string[];
	/** a statement of the script itself, in the foreground: it always runs, once */
	readonly plain: boolean;
	/** nothing comes after it */
	readonly last: boolean;
	/** as it stands in the script */
	readonly quote: string;
}

export interface ShellScript {
	readonly commands: readonly ShellCommand[];
	readonly functions: ReadonlySet<string>;
	/** names of the variables that it sets in any way */
	readonly assigned: ReadonlySet<string>;
	/** what no shell could be sure of, quoted */
	readonly odd: readonly string[];
}

const LONGEST_QUOTE = 120;

/** On one line, cut where it is long. */
export function quoted(text: string): string {
	const line = text.replaceAll(/\\?\s+/g, " ").trim();
	return `\`${line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line}\``;
}

/**
 * Parses a script as a shell does, without running any of it.
 *
 * @param replaced where `$(NAME)` begins that is no command, for the kubelet replaces it before
 */
export function readScript(source: string, replaced: ReadonlySet<number> = new Set()): ShellScript {
	const script = parse(source);
	const odd = (script.errors ?? []).map(({ message }) => `${message} in ${quoted(source)}`);
	const commands: ShellCommand[] = [];
	const functions = new Set<string>();
	const assigned = new Set<string>();
	const statements = new Map(script.commands.map((statement, index) => [statement.command as SyntaxNode, index]));
	const visit = (node: SyntaxNode, within: string): void => {
		if (node.type === "CommandExpansion" && replaced.has(node.pos)) return;
		const text = node.type === "Script" ? (node.source ?? within) : within;
		if (node.type === "Command") {
			const index = statements.get(node);
			const plain = index !== undefined && !script.commands[index]?.background;
			commands.push(shellCommand(node, text, plain, plain && index === script.commands.length - 1));
		}
		if (node.type === "Function") functions.add(node.name.value);
		if (node.type === "Assignment") assigned.add(node.name);
		if (node.type === "For" || node.type === "Select") assigned.add(node.name.value);
		if (node.type === "ParameterExpansion" && node.operation?.type === "Default" && /=/.test(node.operation.operator))
			assigned.add(node.parameter);
		if (node.type === "Coproc" || node.type === "ProcessSubstitution") odd.push(quoted(text.slice(node.pos, node.end)));
		forEachChild(node, (child) => visit(child, text));
	};
	visit(script, source);
	for (const { words } of commands) {
		if (words[0]?.value === "read") for (const { value } of words.slice(1)) assigned.add(value);
	}
	return { commands, functions, assigned, odd };
}

function shellCommand(node: Command, source: string, plain: boolean, last: boolean): ShellCommand {
	const inArguments = node.suffix.filter((part): part is Assignment => part.type === "Assignment");
	const before = node.prefix.filter((part): part is Assignment => part.type === "Assignment");
	return {
		words: [...(node.name ? [node.name] : []), ...node.args.map(asWord)],
		assignments: [...before, ...inArguments],
		writes: node.redirects.flatMap((redirect) =>
			redirect.type === "Redirect" && redirect.operator.includes(">") ? [redirect.target?.value ?? "?"] : [],
		),
		plain,
		last,
		quote: quoted(source.slice(node.pos, node.end)),
	};
}

/** `x=y` among the arguments of a command that takes none: a word like any other. */
const asWord = (part: Word | Assignment): Word =>
	part.type === "Word" ? part : { type: "Word", text: part.text, value: part.text, pos: part.pos, end: part.end };
