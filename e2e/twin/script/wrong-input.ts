import { type Chapter, type Operation, op } from "../operation.ts";
import { configMap, emptySet, pod, volume } from "./manifests.ts";

const set = emptySet("set");
const claim = (spec: object) => ({
	apiVersion: "v1",
	kind: "PersistentVolumeClaim",
	metadata: { name: "claim" },
	spec: {
		accessModes: ["ReadWriteOnce"],
		resources: { requests: { storage: "1Gi" } },
		storageClassName: "manual",
		...spec,
	},
});
const service = (spec: object) => ({ apiVersion: "v1", kind: "Service", metadata: { name: "svc" }, spec });
const withoutSelector = emptySet("other");
const { selector: _selector, ...noSelector } = withoutSelector.spec;

/** What must be refused, and how. */
const REFUSED: [what: string, input: unknown][] = [
	["a field that is not known", emptySet("bad", { replica: 3 })],
	["two fields that are not known", { ...emptySet("bad", { replica: 3 }), sepc: {} }],
	["a field of a list's item that is not known", emptySet("bad", {}, { imagePolicy: "Always" })],
	["a text for a number", emptySet("bad", { replicas: "three" })],
	["a number for a text", emptySet("bad", {}, { image: 3 })],
	["a list for an object", emptySet("bad", { template: [] })],
	["no selector", { ...withoutSelector, spec: noSelector }],
	["a selector that is not the template's", emptySet("bad", { selector: { matchLabels: { app: "another" } } })],
	["an empty selector", emptySet("bad", { selector: {} })],
	[
		"a bad operator",
		emptySet("bad", { selector: { matchExpressions: [{ key: "a", operator: "Near", values: ["b"] }] } }),
	],
	["replicas below nought", emptySet("bad", { replicas: -1 })],
	[
		"a partition below nought",
		emptySet("bad", { updateStrategy: { type: "RollingUpdate", rollingUpdate: { partition: -1 } } }),
	],
	["an unknown update strategy", emptySet("bad", { updateStrategy: { type: "Sometimes" } })],
	["an unknown pod management", emptySet("bad", { podManagementPolicy: "Random" })],
	["no containers", emptySet("bad", { template: { metadata: { labels: { app: "bad" } }, spec: { containers: [] } } })],
	[
		"restartPolicy Never",
		emptySet("bad", {
			template: {
				metadata: { labels: { app: "bad" } },
				spec: { restartPolicy: "Never", containers: [{ name: "a", image: "b" }] },
			},
		}),
	],
	["a mount without a volume", emptySet("bad", {}, { volumeMounts: [{ name: "data", mountPath: "/data" }] })],
	[
		"two mounts on one path",
		emptySet(
			"bad",
			{ volumeClaimTemplates: [{ metadata: { name: "data" }, spec: claim({}).spec }] },
			{
				volumeMounts: [
					{ name: "data", mountPath: "/data" },
					{ name: "data", mountPath: "/data" },
				],
			},
		),
	],
	["no image", emptySet("bad", {}, { image: "" })],
	["a bad name of a container", emptySet("bad", {}, { name: "Main_1" })],
	[
		"two containers of one name",
		emptySet("bad", {
			template: {
				metadata: { labels: { app: "bad" } },
				spec: {
					containers: [
						{ name: "a", image: "b" },
						{ name: "a", image: "b" },
					],
				},
			},
		}),
	],
	[
		"a bad variable",
		emptySet(
			"bad",
			{},
			{
				env: [
					{ name: "A B", value: "x" },
					{ name: "", value: "x" },
				],
			},
		),
	],
	[
		"a variable from two places",
		emptySet("bad", {}, { env: [{ name: "A", value: "x", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } }] }),
	],
	[
		"a variable from an unknown field",
		emptySet("bad", {}, { env: [{ name: "A", valueFrom: { fieldRef: { fieldPath: "spec.nothing" } } }] }),
	],
	["a bad port", emptySet("bad", {}, { ports: [{ containerPort: 70000 }, { containerPort: 80, protocol: "XXX" }] })],
	["a bad port name", emptySet("bad", {}, { ports: [{ containerPort: 80, name: "A_VERY_LONG_PORT_NAME" }] })],
	["a bad pull policy", emptySet("bad", {}, { imagePullPolicy: "Maybe" })],
	["a request above its limit", emptySet("bad", {}, { resources: { requests: { cpu: "2" }, limits: { cpu: "1" } } })],
	["a bad quantity", emptySet("bad", {}, { resources: { requests: { cpu: "many" } } })],
	[
		"a probe that does two things",
		emptySet("bad", {}, { readinessProbe: { exec: { command: ["a"] }, httpGet: { port: 80 } } }),
	],
	["a probe that does nothing", emptySet("bad", {}, { readinessProbe: { periodSeconds: 1 } })],
	[
		"a probe below nought",
		emptySet("bad", {}, { livenessProbe: { exec: { command: ["a"] }, periodSeconds: -1, successThreshold: 2 } }),
	],
	["a bad hook", emptySet("bad", {}, { lifecycle: { preStop: {} } })],
	// one at a time: Kubernetes tells them in the order of a Go map
	["a bad label", configMap("bad", {}, { labels: { "a b": "c" } })],
	["a label's bad value", configMap("bad", {}, { labels: { ok: "not ok!" } })],
	["a bad annotation", configMap("bad", {}, { annotations: { "-a": "x" } })],
	["a bad name", configMap("Bad_Name", {})],
	["a name that is too long", configMap("a".repeat(254), {})],
	["no name", { apiVersion: "v1", kind: "ConfigMap", data: {} }],
	["a bad finalizer", configMap("bad", {}, { finalizers: ["no slash"] })],
	["a bad owner", configMap("bad", {}, { ownerReferences: [{ apiVersion: "v1", kind: "Pod", name: "x", uid: "" }] })],
	["another namespace", configMap("bad", {}, { namespace: "elsewhere" })],
	["a bad key of a ConfigMap", configMap("bad", { "a/b": "c" })],
	["a ConfigMap of numbers", configMap("bad", { a: 1 })],
	["a Secret that is not base64", { apiVersion: "v1", kind: "Secret", metadata: { name: "bad" }, data: { a: "?" } }],
	["a kind that is not known", { apiVersion: "v1", kind: "Potato", metadata: { name: "bad" } }],
	["a version that is not known", { ...set, apiVersion: "apps/v9" }],
	["no kind", { apiVersion: "v1", metadata: { name: "bad" } }],
	["a claim without access modes", claim({ accessModes: [] })],
	["a claim with a bad access mode", claim({ accessModes: ["Sometimes"] })],
	["a claim of nothing", claim({ resources: { requests: { storage: "0" } } })],
	["a claim without a request", claim({ resources: {} })],
	["a volume without a source", { ...volume(0), spec: { ...volume(0).spec, hostPath: undefined } }],
	["a volume with a bad path", { ...volume(0), spec: { ...volume(0).spec, hostPath: { path: "/a/../b" } } }],
	["a volume with a bad policy", { ...volume(0), spec: { ...volume(0).spec, persistentVolumeReclaimPolicy: "Burn" } }],
	["a volume without capacity", { ...volume(0), spec: { ...volume(0).spec, capacity: {} } }],
	["a service without ports", service({ selector: { a: "b" } })],
	["a service with a bad port", service({ ports: [{ port: 0 }, { port: 80 }] })],
	["a service with a bad type", service({ type: "Sometimes", ports: [{ port: 80 }] })],
	["a service with a bad address", service({ clusterIP: "here", ports: [{ port: 80 }] })],
	["a pod with a bad restart policy", { ...pod("bad"), spec: { ...pod("bad").spec, restartPolicy: "Maybe" } }],
	[
		"a pod on a volume of no kind",
		{ ...pod("bad"), spec: { ...pod("bad").spec, volumes: [{ name: "a" }, { name: "a", emptyDir: {} }] } },
	],
	["a pod with a bad service account", { ...pod("bad"), spec: { ...pod("bad").spec, serviceAccountName: "nobody" } }],
	[
		"a pod with a grace below nought",
		{ ...pod("bad"), spec: { ...pod("bad").spec, terminationGracePeriodSeconds: -1, activeDeadlineSeconds: 0 } },
	],
	[
		"a pod with a bad toleration",
		{ ...pod("bad"), spec: { ...pod("bad").spec, tolerations: [{ operator: "Exists", value: "a" }] } },
	],
	[
		"a disruption budget of two minds",
		{
			apiVersion: "policy/v1",
			kind: "PodDisruptionBudget",
			metadata: { name: "bad" },
			spec: { minAvailable: 1, maxUnavailable: 1 },
		},
	],
	[
		"a role of nothing",
		{ apiVersion: "rbac.authorization.k8s.io/v1", kind: "Role", metadata: { name: "bad" }, rules: [{ verbs: [] }] },
	],
	[
		"a binding to nobody",
		{
			apiVersion: "rbac.authorization.k8s.io/v1",
			kind: "RoleBinding",
			metadata: { name: "bad" },
			roleRef: { apiGroup: "", kind: "Role", name: "" },
			subjects: [{ kind: "Somebody", name: "x" }],
		},
	],
	["what is no YAML", "a: [b"],
	["what is no object", "- a\n- b\n"],
	["nothing", ""],
];

