import type { ClusterView } from "../cluster/cluster-view.ts";
import { RECORD_ANNOTATION } from "../cluster/scaling-record.ts";
import { word } from "../shell-word.ts";
import type { MemberFacts } from "./etcd-facts.ts";
import type { RestorePlan } from "./restore-plan.ts";
import { etcdutlPod, etcdutlPodName, shellPod, shellPodName, workFolder } from "./restore-pods.ts";
import { withDocument } from "./shell-words.ts";

export interface RunbookStep {
	readonly title: string;
	/** for people: what it does, and what to look at */
	readonly why: string;
	/** each for a shell; may span several lines */
	readonly commands: readonly string[];
	/** not to be done with the others: it is printed so that a shell takes it for a comment */
	readonly later?: true;
}

/** How the commands are written. */
export interface RunbookWords {
	/** with the flags that lead to the cluster: `kubectl -n mayastor` */
	readonly kubectl: string;
	/** `quorate` or `kubectl quorate` */
	readonly quorate: string;
	/** flags that lead to the cluster */
	readonly flags: string;
	/** the snapshot's file, as the reader can name it */
	readonly file: string;
	/** bytes of it */
	readonly size: number;
}

/** What to do by hand, in order, to restore a cluster from a snapshot. Pure: the same plan gives the same words. */
export function runbook(view: ClusterView, plan: RestorePlan, words: RunbookWords): RunbookStep[] {
	return [
		...saveNewest(view, plan, words),
		...keepClaims(view, words),
		...pinVolumes(plan, words),
		stop(view, plan, words),
		...endScaling(view, words),
		openVolumes(view, plan, words),
		copyFile(plan, words),
		restore(view, plan, words),
		swap(plan, words),
		closeVolumes(plan, words),
		start(view, plan, words),
		check(view, plan, words),
		clients(plan),
		...putBack(view, words),
		...grow(view, plan, words),
		tidyUp(view, plan, words),
	];
}

const set = (view: ClusterView): string => `sts/${view.statefulSet.name}`;

function saveNewest(view: ClusterView, { newest }: RestorePlan, { quorate, flags }: RunbookWords): RunbookStep[] {
	if (!newest) return [];
	const file = `${newest.pod}-last.db`;
	return [
		{
			title: `Save what ${newest.pod} still holds, and restore from that instead`,
			why: `Its etcd answers, and it holds revision ${newest.revision}: newer than the snapshot. What was written in between would be lost. This saves it as it is, quorum or not; the second command prints this runbook anew, for that file. Go on below only if that cannot be done.`,
			commands: [
				`${quorate} snapshot save ${file} ${set(view)}${flags} --pod ${newest.pod}`,
				`${quorate} snapshot restore ${file} ${set(view)}${flags} --runbook`,
			],
		},
	];
}

const RETAIN = { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: "Retain" } } };
const DELETE = { spec: { persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete" } } };

function keepClaims(view: ClusterView, { kubectl }: RunbookWords): RunbookStep[] {
	if (!view.statefulSet.deletesClaims) return [];
	return [
		{
			title: "Keep the claims",
			why: "This StatefulSet deletes its claims, and the data with them, when it is scaled down, which comes next. A later step puts that back.",
			commands: [`${kubectl} patch ${set(view)} -p ${word(JSON.stringify(RETAIN))}`],
		},
	];
}

function pinVolumes({ pins }: RestorePlan, { kubectl }: RunbookWords): RunbookStep[] {
	if (pins.length === 0) return [];
	const affinity = (node: string) => {
		const matchExpressions = [{ key: "kubernetes.io/hostname", operator: "In", values: [node] }];
		return { spec: { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions }] } } } };
	};
	return [
		{
			title: "Bind each volume to its node",
			why: "These volumes are folders on a node and do not say on which. Once their pods are gone nothing would keep a new pod on the node that has the data. Where this was set it stays: Kubernetes does not let it be changed again.",
			commands: pins.map(
				({ volume, label }) => `${kubectl} patch pv ${volume} -p ${word(JSON.stringify(affinity(label)))}`,
			),
		},
	];
}

