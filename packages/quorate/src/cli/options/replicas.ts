import { validateReplicas } from "../../scaling/options.ts";
import { usage } from "./usage.ts";

/** @throws {QuorateError} Usage */
export function parseReplicas(text: string, flag = "--replicas"): number {
	if (!/^[1-9]\d*$/.test(text))
		throw usage(
			`reading ${flag}`,
			`${flag} must be a whole number from 1, in digits; got "${text}"`,
			"an odd number of members is best: 3 or 5",
		);
	const replicas = Number(text);
	validateReplicas(replicas);
	return replicas;
}
