import type { Member, MemberStatus } from "../etcd/member-client.ts";
import { type ApartPod, CAUGHT_UP_LAG, type SideView } from "./cluster-view.ts";
import type { ScalingRecord } from "./scaling-record.ts";

/** What the etcd of one pod says of itself, and whom it lists as members by itself. */
export interface Answer {
	readonly pod: { readonly name: string; readonly ordinal?: number };
	readonly status: MemberStatus;
	/** undefined: it cannot say, as learners cannot */
	readonly list: readonly Member[] | undefined;
}

/** Revisions by which two members may seem to differ at one index, as both are read while they apply. */
const READ_SLACK = 1n;

/**
 * The histories that these answer from: pods of one history have one cluster id, follow one leader, list the same members, and hold
 * the same revision at the same index. Ids alone say nothing: etcd derives them from names and URLs, so a member that lost its data and began
 * a cluster again has the ids that it had. Pure.
 *
 * @param before what the same pods said a moment earlier; an index then and a revision now cannot differ for being read one after the other
 */
export function historiesOf<A extends Answer>(answers: readonly A[], before: readonly Answer[] = answers): A[][] {
	const sides = split(answers, ({ status }) => String(status.clusterId))
		.flatMap(byLeader)
		.flatMap(byId)
		.flatMap(byList)
		.flatMap((side) => byRevision(side, before));
	const first = (side: readonly A[]) => Math.min(...side.map((one) => answers.indexOf(one)));
	return sides.sort((one, other) => first(one) - first(other));
}

/** Those that know no leader are with whoever lists them. */
function byLeader<A extends Answer>(answers: readonly A[]): A[][] {
	const led = split(
		answers.filter(({ status }) => status.leader !== 0n),
		({ status }) => String(status.leader),
	);
	const alone: A[] = [];
	for (const one of answers.filter(({ status }) => status.leader === 0n)) {
		const side = led.find((members) => lists(members, one.status.memberId) !== false);
		(side ?? alone).push(one);
	}
	return alone.length > 0 ? [...led, alone] : led;
}

/** Two pods that answer as one member are not one. */
function byId<A extends Answer>(side: A[]): A[][] {
	const sides: A[][] = [];
	for (const one of side) {
		const free = sides.find((members) => !members.some(({ status }) => status.memberId === one.status.memberId));
		if (free) {
			free.push(one);
		} else {
			sides.push([one]);
		}
	}
	return sides;
}

/** A list that lags is told by its index. */
function byList<A extends Answer>(side: A[]): A[][] {
	const newest = newestOf(side.filter(({ list, status }) => list && status.leader !== 0n));
	if (!newest) {
		return [side];
	}
	const differs = ({ status, list }: Answer): boolean =>
		list !== undefined &&
		status.leader !== 0n &&
		status.raftAppliedIndex + CAUGHT_UP_LAG >= newest.status.raftAppliedIndex &&
		idsOf(list) !== idsOf(newest.list);
	return split(side, (one) => (differs(one) ? idsOf(one.list) : ""));
}

/** What a member holds is decided by how far it has applied the log: less, at no lower an index, is another log. */
function byRevision<A extends Answer>(side: A[], before: readonly Answer[]): A[][] {
	const earlier = side.map((one) => before.find(({ pod }) => pod.name === one.pod.name) ?? one);
	const lacks = side.map((one, at) =>
		earlier.some(
			(other) =>
				(earlier[at] ?? one).status.raftAppliedIndex >= other.status.raftAppliedIndex &&
				one.status.revision + READ_SLACK < other.status.revision,
		),
	);
	return [side.filter((_, at) => !lacks[at]), side.filter((_, at) => lacks[at])].filter(({ length }) => length > 0);
}

/** The leader, or who has applied most. */
function newestOf<A extends Answer>(answers: readonly A[]): A | undefined {
	const leader = answers.find(({ status }) => status.leader === status.memberId);
	return leader ?? [...answers].sort((one, other) => descending(one, other, "raftAppliedIndex"))[0];
}

const descending = (one: Answer, other: Answer, field: "raftAppliedIndex"): number =>
	one.status[field] < other.status[field] ? 1 : -1;

const idsOf = (list: readonly Member[] = []): string =>
	list
		.map(({ id }) => id.toString(16))
		.sort()
		.join();

/** Whether those count on that member; undefined: none of them can say. */
function lists(side: readonly Answer[], id: bigint): boolean | undefined {
	const known = side.flatMap(({ list }) => (list ? [list] : []));
	return known.length === 0 ? undefined : known.some((list) => list.some((member) => member.id === id));
}

