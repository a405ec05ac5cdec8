import { guideCluster } from "../../guide-cluster.ts";
import { type Chapter, type Operation, op } from "../operation.ts";

const IMAGE = "etcd:3.5.9";
const [, ...manifests] = guideCluster({ namespace: "{ns}", image: IMAGE });
const list = { apiVersion: "v1", kind: "List", items: manifests };

/** All pods Ready, and what is printed of them. */
const ready = (replicas: number): Operation[] => [
	op("get sts mayastor-etcd -o jsonpath={.status}", {
		until: new RegExp(
			`"availableReplicas":${replicas},(?=.*"readyReplicas":${replicas},"replicas":${replicas},.*"updatedReplicas":${replicas}\\b)`,
		),
		view: "nothing",
	}),
];

const volume = (ordinal: number) => ({
	...(manifests[0] as object),
	metadata: { name: `{ns}-volume-${ordinal}` },
	spec: {
		accessModes: ["ReadWriteOnce"],
		capacity: { storage: "2Gi" },
		claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", name: `data-mayastor-etcd-${ordinal}`, namespace: "{ns}" },
		hostPath: { path: `/var/local/{ns}/etcd/pod-${ordinal}`, type: "" },
		persistentVolumeReclaimPolicy: "Delete",
		storageClassName: "manual",
		volumeMode: "Filesystem",
	},
});

/** The guide's cluster: made, looked at, grown as the guide does it, rolled, shrunk, ended. */
export const cluster: Chapter = {
	name: "the guide's cluster",
	operations: [
		op("apply -f -", { input: list }),
		op("rollout status sts/mayastor-etcd --timeout=60s", { view: "code" }),
		...ready(3),
		op("apply -f -", { input: list }),
		op("get sts,pods,pvc,svc,endpoints,endpointslices,controllerrevisions -o json"),
		op("get pv {ns}-volume-0 {ns}-volume-1 {ns}-volume-2 -o json"),
		op("get sts mayastor-etcd -o yaml --show-managed-fields"),
		op("get pod mayastor-etcd-0 -o yaml --show-managed-fields"),
		op("get all"),
		op("get all -o wide"),
		op("get pvc -o wide"),
		op("get pv {ns}-volume-0 {ns}-volume-1 -o wide"),
		op("get controllerrevisions"),
		op("get endpoints,endpointslices", { view: "lines" }),
		op("get pods --show-labels"),
		op("describe sts mayastor-etcd"),
		op("describe pod mayastor-etcd-0"),
		op("describe pvc data-mayastor-etcd-0"),
		op("describe pv {ns}-volume-0"),
		op("describe svc mayastor-etcd"),
		op("get events -o json", { view: "events" }),
		op("rollout status sts/mayastor-etcd"),
		op("rollout history sts/mayastor-etcd"),

		// the guide's S5 to S7: one replica too many, an edit while it is Pending, the volume that it lacks
		op("scale sts mayastor-etcd --replicas=4"),
		op("get events -o json", { until: /FailedScheduling/, view: "nothing" }),
		op("get pods,pvc"),
		op("describe pod mayastor-etcd-3"),
		op("describe pvc data-mayastor-etcd-3"),
		op("get pod mayastor-etcd-3 -o json"),
		op("edit sts mayastor-etcd", { env: { KUBE_EDITOR: "sed -i 's/value: etcd-cluster-k8s/value: another-token/'" } }),
		op("get sts mayastor-etcd -o json", { until: /"observedGeneration": 3/ }),
		op("get pods"),
		op("apply -f -", { input: volume(3) }),
		...ready(4),
		op("get sts,pods,pvc,controllerrevisions -o json"),
		op("get events -o json", { view: "events" }),
		op("rollout history sts/mayastor-etcd"),
		op("rollout history sts/mayastor-etcd --revision=2"),

		// a roll that stops at a partition
		op(`patch sts mayastor-etcd -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":3}}}}'`),
		op("set env sts/mayastor-etcd TWIN=yes"),
		op("rollout status sts/mayastor-etcd --timeout=60s", { until: /partitioned roll out complete/ }),
		op("get sts mayastor-etcd -o json", { until: /"readyReplicas": 4/ }),
		op("get pods -L controller-revision-hash"),
		op("rollout undo sts/mayastor-etcd"),
		op(`patch sts mayastor-etcd --type=json -p '[{"op":"remove","path":"/spec/updateStrategy/rollingUpdate"}]'`),
		...ready(4),
		op("get controllerrevisions -o json"),

		// down again: the claim and the volume stay
		op("scale sts/mayastor-etcd --replicas=2 --current-replicas=4"),
		op("get pods", { until: /^(?!.*etcd-[23])/s }),
		...ready(2),
		op("get pvc"),
		op("get sts mayastor-etcd -o json"),

		// claims and volumes in use are not taken away
		op("delete pvc data-mayastor-etcd-0 --wait=false"),
		op("get pvc data-mayastor-etcd-0", { until: /Terminating/ }),
		op("delete pv {ns}-volume-1 --wait=false"),
		op("get pv {ns}-volume-1", { until: /Terminating/ }),
		op("describe pvc data-mayastor-etcd-0"),
		op("delete pod mayastor-etcd-0"),
		op("get pvc,pods", { until: /mayastor-etcd-0\s+\d\/1\s+Pending|data-mayastor-etcd-0\s+Pending/ }),
		op("get pod mayastor-etcd-0 -o json", { until: /FailedScheduling|Unschedulable/ }),
		op("delete sts mayastor-etcd --cascade=orphan"),
		op("get pods -o json"),
		op("delete pod mayastor-etcd-1 --force --grace-period=0"),
		op("delete pvc --all"),
		op("get pv {ns}-volume-2 {ns}-volume-3", { until: /(Failed|Released|not found).*\n.*(Failed|Released|not found)/ }),
		op("describe pv {ns}-volume-2"),
		op("get events -o json", { view: "events" }),
		op("delete pv {ns}-volume-0 {ns}-volume-1 {ns}-volume-2 {ns}-volume-3 --ignore-not-found --wait=false"),
	],
};