function stop(view: ClusterView, { pods }: RestorePlan, { kubectl }: RunbookWords): RunbookStep {
	const { managedBy, replicas, name } = view.statefulSet;
	const names = [...new Set([...view.pods.map((pod) => pod.name), ...pods.map(({ pod }) => pod)])];
	return {
		title: "Stop every member",
		why: `All of them, those that still run too: the restored members are a new cluster, under the same names, and one of the old must not meet them. ${name} has ${replicas} replicas now. The claims stay.${managedBy ? ` ${managedBy} manages it: stop whatever would set the replicas back (an automatic sync, an upgrade) until the end.` : ""} A pod that does not go because its node is gone has to be given up: kubectl delete pod NAME --force.`,
		commands: [
			`${kubectl} scale ${set(view)} --replicas=0`,
			`${kubectl} wait ${names.map((pod) => `pod/${pod}`).join(" ")} --for=delete --timeout=300s`,
		],
	};
}

/** What an unfinished run left in the StatefulSet would start pods as joining members. */
function endScaling(view: ClusterView, { kubectl }: RunbookWords): RunbookStep[] {
	const { record } = view.statefulSet;
	if (!record) return [];
	const patch = [
		{ op: "replace", path: "/spec/template", value: record.template },
		{ op: "replace", path: "/spec/updateStrategy", value: record.updateStrategy },
		{ op: "remove", path: `/metadata/annotations/${RECORD_ANNOTATION.replaceAll("/", "~1")}` },
	];
	return [
		{
			title: "End the scaling that is unfinished",
			why: `A scaling or a roll-out that was begun with ${record.from} members is unfinished. This puts the pod template and the update strategy back as they were before it, and removes Quorate's annotation. If it fails, the scaling has gone on since: print this runbook again.`,
			commands: [`${kubectl} patch ${set(view)} --type=json -p ${word(JSON.stringify(patch))}`],
		},
	];
}

function openVolumes(view: ClusterView, plan: RestorePlan, { kubectl }: RunbookWords): RunbookStep {
	const items = plan.pods.map((member) => shellPod({ view, ...member }, plan.shellImage));
	return {
		title: "Get at the volumes",
		why: `A pod for each volume, which does nothing but hold it. It needs sh, cat and mv in its image (${plan.shellImage}; --shell-image names another).`,
		commands: [
			withDocument(`${kubectl} apply -f -`, items),
			`${kubectl} wait ${plan.pods.map(({ pod }) => `pod/${shellPodName(pod)}`).join(" ")} --for=condition=Ready --timeout=300s`,
		],
	};
}

const inShell = (kubectl: string, pod: string, script: string, interactive = false): string =>
	`${kubectl} exec${interactive ? " -i" : ""} ${shellPodName(pod)} -c restore -- sh -ec ${word(script)}`;

function copyFile({ pods }: RestorePlan, { kubectl, file, size }: RunbookWords): RunbookStep {
	return {
		title: "Copy the snapshot to every volume",
		why: `Every member is restored from the same file. Each volume needs room for about twice its ${size} bytes beside what is there now; what df says comes first. The size is compared; the checksum will be, in the next step.`,
		commands: pods.flatMap(({ pod, facts }) => {
			const folder = workFolder(facts);
			const copy = `rm -rf ${word(folder)}; mkdir -m 777 ${word(folder)}; cat > ${word(folder)}/snapshot.db; test "$(wc -c < ${word(folder)}/snapshot.db)" -eq ${size}`;
			return [
				inShell(kubectl, pod, `df -h ${word(facts.mount.mountPath)}`),
				`${inShell(kubectl, pod, copy, true)} < ${word(file)}`,
			];
		}),
	};
}

