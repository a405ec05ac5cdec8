import type { Goal, Unit } from "../measure/row.ts";

const plain = (value: number): string =>
	Math.abs(value) >= 100 ? Math.round(value).toLocaleString("en-US") : String(Number(value.toPrecision(3)));

/** A number for people. */
export function shown(value: number, unit: Unit): string {
	if (unit === "ms") return Math.abs(value) >= 1000 ? `${plain(value / 1000)} s` : `${plain(value)} ms`;
	if (unit === "s") return `${plain(value)} s`;
	if (unit === "bytes") return value >= 2 ** 30 ? `${plain(value / 2 ** 30)} GiB` : `${plain(value / 2 ** 20)} MiB`;
	if (unit === "1/s") return `${plain(value)} /s`;
	return plain(value);
}

export function goalText({ ratioAtMost, atMost, atLeast }: Goal, unit: Unit): string {
	return [
		...(ratioAtMost === undefined ? [] : [`≤ ${plain(ratioAtMost)} ×`]),
		...(atMost === undefined ? [] : [`≤ ${shown(atMost, unit)}`]),
		...(atLeast === undefined ? [] : [`≥ ${shown(atLeast, unit)}`]),
	].join(", ");
}

export const ratioText = (value: number): string => `${plain(value)} ×`;
