import type { ClusterView } from "../cluster/cluster-view.ts";
import { setting } from "../cluster/etcd-container.ts";
import type { ManagerView } from "../cluster/managed-by.ts";
import type { Goal } from "../scaling/goal.ts";
import { type CheckAbout, type CheckInput, check, type Found } from "./check.ts";

const about: CheckAbout = {
	id: "ownership",
	group: "kubernetes",
	passes:
		"No controller, autoscaler or GitOps tool sets the StatefulSet's size (or: `--force`), and a Helm release renders the wanted one",
	why: "its next upgrade or sync sets the replicas back to its own number, and members would be lost",
	todo: "change the size at its source: the owner's own object, the Git repository, Helm's values (`etcd.replicaCount`)",
};

/** Who would put the size back. What does so by itself, in the middle of the change, is a reason not to begin. */
export const ownership = check(about, (input) => {
	const { managers } = input.view.statefulSet;
	const [first] = managers.filter(({ reverts }) => reverts);
	if (first) return reverting(input, first);
	const helm = managers.find(({ release }) => release);
	if (helm) return rendering(input, helm);
	return { status: "pass", saw: "no other manager of the StatefulSet detected" };
});

function reverting({ view, goal, force }: CheckInput, { name, seen, owner }: ManagerView): Found {
	const { namespace, record } = view.statefulSet;
	const source = owner
		? `change the size there: kubectl edit ${owner} -n ${namespace}`
		: view.etcd.trouble === undefined
			? `change the size at its source: replicas: ${goal.replicas}`
			: "change the size at its source";
	return {
		// what was begun must be brought to an end
		status: force || record ? "warn" : "fail",
		saw: `${name} manages the StatefulSet (${seen})`,
		why: "it may put the replicas and the template back at any moment, also in the middle of the change",
		hint: `${source}; where it is paused, or leaves these fields alone: --force`,
	};
}

function rendering({ view, goal, surroundings }: CheckInput, { name, seen }: ManagerView): Found {
	// a number that nobody knows must not reach anybody's values
	if (view.etcd.trouble !== undefined)
		return {
			status: "warn",
			saw: `${name} manages the StatefulSet (${seen})`,
			hint: "leave its values as they are until the members are known",
		};
	const release = surroundings && "seen" in surroundings.release ? surroundings.release.seen : undefined;
	if (release?.replicas === undefined)
		return {
			status: "warn",
			saw: `${name} manages the StatefulSet (${seen})`,
			hint: `keep the size in its values (etcd.replicaCount: ${goal.replicas}, or replicaCount for the etcd chart itself)${restarts(view, goal)}`,
		};
	const saw = `${name} renders ${view.statefulSet.name} with ${release.replicas} replicas`;
	if (release.replicas === goal.replicas) return { status: "pass", saw };
	return {
		status: "warn",
		saw: `${saw}, not ${goal.replicas}`,
		hint: release.value
			? `keep it in the values: helm upgrade … --reuse-values --set ${release.value}=${goal.replicas}${restarts(view, goal)}`
			: `keep the size in its values: ${goal.replicas} replicas${restarts(view, goal)}`,
	};
}

/** A chart that names the members renders others for another size: to Kubernetes that is a new template. */
function restarts({ statefulSet: set }: ClusterView, { replicas, rollOut }: Goal): string {
	// while a scaling is unfinished the other one names a member to come
	const template = set.record?.template ?? set.template;
	const container = template.spec?.containers.find(({ name }) => name === set.etcd.name);
	const named = container && setting(container, "initial-cluster")?.split(",").length;
	if (named === undefined || named === replicas || rollOut === "initial-cluster") return "";
	return `; the template names the members, so that upgrade restarts each pod: quorate rollout sts/${set.name} -n ${set.namespace} --persist-initial-cluster does so before, a checked step at a time`;
}
