import type { MemberView } from "../cluster/cluster-view.ts";
import { templateValue } from "../cluster/start/template-value.ts";
import { advice, type CheckAbout, type CheckInput } from "./check.ts";

const sizeAbout: CheckAbout = {
	id: "database-below-quota",
	group: "etcd",
	passes: "Every member's database is below four fifths of its quota",
	why: "at the quota the alarm NOSPACE is raised, and etcd takes no more writes",
	todo: "compact and defragment, one member after the other, or raise `quota-backend-bytes`",
};

const freeAbout: CheckAbout = {
	id: "database-compact",
	group: "etcd",
	passes: "Less than half of every member's database is free pages, or it is below 100 MiB",
	why: "free pages count against the quota, and are sent along with every snapshot to a new member",
	todo: "defragment, one member after the other, the leader last, and never while a member joins: `etcdctl defrag`",
};

/** etcd's own, where none is set. */
const DEFAULT_QUOTA = 2n * 1024n ** 3n;
const WORTH_DEFRAGMENTING = 100n * 1024n ** 2n;

const sizeText = (bytes: bigint): string => {
	const kibibytes = Number(bytes / 1024n);
	return kibibytes < 10_240 ? `${kibibytes} KiB` : `${Math.floor(kibibytes / 1024)} MiB`;
};

const answering = ({ view }: CheckInput) =>
	view.etcd.members.flatMap((member) => (member.status ? [{ member, status: member.status }] : []));

/** What the member says (from 3.6.6 on), else what the template sets. */
function quotaOf({ status }: MemberView, { view }: CheckInput): bigint {
	if (status?.dbSizeQuota !== undefined) return status.dbSizeQuota;
	const { statefulSet: set } = view;
	const text = templateValue(set, "quota-backend-bytes")(set.firstOrdinal) ?? "";
	const given = /^\d+$/.test(text) ? BigInt(text) : 0n;
	return given > 0n ? given : DEFAULT_QUOTA;
}

export const databaseSize = advice(sizeAbout, (input) => {
	const known = answering(input);
	if (known.length === 0) return { status: "skip", saw: "not known: no member answers" };
	const full = known.map(({ member, status }) => {
		const quota = quotaOf(member, input);
		const percent = Number((status.dbSize * 100n) / quota);
		return {
			percent,
			name: member.name,
			size: sizeText(status.dbSize),
			of: `${percent} % of its quota of ${sizeText(quota)}`,
		};
	});
	full.sort((a, b) => b.percent - a.percent);
	const largest = full.filter(({ percent }, index) => index === 0 || percent >= 80);
	if ((full[0]?.percent ?? 0) >= 80)
		return {
			status: "warn",
			saw: largest.map(({ name, size, of }) => `${name}'s database is at ${of} (${size})`).join("; "),
		};
	return { status: "pass", saw: `the largest database: ${full[0]?.name} ${full[0]?.size}, ${full[0]?.of}` };
});

export const fragmentation = advice(freeAbout, (input) => {
	const known = answering(input);
	if (known.length === 0) return { status: "skip", saw: "not known: no member answers" };
	const shares = known.map(({ member, status }) => {
		const free = status.dbSize - status.dbSizeInUse;
		const percent = status.dbSize === 0n ? 0 : Number((free * 100n) / status.dbSize);
		return {
			percent,
			large: status.dbSize >= WORTH_DEFRAGMENTING,
			saw: `${percent} % of the ${sizeText(status.dbSize)} of ${member.name}`,
		};
	});
	shares.sort((a, b) => b.percent - a.percent);
	const bad = shares.filter(({ percent, large }) => percent >= 50 && large);
	if (bad.length > 0) return { status: "warn", saw: `too many free pages: ${bad.map((one) => one.saw).join("; ")}` };
	return { status: "pass", saw: `free pages: at most ${shares[0]?.saw}` };
});
