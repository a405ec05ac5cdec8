import type { Command, Option } from "commander";
import { OUTPUTS } from "../options/globals.ts";

/** What the shell shall do with the answer; cobra's numbers, which kubectl's completion of plugins understands. */
const NO_FILES = 4;
const FILES = 0;

const VALUES: Readonly<Record<string, readonly string[]>> = {
	"--output": OUTPUTS,
	"--dry-run": ["client", "server"],
	"--snapshot": ["none"],
	"--to": ["lab"],
};

const TAKES_FILE = /^--(kubeconfig|snapshot|cacert|cert|key|etcd)$/;

/** What there may be of, where names are asked for. */
export type NameKind = "context" | "namespace" | "stateful-set" | "pod" | "lab";

/** The cluster that is meant, by the flags that were typed already. */
export interface Reach {
	readonly kubeconfig: string | undefined;
	readonly context: string | undefined;
	readonly namespace: string | undefined;
}

/** Names of that kind; none where they cannot be had. */
export type SeeNames = (kind: NameKind, reach: Reach) => Promise<readonly string[]>;

const NAMES: Readonly<Record<string, NameKind>> = {
	"--context": "context",
	"--namespace": "namespace",
	"--pod": "pod",
	"--name": "lab",
};

/**
 * The words that may stand in place of the last one, each with its meaning behind a tab, and a last line for the shell.
 *
 * @param words what was typed behind the command's name; the last may be empty, or begun
 * @param see asked for names of what there is. @default none are known
 */
export async function completions(
	program: Command,
	words: readonly string[],
	see: SeeNames = async () => [],
): Promise<string> {
	const begun = words.at(-1) ?? "";
	const before = words.slice(0, -1);
	const { command, rest } = walk(program, before);
	const options = [...command.options, ...(command === program ? [] : program.options)].filter((o) => !o.hidden);
	const previous = before.at(-1) ?? "";
	const asked = options.find(
		(o) => (o.short === previous || o.long === previous) && (o.required || o.long === "--dry-run"),
	);
	const values = async (flag: string): Promise<readonly string[]> => {
		const kind = NAMES[flag];
		return kind ? see(kind, reachOf(before)) : (VALUES[flag] ?? []);
	};
	if (asked?.required)
		return answer(await values(asked.long ?? ""), begun, TAKES_FILE.test(asked.long ?? "") ? FILES : NO_FILES);
	const joined = /^(--[a-z-]+)=(.*)$/.exec(begun);
	if (joined) {
		const [, flag = "", value = ""] = joined;
		const found = (await values(flag)).filter((one) => one.startsWith(value)).map((one) => `${flag}=${one}`);
		return answer(found, "", TAKES_FILE.test(flag) ? FILES : NO_FILES);
	}
	if (begun.startsWith("-"))
		return answer(
			options.map((o) => `${o.long}\t${o.description}`),
			begun,
			NO_FILES,
		);
	if (command.commands.length > 0)
		return answer(
			command.commands.map((child) => `${child.name()}\t${child.summary() || child.description()}`),
			begun,
			NO_FILES,
		);
	if (command.name() === "completion") return answer(["bash", "zsh", "fish"], begun, NO_FILES);
	if (takesName(command, before)) return answer(await see("stateful-set", reachOf(before)), begun, NO_FILES);
	if (command.registeredArguments[rest]?.name().startsWith("sts/NAME"))
		return answer(named(await see("stateful-set", reachOf(before)), begun), begun, NO_FILES);
	return answer([], begun, command.parent?.name() === "snapshot" && rest === 0 ? FILES : NO_FILES);
}

/** `sts NAME`, in two words. */
const takesName = (command: Command, before: readonly string[]): boolean =>
	/^(sts|statefulsets?)$/.test(before.at(-1) ?? "") &&
	command.registeredArguments.some((argument) => argument.name().startsWith("sts/NAME"));

/** With the type in front, as it was begun; kubectl takes both. */
function named(names: readonly string[], begun: string): string[] {
	const [type = "", name] = begun.split("/");
	if (name !== undefined) return names.map((one) => `${type}/${one}`);
	return "sts".startsWith(begun) ? names.map((one) => `sts/${one}`) : [...names];
}

function reachOf(words: readonly string[]): Reach {
	const value = (...flags: string[]): string | undefined => {
		for (const [index, word] of words.entries()) {
			const joined = flags.find((flag) => word.startsWith(`${flag}=`));
			if (joined) return word.slice(joined.length + 1);
			if (flags.includes(word)) return words[index + 1];
		}
		return undefined;
	};
	return { kubeconfig: value("--kubeconfig"), context: value("--context"), namespace: value("-n", "--namespace") };
}

/** The command that the words lead to, and how many words that are no flags are behind it. */
function walk(program: Command, words: readonly string[]): { command: Command; rest: number } {
	let command = program;
	let rest = 0;
	let isValue = false;
	for (const word of words) {
		if (isValue) {
			isValue = false;
			continue;
		}
		if (word.startsWith("-")) {
			const options: readonly Option[] = [...command.options, ...program.options];
			isValue = options.some((option) => (option.short === word || option.long === word) && option.required);
			continue;
		}
		const child = command.commands.find((candidate) => candidate.name() === word);
		if (child) command = child;
		else rest++;
	}
	return { command, rest };
}

function answer(found: readonly string[], begun: string, directive: number): string {
	return [...found.filter((one) => one.startsWith(begun)), `:${directive}`, ""].join("\n");
}
