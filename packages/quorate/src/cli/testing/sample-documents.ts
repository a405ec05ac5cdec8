import { runChecks } from "../../checks/index.ts";
import { PLAIN } from "../../cluster/security-view.ts";
import { QuorateError } from "../../errors.ts";
import { proofOf } from "../../proof/proof.ts";
import { plan } from "../../scaling/plan.ts";
import { healthyView } from "../../scaling/testing/views.ts";
import { checkReportDocument } from "../json/check-report.ts";
import { clusterStatus } from "../json/cluster-status.ts";
import { clusterStatusList } from "../json/cluster-status-list.ts";
import { document } from "../json/document.ts";
import { errorDocument } from "../json/error.ts";
import { etcdVersionsDocument, labDocument, labFaultDocument, labListDocument } from "../json/lab.ts";
import { planDocument } from "../json/plan.ts";
import { proofDocument } from "../json/proof.ts";
import { runbookDocument } from "../json/runbook.ts";
import { scaleResultDocument } from "../json/scale-result.ts";
import { snapshotDocument, snapshotKeysDocument, snapshotReportDocument } from "../json/snapshot.ts";

const sampleError = new QuorateError("Refused", { operation: "o", message: "m", state: "s", hint: "h" });

export const sampleProof = proofOf({
	equal: false,
	clusterId: 7n,
	recorded: [
		{
			by: "quorate validate on 2026-11-30T09:00:00Z",
			clusterId: 7n,
			revision: 990n,
			keys: 13,
			keysThen: 12,
			breach: "other-keys",
		},
	],
	revision: 1000n,
	compactRevision: 900n,
	keys: 12,
	bytes: 345,
	values: "byte for byte",
	members: [{ id: 0x8e9e05c52164694dn, name: "mayastor-etcd-0", isLearner: false, hash: 42 }],
	differing: 1,
	differences: [{ kind: "value", key: Buffer.from("a"), members: ["mayastor-etcd-0"] }],
	snapshot: {
		path: "/x.db",
		revision: 998n,
		keys: 12,
		held: 11,
		deletedSince: 1,
		leaseEnded: 1,
		unexplained: 0,
		undecidable: 0,
		examples: ["b"],
	},
});

const sampleInfo = {
	path: "/x.db",
	size: 1,
	dbSize: 1,
	sha256: "ab",
	revision: 998n,
	compactRevision: 0n,
	keys: 12,
	clusterVersion: "3.6.0",
	storageVersion: "3.6.0",
	members: [
		{ id: 255n, name: "mayastor-etcd-0", isLearner: false, peerURLs: ["http://a:2380"], clientURLs: ["http://a:2379"] },
	],
	removedMembers: [254n],
};
const sampleKey = {
	key: Buffer.from("/registry/pods/x"),
	value: Buffer.from("v"),
	createRevision: 1n,
	modRevision: 2n,
	version: 2n,
	lease: 7n,
};
const samplePlace = {
	name: "mayastor-etcd-0",
	peerURLs: [],
	dataDir: "/data",
	mount: { name: "data", mountPath: "/data" },
};

