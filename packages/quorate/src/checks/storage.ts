import { voters } from "../cluster/cluster-view.ts";
import { volumesFor } from "../scaling/volumes.ts";
import { type CheckAbout, check } from "./check.ts";

/** what is cleared away before a member comes, unless volumes are to be kept */
const LEFT_OVER: ReadonlySet<string> = new Set(["StaleClaim", "StaleVolume"]);

const about: CheckAbout = {
	id: "storage-ready",
	group: "storage",
	passes:
		"New members get empty volumes of their own: a provisioner, or static volumes that can be modelled on those there are",
	why: "a new member starts on an empty volume of its own",
	todo: "delete what is left over, or make the volume",
};

export const storage = check(about, ({ view, goal }) => {
	if (view.etcd.trouble) return { status: "skip", saw: "not known while no member tells who is one" };
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
	const first = view.statefulSet.firstOrdinal;
	const learners = view.etcd.members.length - voters(view).length;
	for (let ordinal = first + voters(view).length + learners; ordinal < first + goal.replicas; ordinal++) {
		const found = volumesFor(view, ordinal, goal.volumes);
		if (found.kind === "ok" || (found.blocked.reason === "NoNodeForVolume" && !goal.volumes?.nodes)) continue;
		if (!goal.keepVolumes && LEFT_OVER.has(found.blocked.reason))
			return {
				status: "warn",
				saw: found.blocked.message,
				why: "it is emptied and deleted first",
				hint: "if what is in it is needed, save it first",
			};
		return {
			status: "fail",
			saw: found.blocked.message,
			why: "a new member starts on an empty volume of its own",
			hint: found.blocked.hint,
		};
	}
	return { status: "pass", saw: described };
});
