import { resolve } from "node:path";
import { usage } from "./usage.ts";

const LARGEST_LIMIT = 100_000;

/** @throws {QuorateError} Usage */
export function namedFile(file: string): string {
	if (file === "") throw usage("reading the name of the file", "it is empty", "name a snapshot's file");
	return resolve(file);
}

/** How many keys are shown, 50 by default. @throws {QuorateError} Usage */
export function parseLimit(text = "50"): number {
	const limit = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
	if (limit >= 1 && limit <= LARGEST_LIMIT) return limit;
	throw usage(
		"reading --limit",
		`--limit must be a whole number from 1 to ${LARGEST_LIMIT}; got "${text}"`,
		"leave it out for the default",
	);
}

/** The lab's name in `lab` or `lab/NAME`. @throws {QuorateError} Usage */
export function parseLabTarget(to: string): string {
	const [kind, name = "lab", ...rest] = to.split("/");
	if (kind === "lab" && name !== "" && rest.length === 0) return name;
	throw usage(
		"reading --to",
		`"${to}" is not a lab`,
		"as in: --to lab, or --to lab/rehearsal; for a cluster there is --runbook, which prints what to do",
	);
}
