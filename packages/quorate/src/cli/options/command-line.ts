/** Flags that may stand alone, and then mean this. */
const ALONE: Readonly<Record<string, string>> = { "--dry-run": "--dry-run=client" };

/** kubectl's flags without a value take `=true` and `=false` too. */
const SWITCHES = "--all-namespaces -A --yes -y --force --strict --empty --client --runbook --keys-only --offline".split(
	" ",
);

/**
 * Turns what kubectl's parser takes and commander does not into what both do: `-n=NAME`, `--yes=false`, `--dry-run` without a
 * value. Everything behind `--` stays.
 */
export function likeKubectl(words: readonly string[]): string[] {
	const end = words.indexOf("--");
	const flags = end < 0 ? words : words.slice(0, end);
	return [...flags.flatMap(translated), ...words.slice(flags.length)];
}

function translated(word: string): string[] {
	const alone = ALONE[word];
	if (alone !== undefined) return [alone];
	const [flag = "", value] = split(word);
	if (value === undefined) return [word];
	if (SWITCHES.includes(flag) && /^(true|1|t)$/i.test(value)) return [flag];
	if (SWITCHES.includes(flag) && /^(false|0|f)$/i.test(value)) return [];
	return /^-[a-z]$/i.test(flag) ? [flag, value] : [word];
}

function split(word: string): [string, string?] {
	const at = word.startsWith("-") ? word.indexOf("=") : -1;
	return at < 0 ? [word] : [word.slice(0, at), word.slice(at + 1)];
}

/** What `-o` says, found without parsing: errors are told in that form even where the rest cannot be understood. */
export function wantedOutput(words: readonly string[]): string | undefined {
	for (const [index, word] of words.entries()) {
		if (word === "--") return undefined;
		const joined = /^(?:-o=?|--output=)(.+)$/.exec(word);
		if (joined) return joined[1];
		if (word === "-o" || word === "--output") return words[index + 1];
	}
	return undefined;
}
