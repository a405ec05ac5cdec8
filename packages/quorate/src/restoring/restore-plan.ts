import type { EnvVar } from "kubernetes-types/core/v1";
import { type ClusterView, claimName, podName, tolerance } from "../cluster/cluster-view.ts";
import { formatInitialCluster } from "../cluster/join-profile.ts";
import { QuorateError } from "../errors.ts";
import type { SnapshotInfo } from "../etcd/snapshot/read.ts";
import { etcdContainer, type MemberFacts, memberFacts } from "./etcd-facts.ts";
import { canBump, versionIn } from "./etcdutl-version.ts";
import { learnersRecorded } from "./recorded-learners.ts";
import { refuseElsewhere } from "./refuse-elsewhere.ts";
import { type Pin, pinOf } from "./volume-home.ts";

/** What restoring a cluster from a snapshot takes, with every name filled in. */
export interface RestorePlan {
	readonly revision: bigint;
	readonly keys: number;
	/** in the order of their ordinals */
	readonly pods: readonly { readonly ordinal: number; readonly pod: string; readonly facts: MemberFacts }[];
	readonly initialCluster: string;
	readonly token: string;
	/** has etcdutl, or the etcdctl that restores */
	readonly image: string;
	readonly tool: readonly string[];
	readonly env: readonly EnvVar[] | undefined;
	/** how far the revision is raised; undefined: this version cannot */
	readonly bump: number | undefined;
	readonly shellImage: string;
	/** etcd's own image has a shell, as far as can be told */
	readonly hasShell: boolean;
	/** folder within the data directory that the old data goes to */
	readonly keep: string;
	readonly bitnami: boolean;
	/** volumes on a node's disk that do not say on which */
	readonly pins: readonly Pin[];
	/** a member that answers, and holds more than the snapshot does */
	readonly newest: { readonly pod: string; readonly revision: bigint } | undefined;
	/** what to know before beginning */
	readonly warnings: readonly string[];
}

export interface RestoreOptions {
	/**
	 * @default as many as the StatefulSet has replicas, without those that an unfinished scaling has added; where it has none, as the snapshot
	 * has members
	 */
	members?: number;
	/** that has etcdutl. @default the StatefulSet's own */
	image?: string;
	/** @default the StatefulSet's own where that has a shell, else busybox */
	shellImage?: string;
}

/** More than any cluster writes between a snapshot and its loss; what etcd's own documentation suggests. */
const BUMP = 1_000_000_000;
const SHELL = "busybox:1.36";
const LARGEST = 9;

type Snapshot = Pick<SnapshotInfo, "path" | "revision" | "keys" | "members" | "clusterVersion" | "storageVersion">;

/**
 * Works it all out from what is seen, and refuses where a step could not work. Pure.
 *
 * @throws {QuorateError} Refused
 */
export function restorePlan(view: ClusterView, snapshot: Snapshot, options: RestoreOptions, now: Date): RestorePlan {
	const { statefulSet } = view;
	const elsewhere = refuseElsewhere(view, snapshot);
	if (elsewhere) throw refused(view, elsewhere.message, elsewhere.hint);
	const { family, image: own } = statefulSet.etcd;
	const count = options.members ?? membersBefore(view, snapshot);
	if (!Number.isInteger(count) || count < 1 || count > LARGEST)
		throw refused(
			view,
			`--members must be a whole number from 1 to ${LARGEST}; got ${count}`,
			"an odd number is best: 1, 3 or 5",
		);
	const image = options.image ?? own;
	const version = versionIn(image);
	refuseOlder(view, snapshot, options.image === undefined ? version : versionIn(own));
	const pods = Array.from({ length: count }, (_, index) => {
		const ordinal = statefulSet.firstOrdinal + index;
		const pod = podName(statefulSet, ordinal);
		const facts = memberFacts(view, pod, snapshot.members);
		if ("unknown" in facts)
			throw refused(
				view,
				`it cannot be told ${facts.unknown}`,
				"restore by hand, as etcd's documentation on disaster recovery has it",
			);
		return { ordinal, pod, facts };
	});
	const hasShell = family === "bitnami" || family === "script";
	const stamp = now.toISOString().replace(/[-:]|\.\d+/g, "");
	const old34 = version !== undefined && version[1] < 5;
	return {
		revision: snapshot.revision,
		keys: snapshot.keys,
		pods,
		initialCluster: formatInitialCluster(pods.map(({ facts }) => facts)),
		token: `${statefulSet.name}-restored-${stamp}`,
		image,
		tool: old34 ? ["etcdctl", "snapshot", "restore"] : ["etcdutl", "snapshot", "restore"],
		env: old34 ? [{ name: "ETCDCTL_API", value: "3" }] : undefined,
		bump: version === undefined || canBump(version) ? BUMP : undefined,
		shellImage: options.shellImage ?? (hasShell ? own : SHELL),
		hasShell,
		keep: `.before-restore-${stamp}`,
		bitnami: etcdContainer(view).container.env?.some(({ name }) => name === "ETCD_ON_K8S") ?? false,
		pins: pods.flatMap(({ ordinal, facts }) => pin(view, ordinal, facts)),
		newest: newestOf(view, snapshot.revision),
		warnings: warnings(view, snapshot, count),
	};
}

