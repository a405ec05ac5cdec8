import { voters } from "../cluster/cluster-view.ts";
import { joinTemplate } from "../cluster/join-profile.ts";
import { joinerAt } from "../cluster/start/joiner.ts";
import { orLeaveIt } from "../scaling/describe-state.ts";
import { localPeer } from "../scaling/local-peer.ts";
import { startObstacle } from "../scaling/start-obstacle.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "join-known",
	group: "kubernetes",
	passes: "It is known how this image is made to join an existing cluster as a learner",
	why: "an image that is left to itself may join as a voter without data, or begin a second cluster",
	todo: "name members by `ETCD_INITIAL_CLUSTER` or `--initial-cluster` in the pod template, and their URLs after their pods",
};

const WAYS = {
	bitnami: "new members can join; the image's scripts are bypassed meanwhile, for they would add a voter without data",
	environment: "new members can join, configured by ETCD_* variables",
	flags: "new members can join, configured by etcd's flags",
	script: "new members can join, configured by etcd's flags in the shell script",
} as const;

export const join = check(about, ({ view, goal }) => {
	const set = view.statefulSet;
	if (view.etcd.trouble) return { status: "skip", saw: "unknown: the member list could not be read" };
	const present = view.etcd.members.filter((member) => member.name !== "");
	const grows = goal.replicas > voters(view).length;
	const status = grows || goal.rollOut === "initial-cluster" ? "fail" : "warn";
	const unknown = startObstacle(set);
	if (unknown) return { status, saw: unknown.message, hint: orLeaveIt(view, goal, unknown.hint) };
	const local = localPeer(view);
	if (local) return { status, saw: local.message, hint: orLeaveIt(view, goal, local.hint) };
	const joiner = joinerAt(view, set.firstOrdinal + voters(view).length);
	if (!("peerURLs" in joiner))
		return { status: grows ? "fail" : "warn", saw: joiner.message, hint: orLeaveIt(view, goal, joiner.hint) };
	try {
		joinTemplate(set.record?.template ?? set.template, set.etcd, [...present, joiner]);
	} catch (error) {
		return { status, saw: error instanceof Error ? error.message : String(error) };
	}
	return { status: "pass", saw: `${set.etcd.image}: ${WAYS[set.etcd.family]}` };
});
