import type { WriteReport } from "./write-load.ts";

/** The parts of `quorate scale -o json` that the demo shows (docs/json.md has all). */
export interface ScaleDocument {
	from: number;
	to: number;
	seconds: number;
	restarts: number;
	membersBefore: { name: string }[];
	members: { name: string }[];
	steps: { kind: string; pod?: string; seconds: number }[];
	proof: { equal: boolean; revision: number; keys: number; members: { name: string; hash?: number | string | null }[] };
}

/** The one screen at the end. */
export function summary(document: ScaleDocument, writes: WriteReport, lost: readonly string[]): string {
	const { from, to, seconds, restarts, proof } = document;
	const hashes = new Set(proof.members.map(({ hash }) => hash));
	const rows = document.steps.map(({ kind, pod, seconds: took }) => {
		const what = pod === undefined ? kind : `${kind} (${pod})`;
		return `    ${what.padEnd(40)}${took.toFixed(2).padStart(8)} s`;
	});
	return [
		"",
		`Members   ${from} → ${to}, in ${seconds.toFixed(1)} s: ${document.members
			.map(({ name }) => name)
			.sort()
			.join(", ")}`,
		"Steps",
		...rows,
		`Writes    ${writes.sent} sent by four clients, ${writes.failed} failed, ${lost.length} lost; the slowest took ${writes.slowestMs} ms`,
		`Proof     ${proof.keys} keys compared on ${proof.members.length} members at revision ${proof.revision}: ${proof.equal ? "equal" : "NOT EQUAL"}; ${hashes.size} hash`,
		`Restarts  ${restarts} of the pods that were there before`,
		"",
	].join("\n");
}
