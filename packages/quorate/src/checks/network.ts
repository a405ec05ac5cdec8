import { templateValue } from "../cluster/start/template-value.ts";
import { advice, type CheckAbout } from "./check.ts";
import { judgeMetrics, milliseconds } from "./measured.ts";

const about: CheckAbout = {
	id: "network-fast",
	group: "etcd",
	passes: "99 of 100 round trips between members take less than the heartbeat interval",
	why: "a leader whose heartbeats come late is voted out, and every write waits for a round trip",
	todo: "put members nearer to one another, or raise `heartbeat-interval` and `election-timeout` on all of them",
};

/** Milliseconds; etcd's own. */
const DEFAULT_HEARTBEAT = 100;

export const network = advice(about, ({ view: { statefulSet: set }, surroundings }) => {
	const heartbeat = Number(templateValue(set, "heartbeat-interval")(set.firstOrdinal)) || DEFAULT_HEARTBEAT;
	return judgeMetrics(surroundings, [
		{
			value: (metrics) => metrics.peerRoundTrip,
			limit: heartbeat / 1000,
			describe: (pod, value) =>
				`a round trip from ${pod} to a peer takes up to ${milliseconds(value)} (99 %); heartbeats are ${heartbeat} ms apart`,
		},
	]);
});
