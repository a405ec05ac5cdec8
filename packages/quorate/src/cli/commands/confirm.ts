import { createInterface } from "node:readline/promises";
import { QuorateError } from "../../errors.ts";
import { type CommandContext, humanOutput, styleOf } from "../command-context.ts";
import { usage } from "../options/usage.ts";

/** Whether someone sits there who has seen the plan and can answer. */
export const canAsk = (context: CommandContext): boolean => context.terminal.stdin.isTTY && humanOutput(context).isTTY;

/** @throws {QuorateError} Usage where neither --yes was given nor anyone can be asked */
export function mustBeAgreed(context: CommandContext, yes: boolean): void {
	if (yes || canAsk(context)) return;
	throw usage(
		"asking for confirmation",
		"confirmation needed, but this is not a terminal",
		"see the plan with --dry-run, then approve it with --yes",
	);
}

/**
 * Asks until the answer is one: y, yes, n or no. An empty line is a no.
 *
 * @throws {QuorateError} Declined
 */
export async function confirm(context: CommandContext, question: string): Promise<void> {
	const output = humanOutput(context);
	const style = styleOf(context, output);
	const lines = createInterface({ input: context.terminal.stdin.stream, terminal: false });
	const answers = lines[Symbol.asyncIterator]();
	output.write(`\n${style.bold(question)} [y/N] `);
	try {
		for (;;) {
			const answer = await answers.next();
			const text = answer.done ? "" : answer.value.trim();
			if (/^y(es)?$/i.test(text)) return output.write("\n");
			if (answer.done) output.write("\n");
			if (/^(no?)?$/i.test(text)) break;
			output.write(`${style.bold("Please answer y or n")} [y/N] `);
		}
	} finally {
		lines.close();
	}
	throw new QuorateError("Declined", {
		operation: "asking for confirmation",
		message: "aborted",
		state: "nothing was changed",
	});
}
