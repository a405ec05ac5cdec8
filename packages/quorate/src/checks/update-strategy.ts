import { advice, type CheckAbout } from "./check.ts";

const about: CheckAbout = {
	id: "update-strategy-plain",
	group: "kubernetes",
	passes: "The StatefulSet rolls out changes to all of its pods: RollingUpdate, without a partition",
	why: "pods that a roll-out does not reach stay on an old template, until one is made anew and is not like the others",
	todo: "if it is not meant, take the partition away, or set the strategy to RollingUpdate",
};

export const updateStrategy = advice(about, ({ view: { statefulSet: set, pods } }) => {
	const { type, partition } = set.updateStrategy;
	if (set.record) return { status: "pass", saw: "held by Quorate, while a scaling is unfinished" };
	const patch = (strategy: string) =>
		`kubectl patch sts ${set.name} -n ${set.namespace} -p '{"spec":{"updateStrategy":${strategy}}}'`;
	if (type === "OnDelete")
		return {
			status: "warn",
			saw: "OnDelete: a pod gets a new template only when it is deleted",
			hint: `if it is not meant: ${patch('{"type":"RollingUpdate"}')}`,
		};
	if (partition === 0) return { status: "pass", saw: "RollingUpdate, without a partition" };
	const held = Math.min(pods.length, Math.max(0, partition - set.firstOrdinal));
	return {
		status: "warn",
		saw: `partition ${partition} keeps ${held} of ${pods.length} pods from a roll-out`,
		hint: `if it is not meant: ${patch('{"rollingUpdate":{"partition":0}}')}`,
	};
});
