import { StringDecoder } from "node:string_decoder";
import { QuorateError } from "../errors.ts";
import type { Output } from "./terminal.ts";

/** What of a terminal's input is needed to read without showing. */
export type SecretInput = NodeJS.ReadableStream & { setRawMode?(raw: boolean): unknown };

const [INTERRUPT, END, BACKSPACE, DELETE, CLEAR] = ["\x03", "\x04", "\b", "\x7f", "\x15"];

/**
 * Asks for one line that is not shown.
 *
 * @throws {QuorateError} Declined where the answer is Ctrl-C, or the input ends
 */
export function askSecret(input: SecretInput, output: Output, question: string): Promise<string> {
	return new Promise((resolve, reject) => {
		const decoder = new StringDecoder("utf8");
		let typed: string[] = [];
		const stop = () => {
			input.removeListener("data", onData);
			input.removeListener("end", decline);
			input.setRawMode?.(false);
			input.pause();
			output.write("\n");
		};
		const decline = () => {
			stop();
			const operation = "asking for the password";
			reject(new QuorateError("Declined", { operation, message: "none was given", state: "nothing was changed" }));
		};
		const onData = (data: Buffer | string) => {
			for (const character of typeof data === "string" ? data : decoder.write(data)) {
				if (character === "\r" || character === "\n") {
					stop();
					return resolve(typed.join(""));
				}
				if (character === INTERRUPT || character === END) return decline();
				if (character === BACKSPACE || character === DELETE) typed.pop();
				else if (character === CLEAR) typed = [];
				else typed.push(character);
			}
		};
		output.write(question);
		input.setRawMode?.(true);
		input.on("data", onData);
		input.once("end", decline);
		input.resume();
	});
}
