import type { Container } from "kubernetes-types/core/v1";
import { voters } from "../cluster/cluster-view.ts";
import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "pods-start-alone",
	group: "kubernetes",
	passes: "Pods start without waiting for one another (Parallel), or are Ready without a leader",
	why: "after a loss of quorum the first pod waits for a leader to be Ready, and the controller starts no other before it is: a deadlock",
	todo: "delete the StatefulSet with `--cascade=orphan` and create it with podManagementPolicy Parallel, or make readiness independent of a leader (`/livez`, `/health?serializable=true`)",
};

/** The probe as a word for people; undefined: it passes without a leader. */
function needsLeader({ readinessProbe: probe }: Container): string | undefined {
	const words = (probe?.exec?.command ?? []).join(" ");
	if (/serializable/.test(words)) return undefined;
	if (/healthcheck\.sh|endpoint\s+(health|hashkv)|member\s+list|\/health|readyz|etcdctl\s+(\S+\s+)*get\b/.test(words))
		return words;
	const path = probe?.httpGet?.path ?? "";
	return /^\/(health|readyz)(\?|$)/.test(path) && !/serializable=true/.test(path) ? path : undefined;
}

export const podOrder = advice(about, ({ view, goal }) => {
	const set = view.statefulSet;
	if (set.podManagementPolicy === "Parallel")
		return { status: "pass", saw: "Parallel: pods do not wait for one another" };
	const containers = (set.record?.template ?? set.template).spec?.containers ?? [];
	const container = containers.find((c) => c.name === set.etcd.name);
	const probe = container && needsLeader(container);
	if (probe === undefined) return { status: "pass", saw: "OrderedReady, and readiness needs no leader" };
	if (Math.max(goal.replicas, voters(view).length, set.replicas) < 2)
		return { status: "pass", saw: "OrderedReady, and a single member leads itself" };
	return { status: "warn", saw: `pods wait for one another (OrderedReady), and readiness needs a leader: ${probe}` };
});
