import type { Namespace } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { GroupVersionResource } from "../api/api.ts";
import type { KubernetesObject } from "../api/object.ts";
import { NAMESPACES, PERSISTENTVOLUMES, SERVICES, STATEFULSETS, STORAGECLASSES } from "../api/resources.ts";
import { ANNOTATIONS, LABELS, NAMESPACE, SELECTOR, STATEFULSET } from "./names.ts";
import { clientService, headlessService } from "./services.ts";
import { statefulSet } from "./stateful-set.ts";
import { etcdVolume, manualClass, standardClass } from "./volumes.ts";

const PODDISRUPTIONBUDGETS: GroupVersionResource = { group: "policy", version: "v1", resource: "poddisruptionbudgets" };

export interface Manifest {
	resource: GroupVersionResource;
	object: KubernetesObject;
}

/** The guide's cluster, in the order in which its objects are to be created. */
export function guideManifests(options: { members: number; image: string }): Manifest[] {
	const { members, image } = options;
	return [
		manifest(STORAGECLASSES, manualClass()),
		manifest(STORAGECLASSES, standardClass()),
		manifest(NAMESPACES, namespace()),
		...Array.from({ length: members }, (_, ordinal) => manifest(PERSISTENTVOLUMES, etcdVolume(ordinal))),
		manifest(SERVICES, headlessService()),
		manifest(SERVICES, clientService()),
		manifest(PODDISRUPTIONBUDGETS, disruptionBudget()),
		manifest(STATEFULSETS, statefulSet(members, image)),
	];
}

/** kubernetes-types leaves optional what every object has. */
function manifest(resource: GroupVersionResource, object: object): Manifest {
	return { resource, object: object as KubernetesObject };
}

function namespace(): Namespace {
	return { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
}

function disruptionBudget(): PodDisruptionBudget {
	return {
		apiVersion: "policy/v1",
		kind: "PodDisruptionBudget",
		metadata: { name: STATEFULSET, namespace: NAMESPACE, labels: LABELS, annotations: ANNOTATIONS },
		spec: { minAvailable: "51%", selector: { matchLabels: SELECTOR } },
	};
}
