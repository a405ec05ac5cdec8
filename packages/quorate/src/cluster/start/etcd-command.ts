import type { Container } from "kubernetes-types/core/v1";
import type { Word, WordPart } from "unbash";
import { type Environment, references, UNKNOWN } from "./environment.ts";
import { isHarmless, scriptAt } from "./harmless.ts";
import { quoted, readScript, type ShellCommand, type ShellScript } from "./shell-script.ts";

/** A piece of an argument: as it stands, a variable, or what only running the script would show. */
export type Part =
	| string
	| { readonly variable: string; readonly by: "kubelet" | "shell" }
	| { readonly unknown: string };

/** Where an argument stands: a whole word of a list, or a stretch of a script that is one. */
interface Place {
	readonly list: "command" | "args";
	readonly index: number;
	readonly stretch?: { readonly from: number; readonly to: number };
}

interface Argument {
	readonly parts: readonly Part[];
	readonly place: Place;
	readonly quote: string;
	/** a shell makes one word of it, whatever is in it */
	readonly whole: boolean;
}

export interface EtcdFlag {
	readonly name: string;
	/** undefined: a switch without one */
	readonly value: readonly Part[] | undefined;
	readonly quote: string;
	/** the flag, and its value where that is an argument of its own */
	readonly places: readonly Place[];
}

/** How a container starts etcd, as far as its template shows. */
export interface EtcdCommand {
	/** etcd itself, with these flags; in a script; the image's own; or something else */
	readonly kind: "direct" | "script" | "image" | "other";
	readonly flags: readonly EtcdFlag[];
	/** quoted, with why where that is not plain */
	readonly notUnderstood: readonly string[];
	/** variables that the script sets, with their values where these are plain */
	readonly assigned: ReadonlyMap<string, readonly Part[] | undefined>;
}

const PROGRAM = /^(.*\/)?etcd$/;
const BITNAMI_START = ["/opt/bitnami/scripts/etcd/entrypoint.sh", "/opt/bitnami/scripts/etcd/run.sh"];

export function readEtcdCommand(container: Container): EtcdCommand {
	const { command = [], args = [] } = container;
	const words = [
		...command.map((text, index) => ({ text, place: { list: "command", index } as const })),
		...args.map((text, index) => ({ text, place: { list: "args", index } as const })),
	];
	const texts = words.map(({ text }) => text);
	const of = (kind: EtcdCommand["kind"], ...notUnderstood: string[]): EtcdCommand => ({
		kind,
		flags: [],
		notUnderstood,
		assigned: new Map(),
	});
	if (texts.length === 0 || isBitnamiStart(texts)) return of("image");
	const at = scriptAt(texts);
	const script = at === undefined ? undefined : words[at];
	if (script && at !== undefined) return ofScript(container, script, texts.slice(at + 1));
	const [first = "", ...rest] = words;
	const plain = rest.map(({ text, place }) => ({ parts: ofText(text), place, quote: quoted(text), whole: true }));
	if (first !== "" && PROGRAM.test(first.text)) return { ...of("direct"), ...readFlags(plain) };
	const why =
		command.length === 0 ? "without a command, what starts is the image's own matter" : "what it starts cannot be read";
	const { flags } = readFlags(plain);
	return { ...of("other", `${quoted(texts.join(" "))}: ${why}`), flags };
}

const isBitnamiStart = (texts: readonly string[]): boolean => texts.every((text) => BITNAMI_START.includes(text));

const ofText = (text: string): Part[] =>
	references(text).map((part) => (typeof part === "string" ? part : { variable: part.variable, by: "kubelet" }));

