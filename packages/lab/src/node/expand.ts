/**
 * Kubernetes' own expansion: `$(NAME)` becomes the variable's value, `$$` a dollar sign; a reference to what is not there, or one
 * that is never closed, stays as it is written.
 */
export function expand(text: string, lookUp: (name: string) => string | undefined): string {
	let result = "";
	for (let at = 0; at < text.length; at++) {
		const char = text[at];
		const next = text[at + 1];
		if (char !== "$" || next === undefined) {
			result += char;
		} else if (next === "$") {
			result += "$";
			at++;
		} else if (next === "(") {
			const end = text.indexOf(")", at + 2);
			if (end < 0) {
				result += "$(";
				at++;
				continue;
			}
			const name = text.slice(at + 2, end);
			result += lookUp(name) ?? `$(${name})`;
			at = end;
		} else {
			// "$x" is nobody's syntax: both characters stay.
			result += char + next;
			at++;
		}
	}
	return result;
}
