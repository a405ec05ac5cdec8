import { voters } from "../cluster/cluster-view.ts";
import { isKnown, podFacts } from "../cluster/start/environment.ts";
import { Settings } from "../cluster/start/settings.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "start-flags-safe",
	group: "etcd",
	passes: "No flag or variable is left in the template that makes a member begin a new cluster, or risk its data",
	why: "a pod that is recreated with it comes back alone, or without what it had acknowledged",
	todo: "take it out of the pod template; a change of the template restarts the pods",
};

/** Whatever starts with one of these is no member of its cluster any more. */
const NEVER = ["force-new-cluster"] as const;
const RISKY = ["unsafe-no-fsync"] as const;

const isOff = (value: string | undefined): boolean => /^(0|f|false)$/i.test(value ?? "");

export const startFlags = check(about, ({ view, goal }) => {
	const set = view.statefulSet;
	const template = set.record?.template ?? set.template;
	const container = template.spec?.containers.find(({ name }) => name === set.etcd.name);
	if (!container) return { status: "skip", saw: "the template has no container of etcd's" };
	const settings = new Settings(container, set.objects);
	const pod = settings.in(podFacts(set, template, set.firstOrdinal));
	const quoteWhere = (flag: string, is: (value: string | undefined) => boolean) => {
		const quote = settings.quote(flag);
		return quote !== undefined && is(settings.value(flag, pod)) ? [quote] : [];
	};
	const wrongState = (value: string | undefined) => isKnown(value) && value !== "new" && value !== "existing";
	const fatal = [
		...NEVER.flatMap((flag) => quoteWhere(flag, (value) => !isOff(value))),
		...quoteWhere("initial-cluster-state", wrongState),
	];
	const risky = [
		...RISKY.flatMap((flag) => quoteWhere(flag, (value) => !isOff(value))),
		...quoteWhere("strict-reconfig-check", isOff),
	];
	const found = [...fatal, ...risky];
	if (found.length === 0) return { status: "pass", saw: "none that does" };
	const starts = goal.rollOut !== undefined || goal.replicas > voters(view).length;
	return { status: fatal.length > 0 && starts ? "fail" : "warn", saw: `the template sets ${found.join(", ")}` };
});