/** Go's flags: the first word that is none ends them, and etcd refuses it. */
function readFlags(words: readonly Argument[]): { flags: EtcdFlag[]; notUnderstood: string[] } {
	const flags: EtcdFlag[] = [];
	const notUnderstood: string[] = [];
	for (let index = 0; index < words.length; index++) {
		const word = words[index] as Argument;
		const [first, ...others] = word.parts;
		const match = typeof first === "string" ? /^--?([a-z][\w-]*)(=)?(.*)$/s.exec(first) : null;
		const [, name = "", equals, begin = ""] = match ?? [];
		if (!match || (!equals && (begin !== "" || others.length > 0))) {
			notUnderstood.push(`${word.quote}: not a flag of etcd's`);
			continue;
		}
		const next = words[index + 1];
		const separate = !equals && next !== undefined && !isFlag(next) ? next : undefined;
		if (separate) index++;
		flags.push({
			name,
			value: equals ? [...(begin ? [begin] : []), ...others] : separate?.parts,
			quote: separate ? quoted(`${word.quote.slice(1, -1)} ${separate.quote.slice(1, -1)}`) : word.quote,
			places: separate ? [word.place, separate.place] : [word.place],
		});
		if (separate && !separate.whole) notUnderstood.push(`${separate.quote}: it may be no word, or more than one`);
	}
	return { flags, notUnderstood };
}

const isFlag = ({ parts: [first] }: Argument): boolean => typeof first === "string" && first.startsWith("-");