/** Where a scaling is unfinished, those that were there before it and have not left: a member that was joining holds nothing of its own. */
function membersBefore({ statefulSet: { record, replicas } }: ClusterView, { members }: Snapshot): number {
	return (record && replicas > record.from ? record.from : replicas) || members.length;
}

function refused(view: ClusterView, message: string, hint: string): QuorateError {
	const { namespace, name } = view.statefulSet;
	const operation = `working out how to restore ${namespace}/${name}`;
	return new QuorateError("Refused", { operation, message, state: "nothing was changed", hint });
}

/** An older etcd does not read what a newer one wrote. */
function refuseOlder(
	view: ClusterView,
	{ clusterVersion, storageVersion }: Snapshot,
	server: readonly number[] | undefined,
) {
	const wrote = storageVersion ?? clusterVersion;
	const minor = Number(wrote?.split(".")[1]);
	if (!server || !Number.isInteger(minor) || (server[1] ?? 0) >= minor) return;
	throw refused(
		view,
		`the snapshot is of etcd ${wrote}, and the StatefulSet runs ${server.join(".")}, which cannot read it`,
		"let the StatefulSet run the snapshot's minor version, or a snapshot from before the upgrade be restored",
	);
}

/** Where the data is bound to be, where nothing says so. */
function pin(view: ClusterView, ordinal: number, { mount }: MemberFacts): RestorePlan["pins"] {
	const claim = view.claims.find((one) => one.ordinal === ordinal && one.template === mount.name);
	const name = claimName(view.statefulSet, mount.name, ordinal);
	if (!claim || claim.terminating)
		throw refused(
			view,
			`claim ${name} is ${claim ? "being deleted" : "not there"}`,
			`scale to that many once, so that the StatefulSet makes it, or give --members: only volumes that are there can be restored to`,
		);
	const volume = view.volumes.find((one) => one.name === claim.volume);
	const found = volume && pinOf(view, claim, volume);
	if (found && "message" in found) throw refused(view, found.message, found.hint);
	return found ? [found] : [];
}

function newestOf(view: ClusterView, revision: bigint): RestorePlan["newest"] {
	const answering = view.etcd.members.flatMap(({ status, ordinal }) =>
		status && ordinal !== undefined && status.revision > revision
			? [{ pod: podName(view.statefulSet, ordinal), revision: status.revision }]
			: [],
	);
	return answering.sort((a, b) => Number(b.revision - a.revision))[0];
}

function warnings(view: ClusterView, { revision, members }: Snapshot, count: number): string[] {
	const learners = learnersRecorded(members, count);
	const { etcd, statefulSet } = view;
	const own = members.some(({ name }) => name.startsWith(`${statefulSet.name}-`));
	return [
		...(etcd.trouble === undefined && tolerance(view) >= 0
			? [
					`The cluster has quorum now. A restore throws away all that was written after revision ${revision}, on every member: only where that is wanted.`,
				]
			: []),
		...(learners ? [learners] : []),
		...(own ? [] : ["The snapshot names no member of this StatefulSet: it seems to be of another cluster."]),
	];
}
