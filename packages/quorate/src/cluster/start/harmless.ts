import { readScript, type ShellCommand } from "./shell-script.ts";

/** Commands that look, wait, speak or prepare: whatever their arguments, no member joins, leaves or loses data by them. */
const HARMLESS = new Set(
	`: true false test [ [[ echo printf set unset shift local readonly export read cd umask ulimit exit return break continue wait type
	sleep date hostname whoami id uname pwd seq expr cut tr head tail sort uniq wc cat basename dirname realpath readlink stat ls env printenv
	grep egrep fgrep nslookup getent host dig ping ping6 nc ncat which mkdir chown chgrp chmod sysctl sync touch pgrep ps df du`.split(
		/\s+/,
	),
);

/** Of etcdctl, what only reads, or hands the leadership on. */
const READING =
	/^(version|help|get|watch|endpoint (status|health|hashkv)|member list|move-leader|alarm list|user list|role list|auth status|lease list|check perf|snapshot status)\b/;

/** Flags of these programs by which they change files, run others, or send something. */
const FORBIDDEN_FLAGS: Readonly<Record<string, RegExp>> = {
	sed: /^(-[a-zA-Z]*i|--in-place|-f|--file)/,
	find: /^-(delete|exec|execdir|ok|okdir|fls|fprint)/,
	curl: /^(-[a-zA-Z]*[XdFToOK]|--(request|data|form|upload|output|remote|json|config))/,
	wget: /^--(post|body|method|input)/,
	env: /^[^-]/,
	awk: /system|getline|>|\||^-f/,
	command: /^[^-]/,
	unset: /^(ETCD_|PATH$)/,
	read: /^(ETCD_|PATH$)/,
	printf: /^-v/,
};

/** Files that may be written: they hold nothing of etcd's. */
const SCRATCH = /^(\d+|-|\/dev\/\w+|\/tmp\/(?!.*\.\.).*)$/;

/** Whether a command may run whenever it likes; of what is not known to be harmless, nothing is assumed. */
export function isHarmless(command: ShellCommand, functions: ReadonlySet<string>): boolean {
	if (!command.writes.every((file) => SCRATCH.test(file))) return false;
	// etcd's own variables decide how it starts; others decide which program a name stands for
	if (command.assignments.some(({ name }) => /^(ETCD_.*|PATH|LD_.*|IFS|ENV|BASH_ENV)$/.test(name))) return false;
	return isHarmlessCall(
		command.words.map(({ value }) => value),
		functions,
	);
}

function isHarmlessCall([path = "", ...args]: readonly string[], functions: ReadonlySet<string>): boolean {
	if (path === "" && args.length === 0) return true;
	// what a function does is looked at where it is written
	if (functions.has(path)) return true;
	const name =
		/^(\/usr\/local\/bin|\/opt\/bitnami\/etcd\/bin|\/usr\/bin|\/bin)?\/?([\w.[:-]+)$/.exec(path)?.[2] ?? path;
	const forbidden = FORBIDDEN_FLAGS[name];
	if (forbidden && args.some((arg) => forbidden.test(arg))) return false;
	if (name === "etcdctl") return READING.test(args.filter((arg) => !arg.startsWith("-")).join(" "));
	if (name === "xargs") {
		const [first, ...rest] = args.filter((arg) => !/^-(r|0|t|\d+|n\d+)$/.test(arg));
		return first !== undefined && !first.startsWith("-") && isHarmlessCall([first, ...rest], functions);
	}
	return HARMLESS.has(name) || forbidden !== undefined;
}

const SHELL = /^(\/usr)?(\/bin\/)?(sh|bash|ash|dash)$/;

/** `sh -ec SCRIPT …`: where the script is among these words; undefined: they are no such call. */
export function scriptAt(words: readonly string[]): number | undefined {
	if (!SHELL.test(words[0] ?? "")) return undefined;
	for (let index = 1; index < words.length; index++) {
		const word = words[index] ?? "";
		if (word === "pipefail" && /^-[a-z]*o$/.test(words[index - 1] ?? "")) continue;
		if (!/^-[a-z]+$/.test(word) || /[^exuflco]/.test(word.slice(1))) return undefined;
		if (word.includes("c")) return /[o]/.test(word) || index + 1 >= words.length ? undefined : index + 1;
	}
	return undefined;
}

/**
 * What of a container's or a hook's command line is not known to be harmless, each quoted. Empty: all of it is.
 */
export function notHarmless(words: readonly string[]): readonly string[] {
	const at = scriptAt(words);
	const script = readScript(at === undefined ? "" : (words[at] ?? ""));
	if (at !== undefined)
		return [
			...script.odd,
			...script.commands.filter((command) => !isHarmless(command, script.functions)).map(({ quote }) => quote),
		];
	return isHarmlessCall(words, new Set()) ? [] : [`\`${words.join(" ")}\``];
}

/** It adds, removes or changes members, whatever else it does. */
export const changesMembers = (text: string): boolean => /\bmember["'\s,]+(add|remove|update|promote)\b/.test(text);
