import { memberAt, outdatedPods } from "../cluster/cluster-view.ts";
import { goingDown } from "../scaling/going-down.ts";
import { lostMemberHint } from "../scaling/lost-member.ts";
import { stuckPod } from "../scaling/rolling.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "statefulset-settled",
	group: "kubernetes",
	passes: "The controller is done with the newest template, and every pod is on it and Ready",
	why: "growth holds the pods where they are; a roll-out under way would be caught half-way",
	todo: "wait for it: `kubectl rollout status`",
};

export const rollout = check(about, ({ view, goal }) => {
	const set = view.statefulSet;
	if (set.record)
		return {
			status: "pass",
			saw: `an unfinished scaling, begun with ${set.record.from} members; it will be finished`,
		};
	const why = "growth holds the pods where they are; a roll-out under way would be caught half-way";
	const hint = stuckPod(view)
		? `quorate rollout sts/${set.name} -n ${set.namespace} deletes it, so that it comes back from the template as it is now`
		: `wait for it: kubectl rollout status sts/${set.name} -n ${set.namespace}`;
	const old = outdatedPods(view);
	// with OnDelete the controller never moves the current revision on
	const rolling = set.updateStrategy.type !== "OnDelete" && set.currentRevision !== set.updateRevision;
	// that is what is asked for
	if (!goal.rollOut && (!set.observed || rolling || old.length > 0))
		return {
			status: "fail",
			saw:
				old.length === 0
					? "the controller has not finished with the newest template"
					: `${old.length} of ${view.pods.length} pods ${old.length === 1 ? "is" : "are"} not on the newest template`,
			why,
			hint,
		};
	const stuck = stuckPod(view);
	// the roll-out begins with it
	const down = goingDown(view, goal).map(({ ordinal }) => ordinal);
	const restless = view.pods.find(
		(pod) => (!pod.ready || pod.terminating) && !(goal.rollOut && pod === stuck) && !down.includes(pod.ordinal),
	);
	const member = restless && memberAt(view, restless.ordinal);
	if (restless)
		return {
			status: "fail",
			saw: restless.trouble ?? `pod ${restless.name} is not Ready`,
			why: "a pod that is not Ready has to be fixed before the cluster is changed",
			// a pod whose member is down may never be Ready by itself
			hint: member && !member.status ? lostMemberHint(view, member) : hint,
		};
	if (stuck)
		return {
			status: "warn",
			saw: `${stuck.trouble ?? `pod ${stuck.name} does not run`}; it is of another template than the newest, and is recreated first`,
			why: "its controller waits for it to be Ready, which it never is (kubernetes#67250)",
			hint: "nothing to do: the roll-out deletes it, which takes no vote away",
		};
	const saw = old.length > 0 ? `${old.length} of them to go onto the newest template` : "all on the newest template";
	return { status: "pass", saw: `${view.pods.length - down.length} pods Ready, ${saw}` };
});
