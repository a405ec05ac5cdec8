/** The colours that style.ts paints with; anything else that a terminal would obey is shown instead. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const OURS = /\u001b\[(?:0|1|2|22|31|32|33|36|39)m/g;

/**
 * Control characters but line feed and tab, those of C1 among them, what turns the direction of writing, and line separators: with these a
 * text could move the cursor, hide what stands before it, or say it in another order.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const HARMFUL = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** Text as a terminal may be given it: whatever a cluster put into it (a Lease's holder, a member's name, a message) is shown, and not obeyed. */
export function harmless(text: string): string {
	let result = "";
	let end = 0;
	for (const { 0: paint, index } of text.matchAll(OURS)) {
		result += escapeControls(text.slice(end, index)) + paint;
		end = index + paint.length;
	}
	return result + escapeControls(text.slice(end));
}

/** As JSON has it, so that a JSON text stays the same document. */
export const escapeControls = (text: string): string =>
	text.replace(HARMFUL, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, "0")}`);
