/** What a terminal would act upon, or show in another order than it stands. */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;
const LINE_ENDS = /[\t\n\r]/g;

/** A key or a value as text where it is plain text; else in hex behind `0x`, and so is text that begins like that. */
export function bytesText(bytes: Uint8Array): string {
	const text = decoded(bytes);
	const plain = text !== undefined && !text.startsWith("0x") && text.replace(LINE_ENDS, "").search(UNSAFE) < 0;
	return plain ? text : hexText(bytes);
}

/** The beginning of a value on one line, for people: nothing in it that a terminal would act upon. */
export function shownBytes(bytes: Uint8Array, columns: number, ellipsis: string): string {
	// As many bytes as columns are enough, but for what a character has been cut from.
	const head = bytes.subarray(0, columns * 4 + 4);
	const text = decoded(head, bytes.length > head.length)?.replace(UNSAFE, escaped) ?? hexText(head);
	return bytes.length > head.length || text.length > columns
		? text.slice(0, Math.max(0, columns - ellipsis.length)) + ellipsis
		: text;
}

function escaped(character: string): string {
	const short: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
	return short[character] ?? `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`;
}

const hexText = (bytes: Uint8Array): string => `0x${Buffer.from(bytes).toString("hex")}`;

/** @param isCut the last character may be incomplete */
function decoded(bytes: Uint8Array, isCut = false): string | undefined {
	try {
		return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
	} catch {
		return undefined;
	}
}
