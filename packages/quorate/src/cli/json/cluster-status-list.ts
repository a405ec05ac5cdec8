import type { SeenCluster } from "../render/status-list-text.ts";
import { clusterStatus } from "./cluster-status.ts";
import { compact, document } from "./document.ts";

/** All that could be looked at, and why the others could not. */
export const clusterStatusList = (seen: readonly SeenCluster[]) =>
	document("ClusterStatusList", {
		items: seen.flatMap(({ view, server, verdict }) => (view ? [clusterStatus(view, server ?? "", verdict)] : [])),
		failures: seen.flatMap(({ namespace, name, error }) =>
			error ? [compact({ namespace, name, code: error.code, message: error.message, hint: error.hint })] : [],
		),
	});
