import type { MetricsView } from "../surroundings.ts";

interface Sample {
	name: string;
	labels: string;
	value: number;
}

/**
 * The few of etcd's metrics that checks go by, out of Prometheus' text format.
 *
 * @param now seconds since the epoch
 */
export function parseMetrics(page: string, now: number): Omit<MetricsView, "clockAhead"> {
	const samples = page.split("\n").flatMap(sample);
	const one = (name: string) => samples.find((s) => s.name === name)?.value;
	const started = one("process_start_time_seconds");
	return {
		walFsync: worst(samples, "etcd_disk_wal_fsync_duration_seconds"),
		backendCommit: worst(samples, "etcd_disk_backend_commit_duration_seconds"),
		peerRoundTrip: worst(samples, "etcd_network_peer_round_trip_time_seconds"),
		leaderChanges: one("etcd_server_leader_changes_seen_total"),
		uptime: started === undefined ? undefined : Math.max(0, now - started),
	};
}

function sample(line: string): Sample[] {
	const match = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/.exec(line);
	if (!match) return [];
	const value = Number((match[3] ?? "").replace("+Inf", "Infinity"));
	return [{ name: match[1] ?? "", labels: match[2] ?? "", value }];
}

/** The 99th percentile, of the series that is worst; undefined where nothing was measured. */
function worst(samples: readonly Sample[], histogram: string): number | undefined {
	const series = new Map<string, [number, number][]>();
	for (const { name, labels, value } of samples) {
		if (name !== `${histogram}_bucket`) continue;
		const bound = /(?:^|,)le="([^"]*)"/.exec(labels)?.[1];
		const rest = labels.replace(/(?:^|,)le="[^"]*"/, "");
		const upTo = Number((bound ?? "").replace("+Inf", "Infinity"));
		series.set(rest, [...(series.get(rest) ?? []), [upTo, value]]);
	}
	const found = [...series.values()].flatMap((buckets) => quantile(buckets, 0.99) ?? []);
	return found.length === 0 ? undefined : Math.max(...found);
}

/** As Prometheus' histogram_quantile: straight on within a bucket. */
function quantile(buckets: [number, number][], q: number): number | undefined {
	const sorted = buckets.sort(([a], [b]) => a - b);
	const total = sorted.at(-1)?.[1] ?? 0;
	if (total === 0) return undefined;
	let [lower, below] = [0, 0];
	for (const [upper, count] of sorted) {
		if (count >= q * total)
			return upper === Number.POSITIVE_INFINITY
				? lower
				: lower + ((upper - lower) * (q * total - below)) / (count - below);
		[lower, below] = [upper, count];
	}
	return undefined;
}
