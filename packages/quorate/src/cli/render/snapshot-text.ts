import type { KeyListing } from "../../etcd/snapshot/list-keys.ts";
import type { PrefixShare } from "../../etcd/snapshot/prefix-tree.ts";
import type { SnapshotInfo } from "../../etcd/snapshot/read.ts";
import type { SnapshotSurvey } from "../../etcd/snapshot/survey.ts";
import { bytesText, shownBytes } from "./bytes-text.ts";
import { formatBytes, formatCount, formatDuration, hexId, plural } from "./quantities.ts";
import { padEnd, type Style } from "./style.ts";
import { table } from "./table.ts";

/** What `snapshot verify` prints. */
export function snapshotReportText(info: SnapshotInfo, survey: SnapshotSurvey, ms: number, style: Style): string[] {
	const { green, symbols, dim } = style;
	const { pages, hash, bytes, writes, prefixes } = survey;
	const compacted = info.compactRevision > 0n ? `, compacted up to ${info.compactRevision}` : ", never compacted";
	const facts: [string, string][] = [
		["SHA-256", `${info.sha256}, matches`],
		["Hash", `${hash.toString(16)} (etcdutl snapshot status prints the same)`],
		[
			"Size",
			`${formatBytes(info.size)}: ${plural(pages.total, "page")}, ${formatCount(pages.used)} in use, none referenced twice`,
		],
		["Revision", `${info.revision}${compacted}`],
		[
			"Keys",
			`${formatCount(info.keys)} at that revision, ${formatBytes(bytes)} with their values; ${plural(writes, "write")} in the history`,
		],
		["etcd", versions(info)],
		["Buckets", survey.buckets.map(({ name, entries }) => `${name} ${formatCount(entries)}`).join(", ")],
	];
	return [
		`${green(symbols.pass)} ${info.path} is whole: read to the last page in ${formatDuration(ms)}`,
		"",
		...facts.map(([title, text]) => padEnd(`${title}:`, 11) + text),
		"",
		...headed(membersTable(info), style),
		...(prefixes.length > 0 ? ["", ...headed(prefixTable(prefixes), style)] : []),
		...(info.members.length === 0 ? [dim("(it names no members)")] : []),
	];
}

const versions = ({ clusterVersion, storageVersion }: SnapshotInfo) =>
	[
		clusterVersion ? `cluster version ${clusterVersion}` : "the cluster had not agreed on a version yet",
		storageVersion ? `storage version ${storageVersion}` : "storage of 3.5 or before",
	].join(", ");

function headed([title = "", ...rows]: readonly string[], { dim }: Style): string[] {
	return [dim(title), ...rows];
}

function membersTable({ members }: SnapshotInfo): string[] {
	return table(
		[
			{
				title: "MEMBER",
				cell: (member: SnapshotInfo["members"][number]) => bytesText(Buffer.from(member.name)) || "-",
			},
			{ title: "ID", cell: (member) => hexId(member.id) },
			{ title: "ROLE", cell: (member) => (member.isLearner ? "learner" : "voter") },
			{ title: "PEER URLS", cell: (member) => bytesText(Buffer.from(member.peerURLs.join(","))) || "-" },
		],
		members,
	);
}

function prefixTable(prefixes: readonly PrefixShare[]): string[] {
	return table(
		[
			{ title: "KEYS", cell: (share: PrefixShare) => formatCount(share.keys).padStart(9) },
			{ title: "WITH VALUES", cell: (share) => formatBytes(share.bytes).padStart(11) },
			{
				title: "PREFIX",
				cell: (share) => (share.prefix.length > 0 ? shownBytes(share.prefix, 200, "…") : "(without a /)"),
			},
		],
		prefixes,
	);
}

/** Columns of a value where the output is no terminal. */
const VALUE_COLUMNS = 120;

/** What `snapshot inspect` prints: a line for each key, and the beginning of its value. */
export function snapshotKeysText(info: SnapshotInfo, listing: KeyListing, keysOnly: boolean, style: Style): string[] {
	const { kvs, count } = listing;
	const { ellipsis } = style.symbols;
	const columns = Number.isFinite(style.width) ? Math.max(40, style.width - 2) : VALUE_COLUMNS;
	const lines = kvs.flatMap((kv) => {
		const key = shownBytes(kv.key, 1000, ellipsis);
		if (keysOnly) return [key];
		const facts = `revision ${kv.modRevision}, ${plural(Number(kv.version), "write")}, ${formatBytes(kv.value.length)}`;
		return [`${key}  ${style.dim(facts)}`, `  ${shownBytes(kv.value, columns, ellipsis)}`];
	});
	const left = count - kvs.length;
	return [
		...lines,
		...(left > 0 ? [style.dim(`and ${formatCount(left)} more: --limit ${count}, or a longer --prefix`)] : []),
		...(count === 0 ? [`No such key among the ${formatCount(info.keys)} at revision ${info.revision}.`] : []),
	];
}
