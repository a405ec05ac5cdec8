import { outdatedPods } from "../cluster/cluster-view.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "rollout-version",
	group: "etcd",
	passes: "The image to roll out is of the members' minor version, or the next one, as far as its tag tells",
	why: "etcd is upgraded one minor version at a time; a member of another version does not start",
	todo: "put an image of the next minor version into the template",
};

/** A tag that is no version is not judged: the members tell when they run. */
export const rolloutVersion = check(about, ({ view, goal }) => {
	const { image } = view.statefulSet.etcd;
	if (!goal.rollOut || outdatedPods(view).length === 0) return { status: "skip", saw: "no image is rolled out" };
	const target = minorOf(/:v?(\d+\.\d+)\.\d+[^/@]*(@|$)/.exec(image)?.[1]);
	const running = view.etcd.members.flatMap(({ status }) => minorOf(status?.version) ?? []);
	if (target === undefined || running.length === 0)
		return { status: "skip", saw: `the version of image ${image} cannot be told from its tag` };
	const [oldest, newest] = [Math.min(...running), Math.max(...running)];
	const saw = `image ${image}; the members run etcd ${[...new Set([oldest, newest])].map(textOf).join(" and ")}`;
	const allowed = view.etcd.members.some(({ status }) => status?.downgradeEnabled);
	if (target > oldest + 1)
		return {
			status: "fail",
			saw: `more than one minor version at once: ${saw}`,
			hint: `roll out etcd ${textOf(oldest + 1)} first: a member of ${textOf(target)} would not start`,
		};
	if (target < newest && !allowed)
		return {
			status: "fail",
			saw: `an older version than the members run: ${saw}`,
			why: "an older etcd does not start on a newer one's data",
			hint: "enable the downgrade first (etcdctl downgrade enable), or put the image back that runs",
		};
	return { status: "pass", saw };
});

/** 3.5 → 3005 */
function minorOf(version: string | undefined): number | undefined {
	const [, major, minor] = /^(\d+)\.(\d+)/.exec(version ?? "") ?? [];
	return major === undefined ? undefined : Number(major) * 1000 + Number(minor);
}

const textOf = (minor: number): string => `${Math.floor(minor / 1000)}.${minor % 1000}`;
