import type { Pod as PodDraft, PodTemplateSpec } from "kubernetes-types/core/v1";
import { controllerReference } from "../owners.ts";
import type { AnyStored } from "../stored.ts";

/** Leaves room for the five letters that make a pod's name its own. */
const MAX_BASE = 58;

export type TemplatePod = PodDraft & { metadata: { generateName: string; namespace: string } };

/** A pod of the owner's template, named after the owner. */
export function templatePod(owner: AnyStored, template: PodTemplateSpec): TemplatePod {
	const { labels, annotations, finalizers } = template.metadata ?? {};
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			generateName: `${owner.metadata.name}-`.slice(0, MAX_BASE),
			namespace: owner.metadata.namespace ?? "",
			...(labels ? { labels: { ...labels } } : {}),
			...(annotations ? { annotations: { ...annotations } } : {}),
			...(finalizers ? { finalizers: [...finalizers] } : {}),
			ownerReferences: [controllerReference(owner)],
		},
		spec: template.spec ?? { containers: [] },
	};
}
