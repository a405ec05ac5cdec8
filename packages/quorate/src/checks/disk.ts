import { advice, type CheckAbout } from "./check.ts";
import { judgeMetrics, milliseconds } from "./measured.ts";

const about: CheckAbout = {
	id: "disk-fast",
	group: "etcd",
	passes: "99 of 100 writes to the write-ahead log are on disk within 10 ms, and commits within 25 ms, on every member",
	why: "every write waits for a quorum of these; a disk that is slow costs leaders their place",
	todo: "give etcd a faster disk, or one that it does not share",
};

/** Seconds; etcd's own advice. */
const WAL_FSYNC = 0.01;
const BACKEND_COMMIT = 0.025;

export const disk = advice(about, ({ surroundings }) =>
	judgeMetrics(surroundings, [
		{
			value: (metrics) => metrics.walFsync,
			limit: WAL_FSYNC,
			describe: (pod, value) => `the write-ahead log's fsync takes up to ${milliseconds(value)} on ${pod} (99 %)`,
		},
		{
			value: (metrics) => metrics.backendCommit,
			limit: BACKEND_COMMIT,
			describe: (pod, value) => `a commit takes up to ${milliseconds(value)} on ${pod} (99 %)`,
		},
	]),
);
