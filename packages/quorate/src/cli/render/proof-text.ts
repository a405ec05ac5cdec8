import { describeHistory } from "../../cluster/history.ts";
import { isGood, type Proof } from "../../proof/proof.ts";
import { keyText } from "../../proof/proof-member.ts";
import { withAges } from "./ages.ts";
import { formatBytes, formatCount, hexId, plural } from "./quantities.ts";
import type { Style } from "./style.ts";
import { table } from "./table.ts";

/**
 * One line: what was compared, and how it came out.
 *
 * @param stayed ids of the members that are there now. @default all that were compared
 */
export function proofLine(proof: Proof, style: Style, stayed?: ReadonlySet<bigint>): string {
	const hashed = proof.members.filter(({ hash }) => hash !== undefined).length;
	const read = `${formatBytes(proof.bytes)} read of each member, ${proof.values === "by hash" ? "without" : "with"} values`;
	const what = `${plural(proof.keys, "key")} at revision ${proof.revision} (${read})`;
	const left = proof.members.filter(({ id }) => stayed && !stayed.has(id)).map(({ name, id }) => name || hexId(id));
	const before = left.length > 0 ? `, before ${left.join(", ")} left` : "";
	const verdict = proof.equal
		? style.green(`equal on all ${plural(proof.members.length, "member")}, hashes on ${hashed}${before}`)
		: style.red(`NOT equal: ${plural(proof.differing, "key differs", "keys differ")}`);
	const lost = proof.recorded.some(({ breach }) => breach) ? `; ${style.red("NOT what was recorded of it")}` : "";
	return `${what}, ${verdict}${lost}${proof.snapshot ? `; ${snapshotLine(proof.snapshot)}` : ""}`;
}

/** What the proof says about the time before it, a line for each thing that was recorded. */
function historyLines({ recorded }: Proof, style: Style): string[] {
	if (recorded.length === 0) {
		return ["  nothing was recorded before: the members are compared with each other only"];
	}
	return recorded.map((one) => {
		const { by, keysThen, breach } = one;
		const what = `${describeHistory(one)} (${withAges(by)})`;
		if (breach) {
			return style.red(`  NOT what was recorded: ${what}`);
		}
		return keysThen === undefined
			? `  same cluster, revision not below ${what}; its keys of that time are not compared`
			: `  same history: it still has ${what}`;
	});
}

function snapshotLine({
	held,
	deletedSince,
	leaseEnded,
	unexplained,
	undecidable,
	keys,
}: NonNullable<Proof["snapshot"]>): string {
	const parts = [
		`${formatCount(held)} of the snapshot's ${plural(keys, "key")} still there`,
		...(deletedSince > 0 ? [`${formatCount(deletedSince)} deleted since${leaseReason(deletedSince, leaseEnded)}`] : []),
		...(undecidable > 0 ? [`${formatCount(undecidable)} gone, with no history left to tell why`] : []),
		...(unexplained > 0 ? [`${formatCount(unexplained)} LOST without a reason`] : []),
	];
	return parts.join(", ");
}

/** A lease that ends deletes its keys, which nobody has to worry about. */
function leaseReason(deleted: number, ended: number): string {
	if (ended === 0) {
		return "";
	}
	if (ended === deleted) {
		return deleted === 1 ? " (its lease ended)" : " (their leases ended)";
	}
	return ` (of at least ${formatCount(ended)} the lease ended)`;
}

/** What `quorate validate` prints. */
export function proofText(proof: Proof, style: Style): string[] {
	const members = table(
		[
			{ title: "MEMBER", cell: (member: Proof["members"][number]) => member.name },
			{ title: "ID", cell: (member) => hexId(member.id) },
			{ title: "ROLE", cell: (member) => (member.isLearner ? "learner" : "voter") },
			{
				title: "HASH",
				cell: ({ hash }) => (hash === undefined ? "-" : (hash >>> 0).toString(16).padStart(8, "0")),
			},
		],
		proof.members,
	);
	const symbol = isGood(proof) ? style.green(style.symbols.pass) : style.red(style.symbols.fail);
	const differences = proof.differences.map(
		({ kind, key, members: who }) => `  ${keyText(key)}: ${kind} on ${who.join(", ")}`,
	);
	const more = proof.differing - proof.differences.length;
	return [
		`${symbol} ${proofLine(proof, style)}`,
		...historyLines(proof, style),
		"",
		style.dim(members[0] ?? ""),
		...members.slice(1),
		...(differences.length > 0 ? ["", "Differences:", ...differences] : []),
		...(more > 0 && differences.length > 0 ? [`  and ${formatCount(more)} more`] : []),
	];
}