function restore(view: ClusterView, plan: RestorePlan, { kubectl }: RunbookWords): RunbookStep {
	const items = plan.pods.map((member) => {
		const folder = workFolder(member.facts);
		const command = [
			...plan.tool,
			`${folder}/snapshot.db`,
			`--name=${member.facts.name}`,
			`--initial-cluster=${plan.initialCluster}`,
			`--initial-cluster-token=${plan.token}`,
			`--initial-advertise-peer-urls=${member.facts.peerURLs.join(",")}`,
			`--data-dir=${folder}/data`,
			...(member.facts.walDir === undefined ? [] : [`--wal-dir=${folder}/wal`]),
			...(plan.bump === undefined ? [] : [`--bump-revision=${plan.bump}`, "--mark-compacted"]),
		];
		return etcdutlPod({ view, ...member }, plan.image, command, plan.env);
	});
	const bumped =
		plan.bump === undefined
			? `This version (${plan.image}) cannot raise the revision: revisions go back to the snapshot's, and count anew over some that clients have seen with other content. --image names a newer patch release that can (3.4.34, 3.5.21, 3.6 or later); without it every client must be restarted later on.`
			: "--bump-revision raises the revision above all that the lost cluster can have given out, and --mark-compacted calls all before it compacted: a client that watches from a revision of the lost cluster is told so and reads everything anew, instead of waiting for a revision that comes again with other content.";
	return {
		title: "Make the new data, beside the old",
		why: `etcdutl checks the file's SHA-256 and writes a data directory for each member: the same keys, the membership replaced by these ${plan.pods.length}, under a token of its own, so that no member of the lost cluster can join by mistake. Nothing of the old data is touched. ${bumped} Where a pod does not succeed, kubectl logs of it says why.`,
		commands: [
			withDocument(`${kubectl} apply -f -`, items),
			`${kubectl} wait ${plan.pods.map(({ pod }) => `pod/${etcdutlPodName(pod)}`).join(" ")} --for=jsonpath='{.status.phase}'=Succeeded --timeout=600s`,
		],
	};
}

/** What Bitnami's scripts would go by: the id of the lost member, its way of joining, and that it once left. */
const SCRIPT_FILES = ["member_id", "new_member_envs"];

/** etcd holds a lock on its database while it runs: something has started it again, and would go on in data that is moved away. */
function notRunning(facts: MemberFacts): string {
	const db = word(`${facts.dataDir}/member/snap/db`);
	return `if [ -e ${db} ] && command -v flock > /dev/null; then flock -n ${db} true || { echo "etcd runs on this volume: stop it first" >&2; exit 1; }; fi`;
}

/** Where there is no data directory at all the new one takes its place, with its owner. */
function swapScript(facts: MemberFacts, keep: string, bitnami: boolean): string {
	const data = word(facts.dataDir);
	const fresh = word(`${workFolder(facts)}/data`);
	const kept = word(`${facts.dataDir}/${keep}`);
	const above = word(facts.dataDir.replace(/\/[^/]+$/, "") || "/");
	const removal = bitnami ? [word(`${facts.mount.mountPath.replace(/\/+$/, "")}/member_removal.log`)] : [];
	const old = [...["member", ...SCRIPT_FILES].map((name) => word(`${facts.dataDir}/${name}`)), ...removal];
	return [
		notRunning(facts),
		`test -d ${fresh}/member`,
		...(facts.walDir === undefined ? [] : [`test -d ${word(`${workFolder(facts)}/wal`)}`]),
		`mkdir -p ${above}`,
		`if [ -d ${data} ]; then mkdir -p ${kept}; for f in ${old.join(" ")}; do if [ -e "$f" ]; then mv "$f" ${kept}/; fi; done; mv ${fresh}/member ${data}/member; else mv ${fresh} ${data}; fi`,
		...removal.map((file) => `rm -f ${file}`),
		...walScript(facts, kept),
		`rm -rf ${word(workFolder(facts))}`,
		"sync",
	].join("; ");
}

/** Where the write-ahead log has a folder of its own. */
function walScript({ walDir, ...facts }: MemberFacts, kept: string): string[] {
	if (walDir === undefined) return [];
	const wal = word(walDir);
	return [
		`if [ -e ${wal} ]; then mkdir -p ${kept}; mv ${wal} ${kept}/wal; fi`,
		`mkdir -p ${word(walDir.replace(/\/[^/]+$/, "") || "/")}`,
		`mv ${word(`${workFolder(facts)}/wal`)} ${wal}`,
	];
}

