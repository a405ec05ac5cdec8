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
		"asking whether to go on",
		"nobody can be asked here: this is not a terminal",
		"look at the plan with --dry-run, then agree to it beforehand with --yes",
	);
}

/** @throws {QuorateError} Declined */
export async function confirm(context: CommandContext, question: string): Promise<void> {
	const output = humanOutput(context);
	output.write(`\n${styleOf(context, output).bold(question)} [y/N] `);
	const lines = createInterface({ input: context.terminal.stdin.stream, terminal: false });
	try {
		const answer = await lines[Symbol.asyncIterator]().next();
		if (/^\s*y(es)?\s*$/i.test(answer.done ? "" : answer.value)) return output.write("\n");
		if (answer.done) output.write("\n");
	} finally {
		lines.close();
	}
	throw new QuorateError("Declined", {
		operation: "asking whether to go on",
		message: "the answer was no",
		state: "nothing was changed",
	});
}