/** One document of each kind, with every field that it can have. */
export function sampleDocuments(): Readonly<Record<string, object>> {
	const view = fullView();
	const goal = { replicas: 4, snapshot: true };
	const checks = runChecks({
		view,
		goal,
		security: PLAIN,
		missingRights: ["patch statefulsets.apps"],
		force: false,
	});
	const healthy = healthyView({ nodes: 4 });
	const growth = plan(healthy, { replicas: 5, snapshot: true });
	const claim = {
		kind: "delete-claim",
		ordinal: 4,
		claim: "data-mayastor-etcd-4",
		uid: "u",
		emptied: undefined,
	} as const;
	const planned = {
		...growth,
		steps: [...growth.steps, { step: claim, voters: 4, learners: 0, quorum: 3, tolerance: 1 }],
	};
	const lab = {
		name: "lab",
		phase: "up",
		since: "2026-11-21T10:00:00Z",
		port: 6443,
		kubeconfig: "/k",
		log: "/l",
		members: 3,
		nodes: 5,
		etcd: { version: "3.5.9", folder: "/e" },
		memory: { lab: 1, etcd: 2 },
		machine: {
			nodes: [{ name: "worker-0", ready: true }],
			pods: [
				{
					namespace: "mayastor",
					name: "mayastor-etcd-0",
					node: "worker-0",
					address: "198.18.1.2",
					phase: "Running",
					ready: true,
					restarts: 0,
				},
			],
			faults: ["worker-0 has no power"],
		},
	};
	const { trouble: _, ...etcd } = view.etcd;
	const calm = { ...view, etcd: { ...etcd, trouble: undefined } };
	const outside = { name: "etcd-b-0", uid: "u", running: true, node: "node-3", owner: "StatefulSet/etcd-b" };
	const elsewhere = etcd.members.slice(0, 1).map((member) => ({ ...member, ordinal: undefined, outside }));
	const spanning = { ...calm, etcd: { ...calm.etcd, members: [...etcd.members, ...elsewhere] } };
	const side = { clusterId: 7n, leader: 101n, voters: 3, term: 3n, index: 9n, revision: 5n, alone: false };
	const sides = ["mayastor-etcd-0", "mayastor-etcd-1"].map((pod) => ({ ...side, pods: [pod] }));
	const apart = [{ pod: "mayastor-etcd-2", ordinal: 2, clusterId: 8n, revision: 3n }];
	const divided = clusterStatus({ ...view, etcd: { ...view.etcd, sides, apart } }, "https://127.0.0.1:6443");
	return {
		ClusterStatusList: clusterStatusList([
			{ namespace: "mayastor", name: "mayastor-etcd", view: calm, server: "https://127.0.0.1:6443" },
			{ namespace: "apps", name: "etcd", error: sampleError },
		]),
		ClusterStatus: { ...divided, etcd: { ...divided.etcd, ...clusterStatus(spanning, "").etcd } },
		Plan: planDocument(planned, checks, healthy),
		CheckReport: checkReportDocument({
			namespace: "mayastor",
			name: "mayastor-etcd",
			replicas: 4,
			strict: false,
			checks,
		}),
		ScaleResult: scaleResultDocument(
			{
				from: 3,
				to: 5,
				seconds: 12.5004,
				steps: planned.steps.map(({ step }) => ({ step, seconds: 0.1 })),
				snapshot: { file: "/x.db", revision: "998", sha256: "ab", found: true },
				tookBack: { to: 5 },
				proof: sampleProof,
				members: [{ id: 255n, name: "mayastor-etcd-3" }],
				restarts: 0,
			},
			view,
		),
		Proof: proofDocument(sampleProof),
		Snapshot: snapshotDocument({ path: "/x.db", size: 1, sha256: "ab", revision: 998n, keys: 12, version: "3.6.0" }),
		SnapshotReport: snapshotReportDocument(sampleInfo, {
			hash: 0xa87f990b,
			pages: { total: 35, used: 32 },
			buckets: [{ name: "key", entries: 133 }],
			writes: 133,
			bytes: 80_000,
			prefixes: [{ prefix: Buffer.from("/registry/pods/"), keys: 12, bytes: 80_000 }],
		}),
		SnapshotKeys: snapshotKeysDocument(sampleInfo, "/registry/", { kvs: [sampleKey], count: 12 }, false),
		Runbook: runbookDocument(
			healthy,
			sampleInfo,
			{ pods: [{ ordinal: 0, pod: "mayastor-etcd-0", facts: samplePlace }], warnings: ["w"] },
			[{ title: "t", why: "w", commands: ["kubectl get pods"] }],
		),
		Lab: labDocument(lab),
		LabList: labListDocument([lab]),
		LabFault: labFaultDocument(["worker-0 is on again, with its disk as it was"]),
		EtcdVersions: etcdVersionsDocument({
			atHand: [{ version: "3.5.9", source: "path", folder: "/e" }],
			fetchable: [{ version: "3.6.14", source: "release", url: "https://example.com" }],
		}),
		Version: document("Version", { clientVersion: "v1.0.0", nodeVersion: "v20.19.0", serverVersion: "v1.34.0" }),
		Error: errorDocument(sampleError),
	};
}

/** In the middle of a scaling, with a member that is down and an alarm. */
function fullView() {
	const view = healthyView({ provisioner: "example.com/disks" });
	const set = view.statefulSet;
	return {
		...view,
		statefulSet: {
			...set,
			managedBy: "Helm release mayastor",
			record: {
				version: 1 as const,
				from: 3,
				startedAt: "2026-11-21T10:00:00Z",
				goal: {
					replicas: 5,
					snapshot: true,
					keepVolumes: true,
					discardVolumes: true,
					rollOut: "initial-cluster" as const,
					volumes: { nodes: ["node-4", "node-5"], path: "/var/etcd-{ordinal}" },
					force: true,
					takesBack: true,
				},
				template: set.template,
				updateStrategy: {},
				joining: 3,
				snapshot: { file: "/x.db", revision: "998", sha256: "ab", takenAt: "2026-11-21T10:00:01Z", size: 65_568 },
				proven: { voters: 3, revision: "1000" },
			},
		},
		pods: view.pods.map((pod, index) => (index === 1 ? { ...pod, ready: false, trouble: "CrashLoopBackOff" } : pod)),
		etcd: {
			...view.etcd,
			trouble: "one does not answer",
			alarms: [{ memberId: 101n, type: "NOSPACE" as const }],
			members: view.etcd.members.map((member, index) =>
				index === 1 ? { ...member, status: undefined, lag: undefined, trouble: "connection refused" } : member,
			),
		},
	};
}
