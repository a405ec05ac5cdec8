import type { Pod as PodDraft, PodTemplateSpec, Volume } from "kubernetes-types/core/v1";
import { controllerReference } from "../owners.ts";
import type { Pod, StatefulSet } from "../stored.ts";
import { claimName, ordinalOf, podName } from "./identity.ts";

export const REVISION_LABEL = "controller-revision-hash";
const POD_NAME_LABEL = "statefulset.kubernetes.io/pod-name";
const POD_INDEX_LABEL = "apps.kubernetes.io/pod-index";

export type NewPod = PodDraft & { metadata: { name: string; labels: Record<string, string> } };

/** The pod of that number, made of `template` (the current or the update revision's). */
export function newPod(set: StatefulSet, template: PodTemplateSpec, revision: string, ordinal: number): NewPod {
	const { labels, annotations, finalizers } = template.metadata ?? {};
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: {
			name: podName(set, ordinal),
			generateName: `${set.metadata.name}-`,
			namespace: set.metadata.namespace,
			labels: { ...labels, ...identityLabels(set, ordinal), [REVISION_LABEL]: revision },
			...(annotations ? { annotations: { ...annotations } } : {}),
			...(finalizers ? { finalizers: [...finalizers] } : {}),
			ownerReferences: [controllerReference(set)],
		},
		spec: {
			...(template.spec ?? { containers: [] }),
			hostname: podName(set, ordinal),
			...(set.spec?.serviceName ? { subdomain: set.spec.serviceName } : {}),
			volumes: withClaims(set, template.spec?.volumes ?? [], ordinal),
		},
	};
}

function identityLabels(set: StatefulSet, ordinal: number): Record<string, string> {
	return { [POD_NAME_LABEL]: podName(set, ordinal), [POD_INDEX_LABEL]: String(ordinal) };
}

/** The claims' volumes first, then those of the template that they do not replace. */
function withClaims(set: StatefulSet, volumes: readonly Volume[], ordinal: number): Volume[] {
	const names = (set.spec?.volumeClaimTemplates ?? []).map((template) => template.metadata?.name ?? "");
	return [
		...names.map((name) => ({ name, persistentVolumeClaim: { claimName: claimName(name, set, ordinal) } })),
		...volumes.filter((volume) => !names.includes(volume.name)),
	];
}

/** The labels that tell who the pod is, where someone has taken them off or changed them; undefined: all is well. */
export function mendedLabels(set: StatefulSet, pod: Pod): Record<string, string> | undefined {
	const ordinal = ordinalOf(set, pod);
	if (ordinal === undefined) return undefined;
	const wanted = identityLabels(set, ordinal);
	const labels = pod.metadata.labels ?? {};
	return Object.entries(wanted).some(([key, value]) => labels[key] !== value) ? { ...labels, ...wanted } : undefined;
}
