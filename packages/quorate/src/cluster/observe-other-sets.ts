import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { KubernetesClient } from "../kubernetes/client.ts";
import type { MemberView, OtherSetView } from "./cluster-view.ts";
import { listObjects } from "./read-objects.ts";
import { STATEFULSETS } from "./resources.ts";
import { isForbidden } from "./secret-files.ts";

/** The namespace's other StatefulSets, where a member is no pod of this one and has none; undefined: no need, or no right, to list them. */
export async function observeOtherSets(
	client: KubernetesClient,
	set: { readonly name: string; readonly namespace: string },
	members: readonly MemberView[],
	options: { signal?: AbortSignal },
): Promise<readonly OtherSetView[] | undefined> {
	if (members.every(({ ordinal, outside }) => ordinal !== undefined || outside)) return undefined;
	try {
		const sets = await listObjects<StatefulSet>(client, STATEFULSETS, { namespace: set.namespace, ...options });
		return sets.flatMap(({ metadata, spec }) =>
			metadata?.name === undefined || metadata.name === set.name
				? []
				: {
						namespace: set.namespace,
						name: metadata.name,
						replicas: spec?.replicas ?? 1,
						firstOrdinal: spec?.ordinals?.start ?? 0,
					},
		);
	} catch (error) {
		if (!isForbidden(error)) throw error;
		return undefined;
	}
}
