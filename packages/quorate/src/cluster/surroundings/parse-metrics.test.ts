import { expect, it } from "vitest";
import { parseMetrics } from "./parse-metrics.ts";

const buckets = (name: string, label: string, counts: readonly [string, number][]) =>
	counts.map(([le, count]) => `${name}_bucket{${label}le="${le}"} ${count}`);

it("takes what is wanted out of a page of metrics", () => {
	const page = [
		"# HELP etcd_server_leader_changes_seen_total The number of leader changes seen.",
		"etcd_server_leader_changes_seen_total 3",
		"process_start_time_seconds 1.7e+09",
		...buckets("etcd_disk_wal_fsync_duration_seconds", "", [
			["0.001", 0],
			["0.002", 98],
			["0.004", 100],
			["+Inf", 100],
		]),
		...buckets("etcd_network_peer_round_trip_time_seconds", 'To="a",', [
			["0.1", 100],
			["+Inf", 100],
		]),
		...buckets("etcd_network_peer_round_trip_time_seconds", 'To="b",', [
			["0.1", 0],
			["0.2", 0],
			["+Inf", 100],
		]),
		...buckets("etcd_disk_backend_commit_duration_seconds", "", [
			["0.001", 0],
			["+Inf", 0],
		]),
	].join("\n");
	const found = parseMetrics(page, 1_700_000_060);
	expect(found).toMatchObject({ leaderChanges: 3, uptime: 60, backendCommit: undefined });
	expect(found.walFsync).toBeCloseTo(0.003, 6);
	// the slower of two peers, beyond the last bound
	expect(found.peerRoundTrip).toBe(0.2);
});

it("finds nothing in what is no metrics", () =>
	expect(parseMetrics("<html></html>", 1)).toEqual({
		walFsync: undefined,
		backendCommit: undefined,
		peerRoundTrip: undefined,
		leaderChanges: undefined,
		uptime: undefined,
	}));
