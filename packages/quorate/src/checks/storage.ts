import { voters } from "../cluster/cluster-view.ts";
import { volumesFor } from "../scaling/volumes.ts";
import type { Check } from "./check.ts";

const base = { id: "storage-ready", group: "kubernetes" } as const;

export const storage: Check = ({ view, goal }) => {
	if (view.etcd.trouble) return { ...base, status: "skip", saw: "not known while no member tells who is one" };
	if (view.storage.length === 0)
		return {
			...base,
			status: "warn",
			saw: "no volume claims",
			why: "members lose their data with their pods",
			hint: "keep etcd on persistent volumes",
		};
	const described = view.storage
		.map((s) => `${s.template}: class ${s.className || '""'}, ${s.provisioner ?? "static volumes"}`)
		.join("; ");
	const first = view.statefulSet.firstOrdinal;
	const learners = view.etcd.members.length - voters(view).length;
	for (let ordinal = first + voters(view).length + learners; ordinal < first + goal.replicas; ordinal++) {
		const found = volumesFor(view, ordinal);
		if (found.kind === "blocked" && found.blocked.reason !== "NoNodeForVolume")
			return {
				...base,
				status: "fail",
				saw: found.blocked.message,
				why: "a new member starts on an empty volume of its own",
				hint: found.blocked.hint,
			};
	}
	return { ...base, status: "pass", saw: described };
};
