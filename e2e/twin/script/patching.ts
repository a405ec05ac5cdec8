import { type Chapter, type Operation, op } from "../operation.ts";
import { configMap, emptySet } from "./manifests.ts";

const apply = (manager: string, input: object, more = "", name?: string): Operation => ({
	...op(`apply --server-side --field-manager=${manager} -f - ${more}`.trim(), { input }),
	...(name === undefined ? {} : { name }),
});

const withEnv = (...env: object[]) => emptySet("set", {}, { env });
const LOOK = op("get sts set -o json --show-managed-fields");

/** Patches of the four types, server-side apply and who owns what, labels and annotations, diff and dry runs. */
export const patching: Chapter = {
	name: "patching",
	operations: [
		apply("one", configMap("cm", { a: "1", b: "2" })),
		apply("two", configMap("cm", { a: "3" })),
		apply("two", configMap("cm", { a: "1", c: "4" })),
		apply("one", configMap("cm", { b: "2" })),
		op("get cm cm -o yaml --show-managed-fields"),
		apply("three", configMap("cm", { b: "9", c: "9" })),
		apply("three", configMap("cm", { b: "9", c: "9" }), "--force-conflicts"),
		op("get cm cm -o yaml --show-managed-fields"),
		apply("one", configMap("cm", { b: "9" }), "-o yaml --show-managed-fields"),
		apply("four", configMap("cm", { x: "y" }), "--dry-run=server -o yaml"),
		op("apply -f -", { input: configMap("cm", { k: "ubectl" }) }),
		op("apply -f -", { input: configMap("client", { a: "1" }) }),
		op("apply -f -", { input: configMap("client", { b: "1" }) }),
		op("apply --server-side -f -", { input: configMap("client", { b: "2" }) }),
		op("get cm client -o yaml --show-managed-fields"),
		op("diff -f -", { input: configMap("client", { b: "3" }), view: "code" }),
		op("diff -f -", { input: configMap("client", { b: "2" }) }),

		op("create -f -", { input: withEnv({ name: "A", value: "1" }, { name: "B", value: "2" }) }),
		LOOK,
		op(
			`patch sts set -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","env":[{"name":"B","value":"3"},{"name":"C","value":"4"}]}]}}}}'`,
		),
		op(
			`patch sts set -p '{"spec":{"template":{"spec":{"containers":[{"name":"main","env":[{"name":"A","$patch":"delete"}]},{"name":"side","image":"busybox"}]}}}}'`,
		),
		op(
			`patch sts set -p '{"spec":{"template":{"spec":{"$setElementOrder/containers":[{"name":"side"},{"name":"main"}],"containers":[{"name":"side","image":"busybox:1"}]}}}}'`,
		),
		op(
			`patch sts set -p '{"spec":{"template":{"spec":{"containers":[{"name":"side","$patch":"delete"}],"volumes":[{"name":"v","emptyDir":{}}]}}}}'`,
		),
		op(
			`patch sts set -p '{"spec":{"template":{"spec":{"volumes":[{"name":"v","emptyDir":null,"$retainKeys":["name","hostPath"],"hostPath":{"path":"/tmp"}}]}}}}'`,
		),
		LOOK,
		op(
			`patch sts set --type=merge -p '{"metadata":{"labels":{"x":"y"},"annotations":{"n":null}},"spec":{"template":{"spec":{"volumes":null}}}}'`,
		),
		op(
			`patch sts set --type=json -p '[{"op":"test","path":"/metadata/labels/x","value":"y"},{"op":"copy","from":"/metadata/labels/x","path":"/metadata/labels/z"},{"op":"move","from":"/metadata/labels/z","path":"/metadata/labels/w"},{"op":"add","path":"/spec/template/spec/containers/0/args","value":["a"]},{"op":"add","path":"/spec/template/spec/containers/0/args/-","value":"b"}]'`,
		),
		op("patch sts set --type=merge -p '{}'"),
		op(`patch sts set --subresource=scale --type=merge -p '{"spec":{"replicas":0}}'`),
		op(
			`patch sts set --subresource=status --type=merge -p '{"status":{"replicas":7},"spec":{"replicas":9}}' -o jsonpath={.spec.replicas},{.status.replicas}`,
		),
		apply("one", withEnv({ name: "B", value: "7" }), "", "apply an env that another owns"),
		apply("one", withEnv({ name: "B", value: "7" }), "--force-conflicts", "apply it by force"),
		LOOK,
		op("label sts set one=1 two=2"),
		op("label sts set one=2"),
		op("label sts set one=2 --overwrite two-"),
		op("label sts set one=2 --overwrite"),
		op("label sts --all --list", { view: "lines" }),
		op("annotate sts set note='a b' other=c"),
		op("annotate sts set note- nothing-"),
		op("set image sts/set main=etcd:3.6.16"),
		op("set image sts/set nobody=etcd:3.6.16"),
		op("set resources sts/set --requests=cpu=10m"),
		op("set env sts/set --list"),
		LOOK,
		op("edit cm cm", { env: { KUBE_EDITOR: "true" } }),
		op("edit cm cm", { env: { KUBE_EDITOR: "sed -i 's/^  c: .*/  c: edited/'" } }),
		op("replace -f -", { input: configMap("cm", { only: "this" }) }),
		op("get cm cm -o yaml --show-managed-fields"),
		op("create -f -", { input: { ...configMap("fixed", { a: "b" }), immutable: true } }),
		op(`patch cm fixed --type=merge -p '{"data":{"a":"c"}}'`),
		op(`patch cm fixed --type=merge -p '{"immutable":false}'`),
		op("create -f -", { input: configMap("held", {}, { finalizers: ["example.com/held"] }) }),
		op("delete cm held --wait=false"),
		op("get cm held -o json"),
		op(`patch cm held --type=merge -p '{"metadata":{"finalizers":["example.com/more"]}}'`),
		op(`patch cm held --type=merge -p '{"metadata":{"finalizers":null}}'`),
		op("get cm held"),
		op("delete sts set --cascade=foreground"),
		op("delete cm cm client fixed"),
		op("delete cm cm client --ignore-not-found"),
	],
};
