import { type ClusterView, isElecting, ordinalOf, podOf, quorum, type SideView, voters } from "./cluster-view.ts";
import { apartText, sideText } from "./histories.ts";
import { breachOf, describeBreach, historyOf, type RecordedHistory } from "./history.ts";
import { type MemberElsewhere, membersElsewhere, ownersElsewhere, templateElsewhere } from "./members-elsewhere.ts";

/** What is wrong with the cluster as a whole: etcd takes no writes, nobody can say what it holds, or clients may be answered by another one. */
export interface Verdict {
	/** stable, for scripts */
	readonly kind:
		| "divided"
		| "apart"
		| "separate"
		| "stopped"
		| "quorum-lost"
		| "no-leader"
		| "no-answer"
		| "unknown"
		| "history-lost"
		| "alarm";
	readonly line: string;
	/** complete commands, in their order; none: see the members */
	readonly next: readonly string[];
}

/**
 * Undefined: a quorum answers, etcd takes writes, and no other answers behind its Service. Pure.
 *
 * @param recorded what the last operation recorded of the cluster, where that is known
 */
export function verdictOf(view: ClusterView, recorded?: RecordedHistory): Verdict | undefined {
	const { etcd } = view;
	if (etcd.sides) return dividedVerdict(view, etcd.sides);
	const all = voters(view);
	const up = all.filter(({ status }) => status).length;
	const needed = quorum(all.length);
	// who knows a leader has heard of a quorum, even where not all of it can be asked from here
	if (etcd.trouble === undefined && (up >= needed || etcd.leader !== undefined))
		return historyVerdict(view, recorded) ?? apartVerdict(view) ?? alarmVerdict(view);
	const scaled = scaledAway(view);
	if (view.pods.length === 0 && view.statefulSet.replicas === 0) return stoppedVerdict(view, scaled);
	if (etcd.trouble !== undefined && !etcd.listedByOne) {
		const next = scaled ?? `kubectl get pods -n ${view.statefulSet.namespace} -o wide`;
		return { kind: "no-answer", line: `NO MEMBER ANSWERS: ${etcd.trouble}.`, next: [next] };
	}
	if (up < needed) {
		const line = `QUORUM LOST: ${up} of ${all.length} members ${up === 1 ? "answers" : "answer"}, ${needed} needed; etcd takes no writes.`;
		const elsewhere = membersElsewhere(view);
		if (elsewhere.length > 0) return elsewhereVerdict(view, line, elsewhere, scaled);
		return { kind: "quorum-lost", line, next: scaled ? [scaled] : restoreFrom(view, bestPod(view)) };
	}
	const next = [`kubectl get pods -n ${view.statefulSet.namespace} -o wide`];
	if (!isElecting(view)) return { kind: "unknown", line: `UNKNOWN: ${etcd.trouble}.`, next };
	const line = `NO LEADER: ${up} of ${all.length} members answer, but have not elected a leader; etcd takes no writes.`;
	return { kind: "no-leader", line, next };
}

/** A restore of this StatefulSet alone would begin a second cluster beside the members that are none of its pods: they are to come back. */
function elsewhereVerdict(
	view: ClusterView,
	line: string,
	elsewhere: readonly MemberElsewhere[],
	scaled: string | undefined,
): Verdict {
	const down = elsewhere.filter(({ member }) => !member.status);
	const owners = ownersElsewhere(down);
	const names = down.map(({ member }) => member.name || "a member that never started").join(", ");
	const whose = owners.length > 0 ? `are of ${owners.join(", ")}` : `are not pods of ${view.statefulSet.name}`;
	const back = [...(scaled ? [scaled] : []), ...raisedElsewhere(view, down)];
	const best = bestPod(view);
	const namespaces = [...new Set(down.map(({ at }) => at?.namespace ?? view.statefulSet.namespace))];
	return {
		kind: "quorum-lost",
		line: down.length > 0 ? `${line} ${names} ${whose}: bring them back.` : line,
		next:
			back.length > 0
				? back
				: [
						...(best ? [saveCommand(view, best)] : []),
						...namespaces.map((namespace) => `kubectl get sts,pods -n ${namespace} -o wide`),
					],
	};
}

