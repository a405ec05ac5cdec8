import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "alarms-none",
	group: "etcd",
	passes: "No member has raised an alarm",
	why: "with NOSPACE etcd takes no writes; with CORRUPT a member's data cannot be trusted",
	todo: "NOSPACE: compact, defragment (`etcdctl defrag`) and disarm (`etcdctl alarm disarm`); CORRUPT: replace the member",
};

export const alarms = check(about, ({ view: { etcd } }) => {
	if (etcd.trouble) return { status: "skip", saw: `not known: ${etcd.trouble}` };
	if (etcd.alarms.length === 0) return { status: "pass", saw: "no alarm is raised" };
	const name = (id: bigint) => etcd.members.find((member) => member.id === id)?.name || id.toString(16);
	return {
		status: "fail",
		saw: etcd.alarms.map(({ memberId, type }) => `${name(memberId)} has raised the alarm ${type}`).join("; "),
		hint: etcd.alarms.some(({ type }) => type === "CORRUPT")
			? "the data of a member is corrupt; replace it before anything else"
			: "compact, defragment (etcdctl defrag) and disarm (etcdctl alarm disarm) first",
	};
});
