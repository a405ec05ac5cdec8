import { type Chapter, op } from "../operation.ts";
import { emptySet, pod } from "./manifests.ts";

const APART = {
	podAntiAffinity: {
		requiredDuringSchedulingIgnoredDuringExecution: [
			{ labelSelector: { matchLabels: { twin: "apart" } }, topologyKey: "kubernetes.io/hostname" },
		],
	},
};
const lonely = pod("lonely");
const set = emptySet("set", { replicas: 2 }, { command: lonely.spec.containers[0]?.command });

const apart = <T extends { metadata: { labels: object }; spec: object }>(item: T): T => ({
	...item,
	metadata: { ...item.metadata, labels: { ...item.metadata.labels, twin: "apart" } },
	spec: { ...item.spec, affinity: APART },
});

/** Nodes and evictions. Only pods of this chapter are ever moved. */
export const nodes: Chapter = {
	name: "nodes",
	alone: true,
	operations: [
		op("create -f -", { input: apart(lonely) }),
		op("create -f -", { input: { ...set, spec: { ...set.spec, template: apart(set.spec.template) } } }),
		op("create poddisruptionbudget set --selector=app=set --min-available=2"),
		op("get pods", { until: /(.*1\/1.*\n){3}/ }),
		op("get pdb", { until: /\s0\s+\d+s/ }),
		op("get pdb set -o json", { until: /"currentHealthy": 2/ }),
		op("cordon {node:lonely}"),
		op("cordon {node:lonely}"),
		op("get node {node:lonely} -o custom-columns=NAME:.metadata.name,CORDONED:.spec.unschedulable"),
		op("get node {node:lonely} -o jsonpath={.spec.taints}"),
		op("drain {node:lonely} --pod-selector=app=lonely"),
		op("wait --for=condition=DisruptionTarget pod/lonely --timeout=20s", { begins: "lonely" }),
		op("get pod lonely -o name"),
		op("drain {node:lonely} --pod-selector=app=lonely --force --grace-period=1"),
		op("", { name: "lonely is being disrupted", ends: "lonely" }),
		op("get pods"),
		op("drain {node:set-0} --pod-selector=app=set --timeout=4s --disable-eviction=false", { view: "code" }),
		op("uncordon {node:set-0}"),
		op("uncordon {node:set-0}"),
		op("delete pdb set"),
		op("drain {node:set-1} --pod-selector=app=set --timeout=40s", { view: "code" }),
		op("get pods", { until: /(.*1\/1.*\n){2}/ }),
		op("cordon nowhere"),
		op("create --raw /api/v1/namespaces/{ns}/pods/nothing/eviction -f -", {
			input: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "nothing" } },
		}),
		op("create --raw /api/v1/namespaces/{ns}/pods/set-0/eviction -f -", {
			input: { apiVersion: "policy/v1", kind: "Eviction", metadata: { name: "another" } },
		}),
		op("taint nodes nowhere a=b:NoSchedule"),
		op("get events -o json", { view: "event set" }),
		op("delete sts set"),
		op("uncordon {node:lonely} {node:set-0} {node:set-1}", { view: "nothing" }),
	],
};