/** Scales the StatefulSets that have too few replicas for the pods of these members. */
function raisedElsewhere({ otherSets = [] }: ClusterView, down: readonly MemberElsewhere[]): string[] {
	return otherSets.flatMap(({ namespace, name, replicas, firstOrdinal }) => {
		const ordinals = down.flatMap(({ at }) =>
			at?.set === name && at.namespace === namespace ? (ordinalOf(at.pod, name) ?? []) : [],
		);
		const wanted = Math.max(0, ...ordinals.map((ordinal) => ordinal - firstOrdinal + 1));
		return wanted > replicas ? [`kubectl scale sts ${name} -n ${namespace} --replicas=${wanted}`] : [];
	});
}

/** The same in one hint. */
export const verdictHint = (view: ClusterView): string | undefined =>
	verdictOf(view)?.next.join("; then ") || undefined;

function dividedVerdict(view: ClusterView, sides: readonly SideView[]): Verdict {
	const pods = sides.flatMap((side) => side.pods);
	const saves = sides.flatMap((side) => side.pods.slice(0, 1)).map((pod) => saveCommand(view, pod));
	if (sides.every(({ alone }) => alone)) {
		const line = `SEPARATE DATABASES: ${pods.join(", ")} each run an etcd of their own that was never told of the others; clients of one Service see one of ${pods.length} databases by chance.`;
		return { kind: "separate", line, next: saves };
	}
	const ahead = sideAhead(sides);
	const told = sides.map((side) => `${side.pods.join(", ")} (${sideText(side)})`).join(" and ");
	const which = ahead
		? `${ahead.pods.join(", ")} ${ahead.pods.length === 1 ? "is" : "are"} ahead in all, and ${ahead.pods.length === 1 ? "holds" : "hold"} the data`
		: "neither is ahead in all: compare what they hold before you decide";
	const [pod] = (ahead ?? sides[0])?.pods ?? [];
	const restores = ahead && membersElsewhere(view).length === 0;
	return {
		kind: "divided",
		line: `DIVIDED: the pods do not answer from one history: ${told}; ${which}. Change nothing, and scale nothing down, before each is saved.`,
		next: [...saves, ...(restores && pod ? [restoreCommand(view, pod)] : [])],
	};
}

/** The one that is behind none in anything, and before each in something. */
function sideAhead(sides: readonly SideView[]): SideView | undefined {
	const fields = ["term", "index", "revision"] as const;
	const isAhead = (one: SideView, other: SideView) =>
		fields.every((field) => one[field] >= other[field]) && fields.some((field) => one[field] > other[field]);
	return sides.find((side) => sides.every((other) => other === side || isAhead(side, other)));
}

function stoppedVerdict(view: ClusterView, scaled: string | undefined): Verdict {
	const ordinals = claimed(view);
	const what =
		ordinals.length > 0
			? `, but the ${ordinals.length === 1 ? "claim of 1 member is" : `claims of ${ordinals.length} members are`} there`
			: "";
	const others = templateElsewhere(view.statefulSet).map(({ pod }) => pod);
	const runs =
		others.length > 0
			? `no etcd of it runs; its template also names ${others.join(", ")}, of other StatefulSets`
			: "no etcd runs";
	return {
		kind: "stopped",
		line: `STOPPED: the StatefulSet has 0 replicas${what}; ${runs}.`,
		next: scaled ? [scaled] : [],
	};
}

/** What brings the pods back of members that have none, for there are fewer replicas. Claims are evidence where no member lists any. */
function scaledAway(view: ClusterView): string | undefined {
	const { namespace, name, replicas, firstOrdinal } = view.statefulSet;
	const listed = voters(view).flatMap(({ ordinal }) => (ordinal === undefined ? [] : [ordinal]));
	const ordinals = view.etcd.listedByOne ? listed : claimed(view);
	const wanted = Math.max(0, ...ordinals.map((ordinal) => ordinal - firstOrdinal + 1));
	return wanted > replicas ? `kubectl scale sts ${name} -n ${namespace} --replicas=${wanted}` : undefined;
}

