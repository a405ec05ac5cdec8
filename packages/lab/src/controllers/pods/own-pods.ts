import type { LabelSelector } from "kubernetes-types/meta/v1";
import type { Api } from "../../api/api.ts";
import { PODS } from "../../api/resources.ts";
import { controllerOf, controllerReference } from "../owners.ts";
import { matchesSelector } from "../selector.ts";
import type { AnyStored, Pod } from "../stored.ts";

type Owner = Pick<AnyStored, "apiVersion" | "kind"> & {
	metadata: AnyStored["metadata"] & { namespace: string };
	spec?: { selector?: LabelSelector };
};

/** The owner's pods; orphans that its selector fits are taken in, its own that it no longer fits let go. */
export function ownPods(api: Api, owner: Owner): Pod[] {
	const { namespace, uid, deletionTimestamp } = owner.metadata;
	return api.list<Pod>(PODS, { namespace }).flatMap((pod) => {
		const controller = controllerOf(pod);
		if (controller && controller.uid !== uid) return [];
		const fits = matchesSelector(owner.spec?.selector, pod.metadata.labels);
		if (controller && fits) return [pod];
		if ((!controller && !fits) || deletionTimestamp || pod.metadata.deletionTimestamp) return [];
		const changed = api.modify<Pod>(PODS, namespace, pod.metadata.name, (copy) => {
			const others = (copy.metadata.ownerReferences ?? []).filter((reference) => reference.uid !== uid);
			copy.metadata.ownerReferences = fits ? [...others, controllerReference(owner)] : others;
		});
		return fits && changed ? [changed] : [];
	});
}

/** A pod's owner of that kind; for an orphan, all that might take it in. */
export function ownerKeys<T extends Owner>(kind: string, all: (namespace: string) => T[]) {
	return (pod: AnyStored): string[] => {
		const { namespace = "", labels } = pod.metadata;
		const controller = controllerOf(pod);
		if (controller) return controller.kind === kind ? [`${namespace}/${controller.name}`] : [];
		return all(namespace)
			.filter(({ spec }) => matchesSelector(spec?.selector, labels))
			.map(({ metadata }) => `${namespace}/${metadata.name}`);
	};
}