function ofScript(
	container: Container,
	{ text, place }: { text: string; place: Place },
	after: readonly string[],
): EtcdCommand {
	const own = inScript(container, text);
	const script = readScript(text, new Set(own.keys()));
	const notUnderstood = [...script.odd];
	// the kubelet makes one dollar of two, in a script as well
	if (text.includes("$$")) notUnderstood.push("`$$` in a script");
	const starts = script.commands.filter((command) => programOf(command) !== undefined);
	for (const command of script.commands)
		if (!starts.includes(command) && !isHarmless(command, script.functions)) notUnderstood.push(command.quote);
	for (const name of script.assigned)
		if (/^(ETCD_.*|PATH|IFS)$/.test(name)) notUnderstood.push(`${quoted(name)} is set in a script`);
	const assigned = assignedIn(script, own);
	const [start, second] = starts;
	const result = { kind: "script" as const, notUnderstood, assigned };
	if (!start) return { ...result, flags: [], notUnderstood: [...notUnderstood, `no start of etcd in ${quoted(text)}`] };
	if (second)
		notUnderstood.push(`etcd is started in ${starts.length} places: ${starts.map(({ quote }) => quote).join(", ")}`);
	else if (!start.plain || !start.last) notUnderstood.push(`${start.quote}: it does not always run, or not to the end`);
	if (start.assignments.some(({ name }) => name.startsWith("ETCD_"))) notUnderstood.push(start.quote);
	const words = start.words.slice((programOf(start) ?? 0) + 1).map((word): Argument => {
		const parts = partsOf(word, own);
		const whole = parts.every((part) => typeof part === "string" || isOneWord(part, container, word, assigned));
		const stretch = { from: word.pos, to: word.end };
		return { parts, place: { ...place, stretch }, quote: quoted(word.text), whole };
	});
	if (after.length > 1 && /\$(\{?[@*1-9])/.test(text)) notUnderstood.push(quoted(after.join(" ")));
	const read = readFlags(words);
	const unsafe = unsafeReferences(container, own);
	return { ...result, flags: read.flags, notUnderstood: [...notUnderstood, ...unsafe, ...read.notUnderstood] };
}

/** References that the kubelet replaces before a shell sees them, by where they begin. */
type Own = ReadonlyMap<number, string>;

function inScript({ env = [] }: Container, text: string): Own {
	const set = new Set(env.map(({ name }) => name));
	return new Map(
		references(text).flatMap((part) =>
			typeof part === "string" || !set.has(part.variable) ? [] : [[part.at, part.variable]],
		),
	);
}

/** The index of etcd's own name among the words; undefined: another program. */
function programOf({ words }: ShellCommand): number | undefined {
	const at = words[0]?.value === "exec" ? 1 : 0;
	return PROGRAM.test(words[at]?.value ?? "") ? at : undefined;
}

/** Set once, by a statement that always runs: its value can be known. */
function assignedIn(script: ShellScript, own: Own): Map<string, readonly Part[] | undefined> {
	const assigned = new Map<string, readonly Part[] | undefined>([...script.assigned].map((name) => [name, undefined]));
	const all = script.commands.flatMap((command) => command.assignments.map((one) => ({ one, command })));
	for (const { one, command } of all) {
		const { name, value, append } = one;
		const once = all.filter((other) => other.one.name === name).length === 1;
		const lasting = command.plain && (command.words.length === 0 || command.words[0]?.value === "export");
		if (once && lasting && !append && value.type === "Word") assigned.set(name, partsOf(value, own));
	}
	return assigned;
}

/** A variable with no blank in it, in quotes or not; what a command prints is taken for one word where it stands for a value. */
function isOneWord(
	part: Exclude<Part, string>,
	container: Container,
	word: Word,
	assigned: EtcdCommand["assigned"],
): boolean {
	if (word.text.startsWith('"') && word.text.endsWith('"')) return true;
	if ("unknown" in part) return part.unknown.startsWith("$(") || part.unknown.startsWith("`");
	if (part.variable === "HOSTNAME" || assigned.has(part.variable)) return true;
	const variable = container.env?.find(({ name }) => name === part.variable);
	return variable !== undefined && variable.value !== "" && !/\s/.test(variable.value ?? "");
}

/** What the kubelet puts into a script is read by the shell like the rest of it. */
function unsafeReferences(container: Container, own: Own): string[] {
	return [...new Set(own.values())].flatMap((name) => {
		const variable = container.env?.findLast((one) => one.name === name);
		const path = variable?.valueFrom?.fieldRef?.fieldPath;
		const safe = path ? !/labels|annotations/.test(path) : /^[\w.:/=,@%+()$-]*$/.test(variable?.value ?? ";");
		return safe ? [] : [`\`$(${name})\` in a script, where its value would be run`];
	});
}

function partsOf(word: Word, own: Own): Part[] {
	return word.parts ? word.parts.flatMap((part) => partOf(part, own)) : [word.value];
}

function partOf(part: WordPart, own: Own): Part[] {
	switch (part.type) {
		case "Literal":
			return [part.value];
		case "SingleQuoted":
			return inQuotes(part.text, part.pos, own);
		case "DoubleQuoted":
			return part.parts.flatMap((child) => partOf(child, own));
		case "SimpleExpansion": {
			const variable = part.text.slice(1);
			return [/^[A-Za-z_]\w*$/.test(variable) ? { variable, by: "shell" } : { unknown: part.text }];
		}
		case "ParameterExpansion": {
			const plain = !part.prefix && !part.index && !part.operation && /^[A-Za-z_]\w*$/.test(part.parameter);
			return [plain ? { variable: part.parameter, by: "shell" } : { unknown: part.text }];
		}
		case "CommandExpansion": {
			const name = own.get(part.pos);
			if (name !== undefined) return [{ variable: name, by: "kubelet" }];
			return [
				/^(\$\(|`)hostname(\)|`)$/.test(part.text) ? { variable: "HOSTNAME", by: "shell" } : { unknown: part.text },
			];
		}
		default:
			return [{ unknown: part.text }];
	}
}

/** The kubelet knows nothing of a shell's quotes. */
function inQuotes(text: string, from: number, own: Own): Part[] {
	const parts: Part[] = [];
	let begin = 1;
	for (const [at, variable] of own) {
		if (at < from || at >= from + text.length) continue;
		parts.push(text.slice(begin, at - from), { variable, by: "kubelet" });
		begin = at - from + variable.length + 3;
	}
	return [...parts, text.slice(begin, -1)].filter((part) => part !== "");
}

/** As it stands, without a shell's quotes. */
export const sourceOf = (parts: readonly Part[]): string =>
	parts
		.map((part) =>
			typeof part === "string"
				? part
				: "unknown" in part
					? part.unknown
					: part.by === "kubelet"
						? `$(${part.variable})`
						: `\${${part.variable}}`,
		)
		.join("");

/** What etcd is given in one pod, with {@link UNKNOWN} in it where that cannot be known. */
export function resolve(
	parts: readonly Part[],
	environment: Environment,
	assigned: EtcdCommand["assigned"] = new Map(),
	depth = 0,
): string {
	return parts
		.map((part) => {
			if (typeof part === "string") return part;
			if ("unknown" in part || depth > 8) return UNKNOWN;
			const { variable, by } = part;
			if (by === "kubelet") return environment.get(variable) ?? `$(${variable})`;
			if (assigned.has(variable)) {
				const value = assigned.get(variable);
				return value ? resolve(value, environment, assigned, depth + 1) : UNKNOWN;
			}
			return environment.get(variable) ?? (variable === "HOSTNAME" ? environment.pod.name : "");
		})
		.join("");
}