/** Each as `create`, which leaves the checking to the server, and some as `apply`. */
const refused: Operation[] = REFUSED.map(([what, input]) => ({
	...op("create -f -", { input: input as string | object }),
	name: `create ${what}`,
}));

const change = (what: string, input: object): Operation => ({
	...op("replace -f -", { input }),
	name: `replace ${what}`,
});
const patch = (type: string, text: string, on = "sts set") => op(`patch ${on} --type=${type} -p '${text}'`);

/** Wrong input of all kinds: what is said, and with which exit code. */
export const wrongInput: Chapter = {
	name: "wrong input",
	operations: [
		...refused,
		op("create -f -", { input: set }),
		op("create -f -", { input: set }),
		op("create -f - --validate=ignore --dry-run=server -o json", { input: emptySet("lax", { replica: 3 }) }),
		op("create -f - --validate=warn --dry-run=server", { input: emptySet("lax", { replica: 3 }) }),
		op("apply -f - --validate=false", { input: emptySet("lax", { replicas: "three" }) }),
		op("apply -f -", { input: emptySet("lax", { replica: 3 }) }),
		change("the selector", emptySet("set", { selector: { matchLabels: { app: "set", more: "yes" } } })),
		change("the service's name", emptySet("set", { serviceName: "another" })),
		change("an old version", { ...set, metadata: { name: "set", resourceVersion: "1" } }),
		change("a version that is none", { ...set, metadata: { name: "set", resourceVersion: "x" } }),
		change("another uid", { ...set, metadata: { name: "set", uid: "00000000-0000-0000-0000-000000000000" } }),
		change("what is not there", { ...set, metadata: { name: "nothing" } }),
		patch("strategic", '{"spec":{"replicas":"x"}}'),
		patch("strategic", '{"spec":{"replicas":-1}}'),
		patch("strategic", '{"spec":{"template":{"spec":{"containers":[{"image":"x"}]}}}}'),
		patch("strategic", '{"spec":{"template":{"spec":{"containers":[{"$patch":"burn","name":"main"}]}}}}'),
		patch("strategic", '{"spec":{"nonsense":1}}'),
		patch("strategic", '{"kind":"Pod"}'),
		patch("strategic", "[]"),
		patch("strategic", "{"),
		patch("merge", '{"spec":{"serviceName":"x"}}'),
		patch("merge", '{"spec":{"selector":null}}'),
		patch("merge", '{"metadata":{"name":"x"}}'),
		patch("merge", '{"metadata":{"resourceVersion":"1"}}'),
		patch("merge", '{"metadata":{"labels":{"a":1}}}'),
		patch("merge", '{"spec":7}'),
		patch("merge", "7"),
		patch("json", '[{"op":"remove","path":"/spec/nothing"}]'),
		patch("json", '[{"op":"test","path":"/spec/replicas","value":9}]'),
		patch("json", '[{"op":"replace","path":"/spec/nothing/else","value":1}]'),
		patch("json", '[{"op":"add","path":"/spec/template/spec/containers/9","value":{}}]'),
		patch("json", '[{"op":"burn","path":"/spec"}]'),
		patch("json", '[{"op":"replace","path":"/spec/replicas","value":"x"}]'),
		patch("json", '{"op":"remove"}'),
		patch("json", "[{}]"),
		patch("apply", "{}"),
		op("scale sts/set --replicas=-1"),
		op("scale sts/nothing --replicas=1"),
		op("scale sts/set --replicas=1 --resource-version=1"),
		op("scale cm/kube-root-ca.crt --replicas=1"),
		op("label sts set 'a b=c'"),
		op("label sts set app='not ok!'"),
		op("label sts set once=a"),
		op("label sts set once=b"),
		op("label sts set once=b --overwrite --resource-version=1"),
		op("annotate sts set 'a b=c'"),
		op("annotate sts set once-"),
		op("get potatoes"),
		op("get sts nothing"),
		op("get sts,potatoes"),
		op("get pods -l 'a in b'"),
		op("get pods -l 'a==b,!c,d notin (e,f)'"),
		op("get pods --field-selector status.nothing=a"),
		op("get pods --field-selector =a"),
		op("get cm --field-selector data.a=b"),
		op("get sts set -o jsonpath={.spec[}"),
		op("delete sts nothing"),
		op("delete sts set --grace-period=-5"),
		op("delete pods -l app=nothing"),
		op("get --raw /api/v1/namespaces/{ns}/potatoes"),
		op("get --raw /apis/apps/v1/namespaces/{ns}/statefulsets/set/potato"),
		op("get --raw /api/v1/namespaces/{ns}/configmaps?limit=x"),
		op("get --raw '/api/v1/namespaces/{ns}/configmaps?limit=1&continue=x'"),
		op("get --raw /api/v1/namespaces/{ns}/configmaps?resourceVersion=x"),
		op("get --raw '/api/v1/namespaces/{ns}/configmaps?watch=true&resourceVersion=x'"),
		op("get --raw '/api/v1/namespaces/{ns}/configmaps?resourceVersionMatch=Exact'"),
		op("create --raw /api/v1/namespaces/{ns}/configmaps -f -", { input: "{" }),
		op("create --raw /api/v1/namespaces/{ns}/configmaps -f -", { input: "[]" }),
		op("create --raw /api/v1/namespaces/{ns}/configmaps -f -", {
			input: { apiVersion: "v1", kind: "Secret", metadata: { name: "x" } },
		}),
		op("create --raw /api/v1/namespaces/{ns}/configmaps?dryRun=Some -f -", { input: configMap("x", {}) }),
		op("create --raw /api/v1/namespaces/{ns}/configmaps?fieldValidation=Some -f -", { input: configMap("x", {}) }),
		op("create --raw /api/v1/namespaces/elsewhere/configmaps -f -", { input: configMap("x", {}) }),
		op("create --raw /api/v1/namespaces/{ns}/configmaps/x -f -", { input: configMap("x", {}) }),
		op("replace --raw /api/v1/namespaces/{ns}/configmaps/x -f -", { input: configMap("y", {}) }),
		op("delete --raw /api/v1/namespaces/{ns}/configmaps/x -f -", {
			input: { kind: "DeleteOptions", apiVersion: "v1", propagationPolicy: "Some" },
		}),
		op("delete namespace default"),
		op("create namespace {ns}"),
		op("create namespace Bad_Name"),
		op("create configmap x -n elsewhere"),
		op("get sts -o json"),
	],
};
