import type { Namespace } from "kubernetes-types/core/v1";
import type { PodDisruptionBudget } from "kubernetes-types/policy/v1";
import type { GroupVersionResource } from "../api/api.ts";
import type { KubernetesObject } from "../api/object.ts";
import {
	CUSTOMRESOURCEDEFINITIONS,
	NAMESPACES,
	PERSISTENTVOLUMES,
	SECRETS,
	SERVICES,
	STATEFULSETS,
	STORAGECLASSES,
} from "../api/resources.ts";
import { tokenSecret } from "./bitnami-pod.ts";
import { type Chart, chartFor } from "./chart.ts";
import { diskPoolDefinition } from "./disk-pool-definition.ts";
import { DISKPOOLS, diskPool, type Pool } from "./disk-pools.ts";
import { ANNOTATIONS, labels, NAMESPACE, SELECTOR, STATEFULSET } from "./names.ts";
import { type SecurityMaterial, secrets } from "./security.ts";
import { clientService, headlessService } from "./services.ts";
import { statefulSet } from "./stateful-set.ts";
import { etcdVolume, manualClass, standardClass } from "./volumes.ts";

const PODDISRUPTIONBUDGETS: GroupVersionResource = { group: "policy", version: "v1", resource: "poddisruptionbudgets" };

export interface Manifest {
	resource: GroupVersionResource;
	object: KubernetesObject;
}

/** The guide's cluster, in the order in which its objects are to be created. */
export function guideManifests(options: {
	members: number;
	image: string;
	security?: SecurityMaterial;
	/** PEM, for the chart's pods; see {@link makeTokenKey} */
	tokenKey?: string;
	/** @default none */
	pools?: readonly Pool[];
	/** the node that an ordinal's volume is bound to. @default the chart's way: none, so that it is wherever its pod comes first */
	nodeOf?: (ordinal: number) => string;
	/** each volume is another ordinal's than its number says. @default false */
	crosswiseVolumes?: boolean;
	/** the chart's hook that takes a member out when its pod ends; only of Bitnami's old images. @default false */
	stopHook?: boolean;
}): Manifest[] {
	const { members, image, security = {}, tokenKey, pools = [], nodeOf, crosswiseVolumes, stopHook = false } = options;
	const chart = chartFor(image);
	const ofChart = chart.plain || tokenKey === undefined ? [] : [tokenSecret(chart, tokenKey)];
	return [
		manifest(CUSTOMRESOURCEDEFINITIONS, diskPoolDefinition()),
		manifest(STORAGECLASSES, manualClass()),
		manifest(STORAGECLASSES, standardClass()),
		manifest(NAMESPACES, namespace()),
		...Array.from({ length: members }, (_, ordinal) =>
			manifest(
				PERSISTENTVOLUMES,
				etcdVolume(ordinal, {
					...(nodeOf ? { node: nodeOf(ordinal) } : {}),
					...(crosswiseVolumes ? { claimOf: (ordinal + 1) % members } : {}),
				}),
			),
		),
		...[...secrets(security), ...ofChart].map((secret) => manifest(SECRETS, secret)),
		manifest(SERVICES, headlessService(chart)),
		manifest(SERVICES, clientService(chart)),
		manifest(PODDISRUPTIONBUDGETS, disruptionBudget(chart)),
		manifest(STATEFULSETS, statefulSet(members, chart, security, stopHook)),
		...pools.map((pool) => manifest(DISKPOOLS, diskPool(pool))),
	];
}

/** kubernetes-types leaves optional what every object has. */
function manifest(resource: GroupVersionResource, object: object): Manifest {
	return { resource, object: object as KubernetesObject };
}

function namespace(): Namespace {
	return { apiVersion: "v1", kind: "Namespace", metadata: { name: NAMESPACE } };
}

function disruptionBudget(chart: Chart): PodDisruptionBudget {
	return {
		apiVersion: "policy/v1",
		kind: "PodDisruptionBudget",
		metadata: { name: STATEFULSET, namespace: NAMESPACE, labels: labels(chart), annotations: ANNOTATIONS },
		spec: { minAvailable: "51%", selector: { matchLabels: SELECTOR } },
	};
}
