import { validateReplicas } from "../../scaling/options.ts";
import { usage } from "./usage.ts";

/** @throws {QuorateError} Usage */
export function parseReplicas(text: string, flag = "--replicas"): number {
	if (!/^[-+]?(\d+\.?\d*|\.\d+)$/.test(text))
		throw usage(
			`reading ${flag}`,
			`"${text}" is no number of members`,
			"give a whole number from 1; an odd one is best: 3 or 5",
		);
	const replicas = Number(text);
	validateReplicas(replicas);
	return replicas;
}
