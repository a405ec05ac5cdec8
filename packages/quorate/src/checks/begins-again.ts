import { type ClusterView, voters } from "../cluster/cluster-view.ts";
import { isKnown } from "../cluster/start/environment.ts";
import { etcdContainerOf, templateValue } from "../cluster/start/template-value.ts";
import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "cluster-begins-once",
	group: "kubernetes",
	passes:
		"A pod that lost its data cannot begin a second cluster: its template names other members, or says that the cluster exists",
	why: "etcd derives ids from names and URLs: a first member without data begins an empty cluster under the same ids, and its clients see no keys",
	todo: "name all members in the template, which restarts the pods one at a time: `quorate rollout --persist-initial-cluster`",
};

/** Where the start is decided elsewhere, the template says nothing. */
const DECIDED_ELSEWHERE = ["config-file", "discovery", "discovery-srv", "discovery-endpoints"] as const;

export const beginsAgain = advice(about, ({ view, goal }) => {
	const { statefulSet: set } = view;
	if (view.etcd.trouble) return { status: "skip", saw: "unknown: the member list could not be read" };
	if (Math.max(voters(view).length, goal.replicas) < 2) return { status: "skip", saw: "there is one member only" };
	const named = namesOnStart(view);
	if (named === undefined) return { status: "skip", saw: "not known: the template does not say how etcd begins" };
	if (named !== 1) return { status: "pass", saw: "a pod without data asks the other members first" };
	return {
		status: "warn",
		saw: "the template names one member, and the state is new: a first pod without data begins an empty cluster of its own",
		hint: `once all members are there: quorate rollout sts/${set.name} -n ${set.namespace} --persist-initial-cluster`,
	};
});

/** How many members a pod without data believes in; 0: it is told that the cluster exists. Undefined: not known. */
function namesOnStart({ statefulSet: set }: ClusterView): number | undefined {
	const container = etcdContainerOf(set);
	if (!container || set.etcd.family === "bitnami") return undefined;
	const told = (flag: string) => templateValue(set, flag)(set.firstOrdinal);
	if (DECIDED_ELSEWHERE.some((flag) => told(flag) !== undefined)) return undefined;
	if (told("initial-cluster-state") === "existing") return 0;
	const members = told("initial-cluster");
	const words = [...(container.command ?? []), ...(container.args ?? [])].join(" ");
	if (members === undefined) {
		const elsewhere =
			words.includes("initial-cluster") || container.env?.some(({ name }) => name === "ETCD_INITIAL_CLUSTER");
		// etcd's own default is itself alone
		return elsewhere || (container.envFrom ?? []).length > 0 ? undefined : 1;
	}
	const names = members.split(",").map((entry) => entry.split("=")[0]);
	return names.every(isKnown) ? new Set(names).size : undefined;
}
