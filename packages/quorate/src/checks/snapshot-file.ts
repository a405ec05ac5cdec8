import { voters } from "../cluster/cluster-view.ts";
import { type CheckAbout, check } from "./check.ts";

const about: CheckAbout = {
	id: "snapshot-writable",
	group: "request",
	passes: "The file of the snapshot can be written, and there is room for it",
	why: "nothing is changed before a verified snapshot exists",
	todo: "name another file: --snapshot FILE",
};

export const snapshotFile = check(about, ({ view, goal, snapshotPlace: place }) => {
	if (!goal.snapshot || !place) return { status: "skip", saw: "no snapshot is taken" };
	const taken = view.statefulSet.record?.snapshot?.file;
	if (taken && view.snapshotReadable) return { status: "pass", saw: `the unfinished run has a snapshot: ${taken}` };
	const { file, trouble, free } = place;
	if (trouble) return { status: "fail", saw: trouble.message, hint: `${trouble.hint} (--snapshot FILE)` };
	const sizes = voters(view).flatMap(({ status }) => (status ? [Number(status.dbSize)] : []));
	const needed = Math.max(0, ...sizes);
	if (free === undefined || free > needed) return { status: "pass", saw: `the snapshot goes to ${file}` };
	return {
		status: "fail",
		saw: `the snapshot needs ${mebibytes(needed)}, and only ${mebibytes(free)} are free for ${file}`,
		hint: "free space there, or name a file on another disk: --snapshot FILE",
	};
});

const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
