import { parseDuration } from "./duration.ts";
import { usage } from "./usage.ts";

export const OUTPUTS = ["table", "wide", "json", "yaml"] as const;
export type OutputFormat = (typeof OUTPUTS)[number];

/** The flags that every command has, as commander hands them over. */
export interface RawGlobals {
	kubeconfig?: string;
	context?: string;
	namespace?: string;
	output?: string;
	requestTimeout?: string;
	v?: string;
	color?: boolean;
}

/** The same, understood. */
export interface Globals {
	kubeconfig?: string;
	context?: string;
	namespace?: string;
	output: OutputFormat;
	requestTimeoutMs?: number;
	/** as kubectl's: 6 and more tell each request, 9 also stack traces */
	verbosity: number;
	color: boolean;
}

/** @throws {QuorateError} Usage */
export function parseGlobals(raw: RawGlobals): Globals {
	const { kubeconfig, context, namespace, requestTimeout } = raw;
	const requestTimeoutMs =
		requestTimeout === undefined ? undefined : parseDuration(requestTimeout, "--request-timeout");
	return {
		...(kubeconfig ? { kubeconfig } : {}),
		...(context ? { context } : {}),
		...(namespace ? { namespace: parseNamespace(namespace) } : {}),
		output: parseOutput(raw.output ?? "table"),
		...(requestTimeoutMs === undefined ? {} : { requestTimeoutMs }),
		verbosity: parseVerbosity(raw.v ?? "0"),
		color: raw.color ?? true,
	};
}

function parseOutput(text: string): OutputFormat {
	const found = OUTPUTS.find((output) => output === text);
	if (found) return found;
	throw usage("reading --output", `unknown output format "${text}"`, `one of: ${OUTPUTS.join(", ")}`);
}

function parseVerbosity(text: string): number {
	if (/^\d+$/.test(text)) return Number(text);
	throw usage(
		"reading --v",
		`"${text}" is not a verbosity level`,
		"give a whole number: 6 shows each request, 9 also stack traces",
	);
}

function parseNamespace(text: string): string {
	if (/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(text)) return text;
	throw usage(
		"reading --namespace",
		`"${text}" cannot be the name of a namespace`,
		"names are lower-case letters, digits and '-'",
	);
}
