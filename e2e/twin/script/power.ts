import { type Chapter, op } from "../operation.ts";
import { emptySet, pod } from "./manifests.ts";

const SOON = ["unreachable", "not-ready"].map((why) => ({
	key: `node.kubernetes.io/${why}`,
	operator: "Exists",
	effect: "NoExecute",
	tolerationSeconds: 2,
}));
const lonely = pod("lonely");
const { spec, ...set } = emptySet("set", { replicas: 2 }, { command: lonely.spec.containers[0]?.command });
const UNKNOWN = 'jsonpath={range .status.conditions[?(@.status=="Unknown")]}{.type} {.reason} {.message}{"\\n"}{end}';

/** A node loses its power, unheard: its pods are given up, their places are not, until someone says that it is gone for good. */
export const power: Chapter = {
	name: "power",
	alone: true,
	operations: [
		op("create -f -", {
			input: {
				...set,
				spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, tolerations: SOON } } },
			},
		}),
		op("get pods", { until: /(.*1\/1.*\n){2}/ }),
		op("{node:set-0}", { name: "the node of set-0 loses its power", power: "off", view: "nothing" }),
		op("get pods", { until: /set-0.*Terminating/ }),
		op(`get node {node:set-0} -o '${UNKNOWN}'`, { view: "lines" }),
		op("get node {node:set-0} -o 'jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}'"),
		op("get pod set-0 -o json"),
		op("get sts set"),
		op("exec set-0 -- true", { view: "code" }),
		op("delete pod set-0 --grace-period=0 --force"),
		op("get pods", { until: /set-0.*1\/1.*Running/ }),
		op("{node:set-1}", { name: "the node of set-1 loses its power", power: "off", view: "nothing" }),
		op("get pods", { until: /set-1.*Terminating/ }),
		op("{node:set-1}", { name: "it has it back", power: "on", view: "nothing" }),
		op("get pods", { until: /set-1.*1\/1.*Running/ }),
		op("{node:set-0}", { name: "the first one, too", power: "on", view: "nothing" }),
		op("wait --for=condition=Ready --timeout=50s node/{node:set-0} node/{node:set-1}", { view: "lines" }),
		op("get node {node:set-0} -o 'jsonpath={range .spec.taints[*]}{.key}:{.effect} {end}'", { until: /^$/ }),
		op("get events -o json", { view: "event set" }),
		op("delete sts set"),
	],
};
