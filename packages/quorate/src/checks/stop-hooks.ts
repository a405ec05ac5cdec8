import { outdatedPods } from "../cluster/cluster-view.ts";
import { stopHookObstacle } from "../scaling/stop-hooks.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "stop-hooks-known",
	group: "kubernetes",
	passes: "Nothing that runs when a pod ends takes its member out of the cluster",
	why: "a pod with such a hook that is restarted, by a roll-out, a drain or a liveness probe, does not come back as a member",
	todo: "take the hook out of the pod template (Bitnami's charts up to 10: `removeMemberOnContainerTermination: false`)",
};

/** Only a roll-out restarts pods that were there before; of a scaling, those that leave may run it. */
export const stopHooks = check(about, ({ view, goal }) => {
	const restarted = goal.rollOut === "initial-cluster" ? view.pods : outdatedPods(view);
	const obstacle = goal.rollOut ? stopHookObstacle(view, restarted) : undefined;
	if (obstacle) return { status: "fail", saw: obstacle.message, hint: obstacle.hint };
	const hooks = view.pods.flatMap((pod) => pod.stopHooks ?? []);
	const [hook] = hooks;
	if (!hook) return { status: "pass", saw: "none runs in these pods" };
	const whose = `container ${hook.container} runs ${hook.quote} when its pod ends`;
	if (hook.does === "unknown") return { status: "warn", saw: `${whose}; what that does is not known` };
	return { status: "warn", saw: `${whose}; a scaling ends only the pods of members that leave` };
});
