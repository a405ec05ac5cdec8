import { breachOf, describeBreach, describeHistory, historyOf } from "../cluster/history.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "history-kept",
	group: "etcd",
	passes: "The cluster's id and revision follow from what the last operation on this machine recorded",
	why: "its data was lost or replaced since: a change now may remove the last copy of what was there",
	todo: "look for the data on the nodes and in snapshots first; if it was restored or replaced on purpose: `quorate validate --accept-history`",
};

export const historyKept = check(about, ({ view, goal, recorded }) => {
	if (!recorded) {
		return { status: "pass", saw: "nothing was recorded of this cluster on this machine" };
	}
	const now = historyOf(view);
	if (!now) {
		return { status: "skip", saw: "no member says what the cluster holds" };
	}
	const breach = breachOf(now, recorded);
	if (!breach) {
		return { status: "pass", saw: `revision ${now.revision} follows from ${describeHistory(recorded)}` };
	}
	const saw = describeBreach(breach, now, recorded);
	if (goal.acceptHistory) {
		return { status: "warn", saw: `accepted: ${saw}` };
	}
	const hint = `look for the data on the nodes and in snapshots first; if it was restored or replaced on purpose: ${recorded.accept}`;
	return { status: "fail", saw, hint };
});
