import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { Api } from "../api/api.ts";
import { STATEFULSETS } from "../api/resources.ts";
import { NAMESPACE, STATEFULSET } from "../mayastor/names.ts";

/** Resolves when so many pods of the guide's StatefulSet are Ready. */
export function membersReady(api: Api, members: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		const stop = api.watch<StatefulSet>(
			STATEFULSETS,
			({ object }) => {
				if ((object.status?.readyReplicas ?? 0) < members) return;
				stop();
				resolve();
			},
			{ namespace: NAMESPACE, fieldSelector: `metadata.name=${STATEFULSET}` },
		);
		signal.addEventListener(
			"abort",
			() => {
				stop();
				reject(signal.reason);
			},
			{ once: true },
		);
	});
}
