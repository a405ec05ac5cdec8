import { type Chapter, type Operation, op } from "../operation.ts";
import { IDLE, volume } from "./manifests.ts";

const STATUS = "get sts mayastor-etcd -o jsonpath={.status}";

/** Every replica available and of the newest revision. */
const settled = (replicas: number): Operation =>
	op(STATUS, {
		until: new RegExp(
			`"availableReplicas":${replicas},(?=.*"currentReplicas":${replicas},.*"readyReplicas":${replicas},"replicas":${replicas},)`,
		),
		view: "nothing",
	});

/** The guide's S5 to S7, roll-outs with a partition and back, fewer replicas, claims and volumes taken away in use. */
export const scaling: Chapter = {
	name: "scaling",
	operations: [
		op("apply -f -", { input: IDLE }),
		settled(3),
		op("get pods -w --no-headers -o custom-columns=NAME:.metadata.name,PHASE:.status.phase", {
			begins: "pods",
			view: "nothing",
		}),
		op("scale sts mayastor-etcd --replicas=4"),
		op("get events -o json", { until: /FailedScheduling/, view: "nothing" }),
		op("get pods,pvc"),
		op("describe pod mayastor-etcd-3"),
		op("describe pvc data-mayastor-etcd-3"),
		op("get pod mayastor-etcd-3 -o json"),
		op("get pvc data-mayastor-etcd-3 -o json"),
		op("edit sts mayastor-etcd", { env: { KUBE_EDITOR: "sed -i 's/value: etcd-cluster-k8s/value: another-token/'" } }),
		op("get sts mayastor-etcd -o json", { until: /"observedGeneration": 3/ }),
		op("get pods"),
		op("apply -f - -n {ns}", { input: volume(3) }),
		settled(4),
		op("get sts,pods,pvc,controllerrevisions -o json"),
		op("get events -o json", { view: "events" }),
		op("rollout history sts/mayastor-etcd"),
		op("rollout history sts/mayastor-etcd --revision=2"),
		op("", { ends: "pods" }),

		op(`patch sts mayastor-etcd -p '{"spec":{"updateStrategy":{"rollingUpdate":{"partition":3}}}}'`),
		op("set env sts/mayastor-etcd TWIN=yes"),
		op("rollout status sts/mayastor-etcd --timeout=40s", { until: /partitioned roll out complete/, view: "code" }),
		op("get sts mayastor-etcd -o json", { until: /"readyReplicas": 4/ }),
		op("get pods -L controller-revision-hash"),
		op("rollout undo sts/mayastor-etcd"),
		op("rollout undo sts/mayastor-etcd --to-revision=99"),
		op("rollout pause sts/mayastor-etcd"),
		op(`patch sts mayastor-etcd --type=json -p '[{"op":"remove","path":"/spec/updateStrategy/rollingUpdate"}]'`),
		settled(4),
		op("rollout history sts/mayastor-etcd"),
		op("get controllerrevisions -o json"),

		op("scale sts/mayastor-etcd --replicas=2 --current-replicas=4"),
		op("scale sts/mayastor-etcd --replicas=5 --current-replicas=4"),
		op("get pods", { until: /^(?!.*etcd-[23])/s }),
		settled(2),
		op("get pvc"),
		op("get sts mayastor-etcd -o json"),
		op("rollout restart sts/mayastor-etcd"),
		op("wait sts/mayastor-etcd --for=jsonpath={.status.updatedReplicas}=2 --timeout=40s"),
		settled(2),
		op("wait pod/mayastor-etcd-0 --for=condition=Ready --timeout=20s"),
		op("wait pod/mayastor-etcd-0 --for=condition=Nonsense --timeout=1s"),
		op("wait pod/mayastor-etcd-7 --for=delete --timeout=1s"),

		op("delete pvc data-mayastor-etcd-0 --wait=false"),
		op("get pvc data-mayastor-etcd-0", { until: /Terminating/ }),
		op("delete pv {ns}-volume-1 --wait=false"),
		op("get pv {ns}-volume-1", { until: /Terminating/ }),
		op("describe pvc data-mayastor-etcd-0"),
		op("delete pod mayastor-etcd-0"),
		op("get pod mayastor-etcd-0 -o json", { until: /Unschedulable/ }),
		op("get pvc,pods"),
		op("delete sts mayastor-etcd --cascade=orphan"),
		op("get pods -o json"),
		op("delete pod mayastor-etcd-1 --force --grace-period=0"),
		op("delete pvc --all", { view: "lines" }),
		op("get pv {ns}-volume-2 {ns}-volume-3", {
			until: /(Failed|Released|not found).*\n.*(Failed|Released|not found)/,
		}),
		op("describe pv {ns}-volume-2"),
		op("get events -o json", { view: "event set" }),
		op("delete pv {ns}-volume-0 {ns}-volume-1 {ns}-volume-2 {ns}-volume-3 --ignore-not-found --wait=false", {
			view: "nothing",
		}),
	],
};
