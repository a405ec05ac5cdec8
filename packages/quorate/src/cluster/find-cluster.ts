import type { StatefulSet } from "kubernetes-types/apps/v1";
import { QuorateError } from "../errors.ts";
import type { KubernetesClient } from "../kubernetes/client.ts";
import { findEtcdContainer } from "./etcd-container.ts";
import { findObject, listObjects } from "./read-objects.ts";
import { NAMESPACES, STATEFULSETS } from "./resources.ts";

/**
 * The StatefulSet that is meant: the one named, or the only one in the namespace that runs etcd.
 *
 * @throws {QuorateError} StatefulSetNotFound where none runs etcd, StatefulSetAmbiguous with all of them where several do
 */
export async function findCluster(
	client: KubernetesClient,
	namespace: string,
	name: string | undefined,
	options: { signal?: AbortSignal; container?: string | undefined } = {},
): Promise<StatefulSet> {
	const operation =
		name === undefined ? `looking for etcd in namespace ${namespace}` : `looking at StatefulSet ${namespace}/${name}`;
	const state = "nothing was changed";
	if (name !== undefined) {
		const object = await findObject<StatefulSet>(client, STATEFULSETS, namespace, name, options);
		if (object) return object;
		await refuseNoNamespace(client, namespace, operation, options);
		throw new QuorateError("StatefulSetNotFound", {
			operation,
			message: `statefulsets.apps "${name}" not found in namespace ${namespace}`,
			state,
			hint: `see what is there: kubectl get statefulsets -n ${namespace}`,
		});
	}
	const items = await listObjects<StatefulSet>(client, STATEFULSETS, { namespace, ...options });
	const running = items.filter((set) => findEtcdContainer(set.spec?.template ?? {}, options.container) !== undefined);
	const [only, second] = running;
	if (only && !second) return only;
	if (only)
		throw new QuorateError("StatefulSetAmbiguous", {
			operation,
			message: `several StatefulSets run etcd: ${running.map((set) => set.metadata?.name).join(", ")}`,
			state,
			hint: `name one, as in: sts/${only.metadata?.name}`,
		});
	if (items.length === 0) await refuseNoNamespace(client, namespace, operation, options);
	const where = options.container === undefined ? "" : ` in a container named ${options.container}`;
	throw new QuorateError("StatefulSetNotFound", {
		operation,
		message: `no StatefulSet in namespace ${namespace} runs etcd${where}${items.length > 0 ? ` (there are ${items.map((set) => set.metadata?.name).join(", ")})` : ""}`,
		state,
		hint: "give the namespace with -n; kubectl get statefulsets -A lists all",
	});
}

/** All StatefulSets that run etcd, of every namespace, sorted by namespace and name. */
export async function findClusters(
	client: Pick<KubernetesClient, "list">,
	options: { signal?: AbortSignal; container?: string | undefined } = {},
): Promise<{ namespace: string; name: string }[]> {
	const items = await listObjects<StatefulSet>(client, STATEFULSETS, options);
	return items
		.filter((set) => findEtcdContainer(set.spec?.template ?? {}, options.container) !== undefined)
		.map(({ metadata }) => ({ namespace: metadata?.namespace ?? "", name: metadata?.name ?? "" }))
		.sort((one, other) => compareText(one.namespace, other.namespace) || compareText(one.name, other.name));
}

const compareText = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

/** A namespace that does not exist looks as an empty one does. A user who may not read it is not told. */
async function refuseNoNamespace(
	client: KubernetesClient,
	namespace: string,
	operation: string,
	{ signal }: { signal?: AbortSignal },
): Promise<void> {
	const answer = await client
		.find<unknown>(NAMESPACES, undefined, namespace, signal ? { signal } : {})
		.then((found) => found !== undefined)
		.catch(() => true);
	if (answer) return;
	throw new QuorateError("StatefulSetNotFound", {
		operation,
		message: `namespace "${namespace}" not found`,
		state: "nothing was changed",
		hint: "give another one with -n; kubectl get statefulsets -A lists all",
	});
}