const claimed = (view: ClusterView): number[] => [
	...new Set(view.claims.filter(({ terminating }) => !terminating).map(({ ordinal }) => ordinal)),
];

/** All answer and agree, and yet it is not the data that was there. */
function historyVerdict(view: ClusterView, recorded: RecordedHistory | undefined): Verdict | undefined {
	const now = historyOf(view);
	const breach = now && recorded && breachOf(now, recorded);
	if (!breach) return undefined;
	const { name, namespace } = view.statefulSet;
	return {
		kind: "history-lost",
		line: `DATA LOST OR REPLACED: ${describeBreach(breach, now, recorded)}. Change nothing before you have looked for the data on the nodes and in snapshots; the second command is for a cluster that was restored or replaced on purpose.`,
		next: [
			`quorate check sts/${name} -n ${namespace}`,
			recorded.accept ?? `quorate validate sts/${name} -n ${namespace} --accept-history`,
		],
	};
}

/** Pods that are no member's, but answer. One of a member that lost its data is that member, down. */
function apartVerdict(view: ClusterView): Verdict | undefined {
	const { etcd, statefulSet: set } = view;
	const apart = (etcd.apart ?? []).filter(({ ordinal = -1 }) => !etcd.members.some((one) => one.ordinal === ordinal));
	if (apart.length === 0) return undefined;
	const told = apart.map((one) => `${one.pod} (${apartText(one)})`).join(", ");
	const which =
		apart.length === 1 ? "is no member, and its etcd began a cluster" : "are no members, and began clusters";
	const written = apart.filter(({ revision }) => revision > 1n).map(({ pod }) => saveCommand(view, pod));
	const [them, own] = apart.length === 1 ? ["the pod", "its"] : ["the pods", "their"];
	const then = set.record ? `finishing the scaling sends ${them} away` : `then send ${them} away`;
	// with a member among or beyond them, fewer replicas would take its pod
	const end = set.firstOrdinal + etcd.members.length;
	const behind = etcd.members.every(({ ordinal = end }) => ordinal < end);
	const scaled = `kubectl scale sts ${set.name} -n ${set.namespace} --replicas=${etcd.members.length}`;
	return {
		kind: "apart",
		line: `APART: ${told} ${which} of ${own} own: clients of the Service may be answered by either. Save what anybody needs of ${own} keys; ${then}.`,
		next: [...written, ...(set.record || !behind ? [] : [scaled])],
	};
}

function alarmVerdict({ etcd, statefulSet }: ClusterView): Verdict | undefined {
	const [first] = etcd.alarms;
	if (!first) return undefined;
	const on = etcd.members.find(({ id }) => id === first.memberId)?.name || first.memberId.toString(16);
	if (first.type === "NOSPACE") {
		const next = [`quorate check sts/${statefulSet.name} -n ${statefulSet.namespace}`];
		return { kind: "alarm", line: `NO SPACE: ${on} has raised NOSPACE; etcd takes no writes.`, next };
	}
	return { kind: "alarm", line: `${first.type}: ${on} has raised this alarm; its data cannot be trusted.`, next: [] };
}

/** The pod whose member holds most. */
function bestPod(view: ClusterView): string | undefined {
	const [best] = view.etcd.members
		.flatMap((member) => (member.status && podOf(view, member) ? [{ member, status: member.status }] : []))
		.sort((one, other) => (one.status.revision < other.status.revision ? 1 : -1));
	return best && podOf(view, best.member)?.name;
}

const restoreFrom = (view: ClusterView, pod: string | undefined): string[] =>
	pod ? [saveCommand(view, pod), restoreCommand(view, pod)] : [];

const saveCommand = ({ statefulSet: { name, namespace } }: ClusterView, pod: string): string =>
	`quorate snapshot save ${pod}.db sts/${name} -n ${namespace} --pod ${pod}`;

const restoreCommand = ({ statefulSet: { name, namespace } }: ClusterView, pod: string): string =>
	`quorate snapshot restore ${pod}.db sts/${name} -n ${namespace} --runbook`;
