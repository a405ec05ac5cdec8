import type { KubernetesObject } from "../object.ts";
import type { Schema } from "./schema.ts";

export interface PrinterColumn {
	name: string;
	type: "boolean" | "date" | "integer" | "number" | "string";
	jsonPath: string;
	format?: string;
	description?: string;
	priority?: number;
}

export interface DefinitionNames {
	plural: string;
	kind: string;
	singular?: string;
	listKind?: string;
	shortNames?: string[];
	categories?: string[];
}

export interface DefinitionVersion {
	name: string;
	served: boolean;
	storage: boolean;
	deprecated?: boolean;
	deprecationWarning?: string;
	schema?: { openAPIV3Schema?: Schema };
	subresources?: {
		status?: object;
		scale?: { specReplicasPath: string; statusReplicasPath: string; labelSelectorPath?: string };
	};
	additionalPrinterColumns?: PrinterColumn[];
	selectableFields?: { jsonPath: string }[];
}

export interface DefinitionCondition {
	type: "Established" | "NamesAccepted" | "Terminating";
	status: "True" | "False";
	reason: string;
	message: string;
	lastTransitionTime: string;
}

/** A CustomResourceDefinition: what kubernetes-types has no types for. */
export interface Definition extends KubernetesObject {
	spec: {
		group: string;
		scope: "Namespaced" | "Cluster";
		names: DefinitionNames;
		versions: DefinitionVersion[];
		conversion?: { strategy: string; webhook?: { clientConfig?: object; conversionReviewVersions?: string[] } };
		preserveUnknownFields?: boolean;
	};
	status?: { conditions?: DefinitionCondition[]; acceptedNames?: DefinitionNames; storedVersions?: string[] };
}

/** Keeps a definition until its objects are gone. */
export const CLEANUP = "customresourcecleanup.apiextensions.k8s.io";

export const storageVersion = ({ spec }: Definition): string | undefined =>
	spec.versions?.find(({ storage }) => storage)?.name;

/** The conditions with this one in the place of its type; its time is that of its last change of status. */
export function withCondition(
	conditions: readonly DefinitionCondition[],
	condition: Omit<DefinitionCondition, "lastTransitionTime">,
	time: string,
): DefinitionCondition[] {
	const before = conditions.find(({ type }) => type === condition.type);
	const lastTransitionTime = before?.status === condition.status ? before.lastTransitionTime : time;
	const next = { ...condition, lastTransitionTime };
	return before ? conditions.map((other) => (other === before ? next : other)) : [...conditions, next];
}
