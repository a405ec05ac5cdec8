import type { Globals } from "./options/globals.ts";
import { type Style, styleFor } from "./render/style.ts";
import type { Output, Terminal } from "./terminal.ts";

/** What every command is given. */
export interface CommandContext {
	readonly terminal: Terminal;
	readonly globals: Globals;
	/** how the command was called: "quorate" or "kubectl quorate" */
	readonly name: string;
}

/** Whether stdout holds one document and nothing else. */
export const isStructured = ({ globals }: CommandContext): boolean =>
	globals.output === "json" || globals.output === "yaml";

/** Where what is meant for a person goes. */
export const humanOutput = (context: CommandContext): Output =>
	isStructured(context) ? context.terminal.stderr : context.terminal.stdout;

export const styleOf = ({ terminal, globals }: CommandContext, output: Output): Style =>
	styleFor(output, terminal.env, globals.color);

/** Prints the text, or with -o json|yaml the document. */
export async function print(
	context: CommandContext,
	text: (style: Style) => readonly string[],
	document: () => object,
): Promise<void> {
	const { stdout } = context.terminal;
	const { output } = context.globals;
	if (output === "json" || output === "yaml") {
		const { serialize } = await import("./json/document.ts");
		stdout.write(await serialize(document(), output));
	} else stdout.write(`${text(styleOf(context, stdout)).join("\n")}\n`);
}
