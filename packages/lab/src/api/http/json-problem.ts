/** What Go says where Node says something else of a JSON text that is none. */
const WORDINGS: readonly [RegExp, string][] = [
	[/^Expected property name/, "looking for beginning of object key string"],
	[/^Expected double-quoted property name/, "looking for beginning of object key string"],
	[/^Expected ':'/, "after object key"],
	[/^Expected ',' or '}'/, "after object key:value pair"],
	[/^Expected ',' or '\]'/, "after array element"],
	[/^Unexpected non-whitespace character after JSON/, "after top-level value"],
	[/^Bad control character/, "in string literal"],
	[/^Bad escaped character/, "in string escape code"],
];

/** Why a text is no JSON, in the words of Kubernetes. */
export function jsonProblem(error: Error, text: string): string {
	const position = Number(/at position (\d+)/.exec(error.message)?.[1] ?? text.length);
	if (position >= text.trimEnd().length || /^(Unexpected end|Unterminated)/.test(error.message))
		return "unexpected end of JSON input";
	const [, wording = "looking for beginning of value"] =
		WORDINGS.find(([pattern]) => pattern.test(error.message)) ?? [];
	return `invalid character '${text.charAt(position)}' ${wording}`;
}
