interface Danger {
	/** first and last release concerned, within one minor */
	from: readonly [number, number, number];
	to: readonly [number, number, number];
	danger: string;
}

/** Releases with a defect that a change of members can meet. Numbers are etcd's issues. */
const DANGERS: readonly Danger[] = [
	{ from: [3, 5, 0], to: [3, 5, 2], danger: "data may become inconsistent after a crash (#13766)" },
	{ from: [3, 5, 0], to: [3, 5, 4], danger: "a single member may lose what it has confirmed (#14370)" },
	{ from: [3, 5, 0], to: [3, 5, 5], danger: "users may differ between members after a snapshot" },
	{ from: [3, 4, 0], to: [3, 4, 21], danger: "users may differ between members after a snapshot" },
	{ from: [3, 5, 0], to: [3, 5, 6], danger: "a learner that never started may be promoted" },
	{ from: [3, 4, 0], to: [3, 4, 23], danger: "a learner that never started may be promoted" },
	{ from: [3, 5, 0], to: [3, 5, 12], danger: "leases may be revoked by an old leader" },
	{
		from: [3, 5, 1],
		to: [3, 5, 19],
		danger: "promotions are not persisted in v3store (#19557): after growth, go through 3.5.32 or later before 3.6",
	},
	{ from: [3, 4, 0], to: [3, 4, 37], danger: "defragmenting while a snapshot is applied corrupts data (#20650)" },
	{ from: [3, 5, 0], to: [3, 5, 22], danger: "defragmenting while a snapshot is applied corrupts data (#20650)" },
	{ from: [3, 6, 0], to: [3, 6, 4], danger: "defragmenting while a snapshot is applied corrupts data (#20650)" },
	{
		from: [3, 5, 20],
		to: [3, 5, 23],
		danger: "a membership that was not persisted reaches learners by snapshot (#20793)",
	},
	{
		from: [3, 5, 20],
		to: [3, 5, 25],
		danger: "removed members come back on the way to 3.6 (#20967): go through 3.5.32 or later",
	},
	{ from: [3, 6, 0], to: [3, 6, 3], danger: "replaying a learner's promotion may fail the start (#20340)" },
	{ from: [3, 5, 0], to: [3, 5, 34], danger: "a received snapshot's folder is not fsynced (#22340)" },
	{ from: [3, 6, 0], to: [3, 6, 14], danger: "a received snapshot's folder is not fsynced (#22340)" },
	{ from: [3, 7, 0], to: [3, 7, 1], danger: "a received snapshot's folder is not fsynced (#22340)" },
];

/** What is known to go wrong in this release when members change; none where the version is not understood. */
export function dangersOf(version: string): readonly string[] {
	const parts = /^(\d+)\.(\d+)\.(\d+)/.exec(version)?.slice(1).map(Number);
	if (!parts) return [];
	return DANGERS.filter(({ from, to }) => compare(parts, from) >= 0 && compare(parts, to) <= 0).map((d) => d.danger);
}

function compare(a: readonly number[], b: readonly number[]): number {
	for (let index = 0; index < 3; index++) {
		const difference = (a[index] ?? 0) - (b[index] ?? 0);
		if (difference !== 0) return difference;
	}
	return 0;
}
