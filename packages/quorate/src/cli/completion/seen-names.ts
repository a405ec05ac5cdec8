import type { StatefulSet } from "kubernetes-types/apps/v1";
import type { Namespace, Pod } from "kubernetes-types/core/v1";
import { findEtcdContainer } from "../../cluster/etcd-container.ts";
import { listObjects } from "../../cluster/read-objects.ts";
import { NAMESPACES, PODS, STATEFULSETS } from "../../cluster/resources.ts";
import { createKubernetesClient } from "../../kubernetes/http-client.ts";
import { contextNames, loadKubeconfig } from "../../kubernetes/kubeconfig.ts";
import type { NameKind, Reach, SeeNames } from "./complete.ts";

/** Milliseconds: who pressed Tab does not wait longer. */
const PATIENCE = 2000;

/** The names that there are now. What cannot be asked for is none: a Tab is no place for an error. */
export const seeNames: SeeNames = async (kind, reach) => {
	try {
		return await names(kind, reach);
	} catch {
		return [];
	}
};

async function names(kind: NameKind, { kubeconfig, context, namespace }: Reach): Promise<string[]> {
	if (kind === "lab") return labNames();
	if (kind === "context") return contextNames({ kubeconfig });
	const client = createKubernetesClient(
		loadKubeconfig({ kubeconfig, context, namespace, requestTimeoutMs: PATIENCE }),
		{},
	);
	try {
		if (kind === "namespace") return namesOf(await listObjects<Namespace>(client, NAMESPACES));
		const options = { namespace: client.namespace };
		const sets = await listObjects<StatefulSet>(client, STATEFULSETS, options);
		const found = namesOf(sets.filter(({ spec }) => findEtcdContainer(spec?.template ?? {}) !== undefined));
		if (kind === "stateful-set") return found;
		const pods = namesOf(await listObjects<Pod>(client, PODS, options));
		return pods.filter((pod) => found.includes(pod.replace(/-\d+$/, "")));
	} finally {
		client.close();
	}
}

async function labNames(): Promise<string[]> {
	const { withLab } = await import("../lab/lab-door.ts");
	const labs = await withLab("looking for labs", (lab) => lab.listLabs());
	return labs.map(({ name }) => name);
}

const namesOf = (items: readonly { metadata?: { name?: string } }[]): string[] =>
	items.flatMap(({ metadata }) => metadata?.name ?? []).sort();