/** Whether one history counts on a pod of another, by its name or its id; undefined: it cannot say. */
export function countsOn(side: readonly Answer[], other: readonly Answer[], isOf: IsOf): boolean | undefined {
	const known = side.flatMap(({ list }) => (list ? [list] : []));
	if (known.length === 0) {
		return undefined;
	}
	return known.some((list) => other.some(({ pod }) => list.some((member) => isOf(member, pod))));
}

/** Whether a member is that pod's by its name or URL. */
export type IsOf = (member: Member, pod: Answer["pod"]) => boolean;

/** A member that a run took out, as it noted before. */
export interface Departed {
	readonly ordinal: number;
	readonly member: bigint;
	readonly cluster: bigint;
}

/** Those that the unfinished run took out, or is about to take out. */
export function departedIn(record: ScalingRecord | undefined): Departed[] {
	const noted = [...(record?.leaving ? [record.leaving] : []), ...(record?.left ?? [])];
	const id = (hex: string): bigint => BigInt(`0x${hex}`);
	return noted.flatMap(({ ordinal, member, cluster }) =>
		member && cluster ? [{ ordinal, member: id(member), cluster: id(cluster) }] : [],
	);
}

/**
 * The history that is the cluster's; undefined where only a person can tell. Of several one counts alone where the others never held
 * a key: the one that was written to, or, where none was, that of the first pod. And where all others are pods whose members a run took out of this
 * very cluster: they began another one.
 */
export function historyMeant<A extends Answer>(
	sides: readonly A[][],
	isOf: IsOf,
	departed: readonly Departed[] = [],
): readonly A[] | undefined {
	const [first] = sides;
	if (sides.length < 2) {
		return first ?? [];
	}
	if (sides.every((side) => sideView(side).alone)) {
		return undefined;
	}
	const apart = sides.every((side) => sides.every((other) => other === side || countsOn(side, other, isOf) === false));
	const written = sides.filter((side) => sideView(side).revision > 1n);
	if (apart) {
		const [left, another] = sides.filter((side) => !isOfDeparted(side, departed));
		if (left && !another && left.every(({ status }) => departed.some(({ cluster }) => cluster === status.clusterId))) {
			return left;
		}
		return written.length === 0 || (written.length === 1 && written[0] === first) ? first : undefined;
	}
	const [only, another] = written;
	return only && !another && sideView(only).leader !== 0n ? only : undefined;
}

/** Neither its member nor its cluster is that which the pod's member had when it was noted. */
const isOfDeparted = (side: readonly Answer[], departed: readonly Departed[]): boolean =>
	side.every(({ pod, status }) =>
		departed.some(
			({ ordinal, member, cluster }) =>
				ordinal === pod.ordinal && member !== status.memberId && cluster !== status.clusterId,
		),
	);

export function sideView(side: readonly Answer[]): SideView {
	const most = (of: (status: MemberStatus) => bigint): bigint =>
		side.reduce((max, { status }) => (of(status) > max ? of(status) : max), 0n);
	const list = newestOf(side.filter((one) => one.list))?.list;
	return {
		pods: side.map(({ pod }) => pod.name),
		clusterId: side[0]?.status.clusterId ?? 0n,
		leader: side.find(({ status }) => status.leader !== 0n)?.status.leader ?? 0n,
		voters: list?.filter(({ isLearner }) => !isLearner).length,
		term: most(({ raftTerm }) => raftTerm),
		index: most(({ raftAppliedIndex }) => raftAppliedIndex),
		revision: most(({ revision }) => revision),
		alone: list?.length === 1 && list.every(isUnreachable),
	};
}

/** What tells one history from another. */
export const sideText = ({ clusterId, voters, term, index, revision }: SideView): string =>
	[
		`cluster ${clusterId.toString(16)}`,
		...(voters === undefined ? [] : [`${voters} ${voters === 1 ? "voter" : "voters"}`]),
		`term ${term}`,
		`index ${index}`,
		`revision ${revision}`,
	].join(", ");

/** None of its peer URLs can be reached from another pod: etcd was never told of one. */
export const isUnreachable = ({ peerURLs }: Pick<Member, "peerURLs">): boolean =>
	peerURLs.length > 0 &&
	peerURLs.every((url) => URL.canParse(url) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname));

/** "cdf818194e3a8c32, at revision 12" */
export const apartText = ({ clusterId, revision }: ApartPod): string =>
	`${clusterId.toString(16)}, ${revision > 1n ? `at revision ${revision}` : "without a key"}`;

function split<T>(all: readonly T[], key: (one: T) => string): T[][] {
	const groups = new Map<string, T[]>();
	for (const one of all) {
		const group = groups.get(key(one));
		if (group) {
			group.push(one);
		} else {
			groups.set(key(one), [one]);
		}
	}
	return [...groups.values()];
}
