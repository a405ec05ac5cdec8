import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import { QuorateError } from "../../errors.ts";
import type { KubernetesObject } from "../../kubernetes/client.ts";
import type { ClusterView } from "../cluster-view.ts";
import { selects } from "../node-fit.ts";
import type { ClusterAccess } from "../observe.ts";
import { listObjects } from "../read-objects.ts";
import { DISKPOOL_VERSIONS, DISKPOOLS, PODDISRUPTIONBUDGETS } from "../resources.ts";
import { isForbidden } from "../secret-files.ts";
import { type BudgetView, type PoolView, type Seen, seen, unseen } from "../surroundings.ts";

type Options = { signal?: AbortSignal };

export async function readBudgets(
	cluster: ClusterAccess,
	view: ClusterView,
	options: Options,
): Promise<Seen<BudgetView[]>> {
	const { client, namespace } = cluster;
	const labels = view.statefulSet.template.metadata?.labels ?? {};
	try {
		const items = await listObjects<PodDisruptionBudget>(client, PODDISRUPTIONBUDGETS, { namespace, ...options });
		const text = (value: unknown) => (value === undefined || value === null ? undefined : String(value));
		return seen(
			items
				.filter(({ spec }) => selects(spec?.selector, labels))
				.map(({ metadata, spec }) => ({
					name: metadata?.name ?? "",
					minAvailable: text(spec?.minAvailable),
					maxUnavailable: text(spec?.maxUnavailable),
				})),
		);
	} catch (error) {
		return why(error, "poddisruptionbudgets");
	}
}

interface DiskPool extends KubernetesObject {
	spec?: { node?: string };
	status?: { pool_status?: string; state?: string };
}

/** Whichever version of them is served; they are the same in what is looked at. */
export async function readPools({ client, namespace }: ClusterAccess, options: Options): Promise<Seen<PoolView[]>> {
	for (const version of DISKPOOL_VERSIONS) {
		try {
			const items = await listObjects<DiskPool>(client, { ...DISKPOOLS, version }, { namespace, ...options });
			return seen(
				items.map(({ metadata, spec, status }) => ({
					name: metadata.name,
					node: spec?.node ?? "",
					status: status?.pool_status ?? status?.state ?? "Unknown",
				})),
			);
		} catch (error) {
			if (!(error instanceof QuorateError && error.code === "NotFound")) return why(error, "diskpools.openebs.io");
		}
	}
	return unseen("there is no such kind as DiskPool: Mayastor is not here");
}

/** @throws what is no answer of the API server's */
export function why(error: unknown, resource: string): { readonly unseen: string } {
	if (isForbidden(error)) return unseen(`this user may not list ${resource}`);
	if (error instanceof QuorateError) return unseen(error.message);
	throw error;
}
