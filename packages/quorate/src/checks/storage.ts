import { voters } from "../cluster/cluster-view.ts";
import { orLeaveIt } from "../scaling/describe-state.ts";
import { isOfThisRun, isUnused } from "../scaling/static-volumes.ts";
import { volumesFor } from "../scaling/volumes.ts";
import { type CheckAbout, type CheckInput, check } from "./check.ts";

const about: CheckAbout = {
	id: "storage-ready",
	group: "storage",
	passes:
		"New members get empty volumes of their own: a provisioner, or static volumes that can be modelled on those there are",
	why: "a new member starts on an empty volume of its own",
	todo: "delete what is left over, or make the volume",
};

export const storage = check(about, (input) => {
	const { view, goal } = input;
	if (view.etcd.trouble) return { status: "skip", saw: "unknown: the member list could not be read" };
	const unread = view.unread?.classes ?? view.unread?.volumes;
	if (unread) return { status: "skip", saw: `not known: ${unread}` };
	if (view.storage.length === 0)
		return {
			// a new pod is made anew from the original template, and would come back empty under an id that had data
			status: goal.replicas > voters(view).length ? "fail" : "warn",
			saw: "no volume claims",
			why: "members lose their data with their pods",
			hint: "keep etcd on persistent volumes: volumeClaimTemplates in the StatefulSet",
		};
	const described = view.storage
		.map((s) => `${s.template}: class ${s.className || '""'}, ${s.provisioner ?? "static volumes"}`)
		.join("; ");
	const discarded: string[] = [];
	const first = view.statefulSet.firstOrdinal;
	const learners = view.etcd.members.length - voters(view).length;
	for (let ordinal = first + voters(view).length + learners; ordinal < first + goal.replicas; ordinal++) {
		const found = volumesFor(view, ordinal, goal);
		if (found.kind === "ok" || (found.blocked.reason === "NoNodeForVolume" && !goal.volumes?.nodes)) continue;
		if (found.blocked.reason === "StaleClaim" && isRecreated(view, ordinal)) continue;
		if (isClearedFirst(input, ordinal, found.blocked.reason)) {
			discarded.push(found.blocked.message);
			continue;
		}
		return {
			status: "fail",
			saw: found.blocked.message,
			why: "a new member starts on an empty volume of its own",
			hint: orLeaveIt(view, goal, found.blocked.hint),
		};
	}
	if (discarded.length > 0)
		return {
			status: "warn",
			saw: discarded.join("; "),
			why: "its volume is emptied, and both are deleted, before a member starts there",
			hint: "save what is needed of it first",
		};
	return { status: "pass", saw: described };
});

/** Every claim there is unused, and the run recreates it. */
const isRecreated = (view: CheckInput["view"], ordinal: number): boolean =>
	view.claims.filter((claim) => claim.ordinal === ordinal).every((claim) => isUnused(view, claim));

/** Left by a member that this run made leave, or meant to be discarded. */
function isClearedFirst({ view, goal }: CheckInput, ordinal: number, reason: string): boolean {
	const emptied = view.statefulSet.record?.emptied ?? [];
	if (reason === "StaleVolume") return view.volumes.some(({ uid }) => emptied.some((one) => one.uid === uid));
	if (reason !== "StaleClaim") return false;
	if (goal.discardVolumes) return true;
	const claims = view.claims.filter((claim) => claim.ordinal === ordinal);
	return !goal.keepVolumes && claims.every((claim) => isOfThisRun(view, claim));
}
