import { basename } from "node:path";
import { type Command, CommanderError } from "commander";
import { EXIT, QuorateError } from "../errors.ts";
import { Interruption } from "../interruption.ts";
import type { SeeNames } from "./completion/complete.ts";
import { ExitWith } from "./exit-with.ts";
import { likeKubectl, wantedOutput } from "./options/command-line.ts";
import { usage } from "./options/usage.ts";
import { buildProgram } from "./program.ts";
import type { Terminal } from "./terminal.ts";

/**
 * The whole command.
 *
 * @param argv as process.argv: the second says how it was called
 * @returns the exit code
 */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
	const called = basename(argv[1] ?? "");
	const name = called.startsWith("kubectl") ? "kubectl quorate" : "quorate";
	const words = argv.slice(2);
	if (called.startsWith("kubectl_complete-") || words[0] === "__complete")
		return complete(called.startsWith("kubectl_complete-") ? words : words.slice(1), name, terminal);
	const program = buildProgram(name, terminal);
	const told: string[] = [];
	for (const command of allCommands(program))
		command
			.exitOverride()
			.configureOutput({ writeOut: (text) => terminal.stdout.write(text), writeErr: (text) => told.push(text) });
	try {
		refuseHelpOfNothing(program, words);
		await program.parseAsync(likeKubectl(words), { from: "user" });
		return EXIT.done;
	} catch (error) {
		if (error instanceof CommanderError && isHelp(error)) {
			terminal.stdout.write(told.join(""));
			return EXIT.done;
		}
		if (error instanceof ExitWith) return error.exitCode;
		const failure = asQuorateError(error, program, words);
		await tell(failure, error, words, terminal);
		return failure.exitCode;
	}
}

async function complete(words: readonly string[], name: string, terminal: Terminal): Promise<number> {
	const { completions } = await import("./completion/complete.ts");
	const see: SeeNames = async (kind, reach) => (await import("./completion/seen-names.ts")).seeNames(kind, reach);
	terminal.stdout.write(await completions(buildProgram(name, terminal), words, see));
	return EXIT.done;
}

function* allCommands(command: Command): Generator<Command> {
	yield command;
	for (const child of command.commands) yield* allCommands(child);
}

/** commander would print the general help. */
function refuseHelpOfNothing(program: Command, [first, about]: readonly string[]): void {
	if (first !== "help" || about === undefined || about.startsWith("-")) return;
	if (program.commands.some((command) => command.name() === about)) return;
	throw usage("reading the command line", `unknown command '${about}'`, `see ${program.name()} --help`);
}

const isHelp = ({ code }: CommanderError) =>
	code === "commander.help" || code === "commander.helpDisplayed" || code === "commander.version";

function asQuorateError(error: unknown, program: Command, words: readonly string[]): QuorateError {
	if (error instanceof QuorateError) return error;
	if (error instanceof CommanderError) {
		const [message = "", suggestion] = error.message.replace(/^error: /, "").split("\n");
		const help = `${commandOf(program, words)} --help`;
		return usage("reading the command line", message, suggestion?.replace(/^\(|\)$/g, "") ?? `see ${help}`);
	}
	if (error instanceof Error && error.name === "AbortError") return interrupted(program, error);
	const message = error instanceof Error ? error.message : String(error);
	return new QuorateError("Internal", {
		operation: "running the command",
		message: `a defect in Quorate: ${message}`,
		hint: "run it again with -v 9 and report what it prints",
		cause: error,
	});
}

/** Ctrl-C met what does not say by itself how far it got. */
const interrupted = (program: Command, cause: Error): QuorateError =>
	new QuorateError("Stopped", {
		operation: "running the command",
		message: cause instanceof Interruption ? cause.message : "interrupted",
		hint: `see how things are: ${program.name()} status`,
		cause,
	});

/** The command that was meant, as far as it can be told. */
function commandOf(program: Command, words: readonly string[]): string {
	let command = program;
	const path = [program.name()];
	for (const word of words) {
		const child = command.commands.find((candidate) => candidate.name() === word);
		if (!child) continue;
		command = child;
		path.push(word);
	}
	return path.join(" ");
}

async function tell(
	failure: QuorateError,
	error: unknown,
	words: readonly string[],
	terminal: Terminal,
): Promise<void> {
	const output = wantedOutput(words);
	const { stderr } = terminal;
	if (output === "json" || output === "yaml") {
		const [{ errorDocument }, { serialize }] = await Promise.all([
			import("./json/error.ts"),
			import("./json/document.ts"),
		]);
		const value = errorDocument(failure);
		// on a line of its own, so that it is found behind what was told before it
		stderr.write(output === "json" ? `${JSON.stringify(value)}\n` : `---\n${await serialize(value, "yaml")}`);
	} else {
		const [{ errorText }, { styleFor }] = await Promise.all([
			import("./render/error-text.ts"),
			import("./render/style.ts"),
		]);
		const style = styleFor(stderr, terminal.env, !words.includes("--no-color"));
		stderr.write(`${errorText(failure, style).join("\n")}\n`);
	}
	if (isVerbose(words)) stderr.write(`${stackOf(error)}\n`);
}

const isVerbose = (words: readonly string[]): boolean => /(^| )(-v|--v)[= ]?([9]|[1-9]\d)( |$)/.test(words.join(" "));

function stackOf(error: unknown): string {
	if (!(error instanceof Error)) return String(error);
	const cause = error.cause === undefined ? "" : `\ncaused by: ${stackOf(error.cause)}`;
	return `${error.stack ?? error.message}${cause}`;
}
