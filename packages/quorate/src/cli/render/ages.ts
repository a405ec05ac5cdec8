import { formatAge } from "./quantities.ts";

const TIME = "(\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?Z)";
const SINCE = new RegExp(`\\bsince ${TIME}`, "g");
const BEGUN = new RegExp(`\\bbegun ${TIME}`, "g");

/**
 * What lasts has an age, as kubectl shows it: `since 2026-…Z` becomes `for 5m`, and `begun 2026-…Z` becomes `begun 5m ago`. The core names times,
 * for it does not know what time it is; documents keep them. A time that something was recorded `on` stays: it is looked up in logs.
 */
export const withAges = (text: string, now = Date.now()): string =>
	text
		.replace(SINCE, (_, time: string) => `for ${formatAge(time, now)}`)
		.replace(BEGUN, (_, time: string) => `begun ${formatAge(time, now)} ago`);
