import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "downgrade-none",
	group: "etcd",
	passes: "No downgrade of etcd is under way",
	why: "a new member of the higher version is accepted while a downgrade is under way, and its process then ends",
	todo: "finish the downgrade, or take it back: `etcdctl downgrade cancel`",
};

export const downgrade = check(about, ({ view }) => {
	const known = view.etcd.members.filter((member) => member.status);
	if (known.length === 0) return { status: "skip", saw: "not known: no member answers" };
	if (!known.some((member) => member.status?.downgradeEnabled))
		return { status: "pass", saw: "no downgrade is under way" };
	return { status: "fail", saw: "a downgrade of etcd is under way" };
});
