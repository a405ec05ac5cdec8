import { type ClusterView, tolerance } from "../cluster/cluster-view.ts";
import {
	membersElsewhere,
	type Named,
	namedElsewhere,
	ownersElsewhere,
	templateElsewhere,
} from "../cluster/members-elsewhere.ts";
import { verdictHint } from "../cluster/verdict.ts";
import { word } from "../shell-word.ts";

/** Why a cluster is not restored, and what to do instead. */
export interface RestoreRefusal {
	readonly message: string;
	readonly hint: string;
}

export interface RecordedMembers {
	/** of the snapshot's file */
	readonly path: string;
	readonly members: readonly Named[];
}

const ALL_BY_HAND =
	"every member has to be restored together then, as etcd's documentation on disaster recovery has it: stop all of them first, and name all in --initial-cluster";
const seeFile = (path: string): string =>
	`what the file holds can be looked at in a lab: quorate snapshot restore ${word(path)} --to lab`;

/**
 * A restore of this StatefulSet's pods alone would begin a second cluster beside members that are none of them. Who is a member the members
 * say; where none answers, the template does; the file says who was one. Pure.
 *
 * @returns undefined where nothing says that there are such members
 */
export function refuseElsewhere(view: ClusterView, snapshot: RecordedMembers): RestoreRefusal | undefined {
	return byMembers(view, snapshot) ?? bySnapshot(view, snapshot) ?? byTemplate(view);
}

const beside = (name: string, them: string): string =>
	`a restore of ${name} alone would begin a second cluster beside ${them}`;

function byMembers(view: ClusterView, { path }: RecordedMembers): RestoreRefusal | undefined {
	const elsewhere = membersElsewhere(view);
	if (elsewhere.length === 0) return undefined;
	const { name, namespace } = view.statefulSet;
	const names = elsewhere.map(({ member }) => member.name || member.peerURLs.join(",")).join(", ");
	const owners = ownersElsewhere(elsewhere);
	const whose = owners.length > 0 ? `they are of ${owners.join(", ")}` : "they run elsewhere, or did";
	const well = view.etcd.trouble === undefined && tolerance(view) >= 0;
	return {
		message: `the cluster of ${name} has members that are not pods of it: ${names} (${whose}); ${beside(name, "them")}`,
		hint: well
			? `the cluster has quorum and needs no restore: quorate status sts/${name} -n ${namespace}; if it is to go back to the snapshot all the same, ${ALL_BY_HAND}; ${seeFile(path)}`
			: `bring these members back: ${verdictHint(view) ?? `kubectl get sts,pods -n ${namespace} -o wide`}; if they cannot come back, ${ALL_BY_HAND}; ${seeFile(path)}`,
	};
}

function bySnapshot({ statefulSet: set }: ClusterView, { path, members }: RecordedMembers): RestoreRefusal | undefined {
	const elsewhere = namedElsewhere(set, members);
	if (elsewhere.length === 0) return undefined;
	return {
		message: `the snapshot is of a cluster with members that cannot be pods of ${set.name}: ${names(elsewhere)}; ${beside(set.name, "them, where they still run")}`,
		hint: `see whether they run: ${look(elsewhere)}; if the cluster is lost as a whole, ${ALL_BY_HAND}; ${seeFile(path)}`,
	};
}

function byTemplate(view: ClusterView): RestoreRefusal | undefined {
	const set = view.statefulSet;
	// who answers, or is listed, knows better than the template, which may be from long ago
	if (view.etcd.members.length > 0) return undefined;
	const elsewhere = templateElsewhere(set);
	if (elsewhere.length === 0) return undefined;
	return {
		message: `no member answers, and the template of ${set.name} names members that cannot be pods of it: ${names(elsewhere)} (--initial-cluster); ${beside(set.name, "them, where they still run")}`,
		hint: `see whether they run: ${look(elsewhere)}; bring a pod of ${set.name} back, which can be asked who is a member; if ${set.name} has been the whole cluster for long, take the others out of --initial-cluster in its template, then the same command`,
	};
}

type Elsewhere = ReturnType<typeof namedElsewhere>;

const names = (elsewhere: Elsewhere): string => [...new Set(elsewhere.map(({ pod }) => pod))].sort().join(", ");

const look = (elsewhere: Elsewhere): string =>
	[...new Set(elsewhere.map(({ namespace }) => `kubectl get sts,pods -n ${namespace} -o wide`))].join("; ");
