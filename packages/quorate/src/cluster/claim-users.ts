import type { Pod } from "kubernetes-types/core/v1";
import { cleanerView } from "./cleaner-pod.ts";

/** By claim, a pod that mounts it and has not ended. Pods of ours that look into volumes and empty them do not count. */
export function claimUsers(pods: readonly Pod[]): ReadonlyMap<string, string> {
	const others = pods.filter(({ status }) => status?.phase !== "Succeeded" && status?.phase !== "Failed");
	return new Map(
		others
			.filter((pod) => cleanerView(pod).length === 0)
			.flatMap(({ metadata, spec }) =>
				(spec?.volumes ?? []).flatMap(({ persistentVolumeClaim: claim }) =>
					claim ? [[claim.claimName, metadata?.name ?? ""] as const] : [],
				),
			),
	);
}