function swap({ pods, keep, bitnami }: RestorePlan, { kubectl }: RunbookWords): RunbookStep {
	const commands = pods.map(({ pod, facts }) => inShell(kubectl, pod, swapScript(facts, keep, bitnami)));
	const scripts = bitnami
		? " With it goes what the image's scripts have noted (member_id, new_member_envs, member_removal.log): by it they would, at a later restart, look for a member of the lost cluster and never come up, or wipe the data."
		: "";
	return {
		title: "Put the new data in place of the old",
		why: `The old data stays, in ${keep} within the data directory.${scripts} From here on etcd takes its membership from the data: ETCD_INITIAL_CLUSTER and its state mean nothing any more, so the template stays as it is.`,
		commands,
	};
}

function closeVolumes({ pods }: RestorePlan, { kubectl }: RunbookWords): RunbookStep {
	const names = pods.flatMap(({ pod }) => [etcdutlPodName(pod), shellPodName(pod)]);
	return {
		title: "Let the volumes go",
		why: "These pods are done with; a volume may be held by one node only.",
		commands: [`${kubectl} delete pod ${names.join(" ")}`],
	};
}

function start(view: ClusterView, { pods }: RestorePlan, { kubectl }: RunbookWords): RunbookStep {
	const inTurn = view.statefulSet.podManagementPolicy === "OrderedReady" && pods.length > 1;
	const how = inTurn
		? "Its pods start one after the other, each when the one before is Ready. If the first never is, because its probe asks for quorum: print this runbook with --members 1, and let the cluster grow from that."
		: pods.length === 1
			? "One member, which is a quorum of its own."
			: `All ${pods.length} at once, as they were before.`;
	return {
		title: "Start the cluster",
		why: `${how} If a pod is not Ready after a minute or two, look at its log before anything else.`,
		commands: [
			`${kubectl} scale ${set(view)} --replicas=${pods.length}`,
			`${kubectl} wait ${set(view)} --for=jsonpath='{.status.readyReplicas}'=${pods.length} --timeout=600s`,
		],
	};
}

function check(view: ClusterView, { keys, revision }: RestorePlan, { quorate, flags }: RunbookWords): RunbookStep {
	return {
		title: "Look whether all is there",
		why: `The same ${keys} keys on each member that the snapshot had at its revision ${revision} (more as soon as clients write again), and all members healthy. --accept-history says that this is meant to be another cluster than the one that was there before.`,
		commands: [`${quorate} validate ${set(view)}${flags} --accept-history`, `${quorate} status ${set(view)}${flags}`],
	};
}

function clients({ bump }: RestorePlan): RunbookStep {
	return {
		title: "See to the clients",
		why: `Whatever was written after the snapshot is gone, and nobody has told the clients: what they believe and what etcd holds may differ.${bump === undefined ? " Their watches must not go on from the revisions they know: restart every one of them." : " Those that watch read everything anew by themselves; restart those that keep what they read (controllers, agents, anything with a cache) if they do not."}`,
		commands: [],
	};
}

function putBack(view: ClusterView, { kubectl }: RunbookWords): RunbookStep[] {
	if (!view.statefulSet.deletesClaims) return [];
	return [
		{
			title: "Let the StatefulSet delete claims again",
			why: "As it did before this.",
			commands: [`${kubectl} patch ${set(view)} -p ${word(JSON.stringify(DELETE))}`],
		},
	];
}

function grow(view: ClusterView, { pods }: RestorePlan, { quorate, flags }: RunbookWords): RunbookStep[] {
	const { replicas } = view.statefulSet;
	if (replicas <= pods.length) return [];
	return [
		{
			title: `Grow to ${replicas} again`,
			why: "One member after the other, as learners, on volumes that are emptied before.",
			commands: [`${quorate} scale ${set(view)}${flags} --replicas ${replicas}`],
		},
	];
}

function tidyUp(view: ClusterView, { pods, keep, hasShell }: RestorePlan, { kubectl }: RunbookWords): RunbookStep {
	const { name } = view.statefulSet.etcd;
	const remove = ({ pod, facts }: RestorePlan["pods"][number]) =>
		`${kubectl} exec ${pod} -c ${name} -- rm -rf ${word(`${facts.dataDir}/${keep}`)}`;
	return {
		title: "Days later: remove the old data",
		why: `It is in ${keep} and takes room. Keep it until nobody misses anything.${hasShell ? "" : " The image has no rm, most likely: a pod as above can do it while a member is stopped."}`,
		commands: hasShell ? pods.map(remove) : [],
		later: true,
	};
}
