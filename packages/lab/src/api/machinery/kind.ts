import type { Schema } from "../custom/schema.ts";
import type { Open } from "../json.ts";
import type { KubernetesObject } from "../object.ts";
import type { Shape } from "../patch/shape.ts";
import type { Violations } from "./violations.ts";

export type Verb = "create" | "delete" | "deletecollection" | "get" | "list" | "patch" | "update" | "watch";

export const ALL_VERBS: readonly Verb[] = [
	...(["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"] as const),
];

/** A column of the tables that kubectl prints. */
export interface Column<T = KubernetesObject> {
	name: string;
	/** @default "string" */
	type?: "string" | "integer" | "number" | "boolean" | "date";
	/** `name` for the column that names the object */
	format?: string;
	description?: string;
	/** 0 is always shown, 1 with `-o wide` only. @default 0 */
	priority?: number;
	/** @param now milliseconds since 1970 */
	cell(object: T, now: number): string | number | boolean | null;
}

export interface User {
	name: string;
	groups: string[];
	uid?: string;
	extra?: Record<string, string[]>;
}

/** What defaulting, admission and validation may ask of the rest of the server. */
export interface Surroundings {
	/** the time of this write, RFC 3339 in whole seconds */
	time: string;
	find(group: string, plural: string, namespace: string | undefined, name: string): KubernetesObject | undefined;
	all(group: string, plural: string, namespace?: string): KubernetesObject[];
}

/** How `/scale` reads and writes an object. */
export interface ScaleAccess<T = KubernetesObject> {
	replicas(object: T): number;
	setReplicas(object: T, replicas: number): void;
	statusReplicas(object: T): number;
	selector(object: T): string;
}

/** Another group and version in which the same objects are served. */
export interface View {
	group: string;
	version: string;
	kind: string;
	/** name of the generated type */
	schema?: string;
	toView(object: KubernetesObject): KubernetesObject;
	fromView(object: KubernetesObject): KubernetesObject;
}

/** What is known of a kind from its CustomResourceDefinition. */
export interface CustomType {
	schema: Schema;
	shape: Shape;
	/** a stored object in this version, whichever version it was written in; one that needs no change comes back itself */
	show(object: KubernetesObject): KubernetesObject;
}

/** How names of a kind must look. */
export type NameRule = "subdomain" | "label" | "label-1035" | "path-segment";

/** A kind, as data: the API machinery does the rest. */
export interface ResourceKind<T = KubernetesObject> {
	/** "" for the core group */
	group: string;
	/** the version in which objects are stored */
	version: string;
	kind: string;
	plural: string;
	singular: string;
	shortNames?: string[];
	categories?: string[];
	namespaced: boolean;
	/** @default all of them */
	verbs?: readonly Verb[];
	/** the generated type's name; without one, bodies are not checked against a type */
	schema?: string;
	/** of a custom resource; each of its versions is a row of its own over the same objects */
	custom?: CustomType;
	/** @default "subdomain" */
	names?: NameRule;
	/** @default name and time of creation */
	columns?: Column<T>[];
	/** has a `/status` subresource: a write to the object leaves the status alone, and the other way round. @default false */
	status?: boolean;
	/** `metadata.generation` counts changes of the spec, or of the annotations too. @default false */
	generation?: boolean | "spec and annotations";
	/** a write to `/status` may change the annotations along with it. @default false */
	annotatedWithStatus?: boolean;
	scale?: ScaleAccess<T>;
	/** other subresources, and the verbs that clients use on them */
	subresources?: Record<string, { kind: string; group?: string; version?: string; schema?: string; verbs: string[] }>;
	views?: View[];
	/** a PUT without a resource version is refused. @default false */
	needsResourceVersion?: boolean;
	/** a PUT to a name that is not there creates it. @default false */
	createOnUpdate?: boolean;
	/** a finished deletion answers with the object instead of a Status. @default false */
	returnsDeleted?: boolean;
	/** a warning that goes with every answer */
	deprecation?: string;
	/** fields, beyond `metadata.name` and `metadata.namespace`, that field selectors may name */
	fields?: Record<string, (object: T) => string>;
	/** fills in what was left out; on create and on update */
	setDefaults?(object: T): void;
	/** what happens to a new object before defaulting, after its status was taken away */
	prepareCreate?(object: T, around: Surroundings): void;
	/** what a new object gets from the server beyond defaults; after defaulting */
	admit?(object: T, around: Surroundings): void;
	/** what a user's right to write objects of the kind does not say yet; throws an {@link ApiError} where he may not */
	permit?(object: T, user: User, around: Surroundings): void;
	prepareUpdate?(object: T, old: T, around: Surroundings): void;
	/** what the server adds to a new status */
	prepareStatus?(object: T, old: T, around: Surroundings): void;
	/** @param old what is there, on an update */
	validate?(object: T, errors: Violations, around: Surroundings, old?: T): void;
	/** only for writes to the status */
	validateStatus?(object: T, errors: Violations, old: T): void;
	/** what a client is warned of that writes the object */
	warnings?(object: T): string[];
	/** only for changes; `validate` has run too */
	validateUpdate?(object: T, old: T, errors: Violations): void;
	/** after it was stored or removed */
	stored?(object: T, old: T | undefined): void;
	removed?(object: T): void;
	/** seconds of grace that a delete of this object gives; undefined or 0: it goes at once */
	grace?(object: T, requested: number | undefined): number | undefined;
	/** something beyond finalizers still holds an object that is being deleted */
	held?(object: T): boolean;
	/** when deletion with grace or finalizers begins */
	deleting?(object: T): void;
	/** Why it is never deleted; undefined: it may be. */
	refuseDeletion?(object: T): string | undefined;
	/** not stored: a create is answered with this */
	answer?(object: T, user: User, around: Surroundings): T;
}

/** A row, checked against the type of its objects; the table holds it without. */
export const defineKind = <T>(kind: ResourceKind<Open<T>>): ResourceKind => kind as unknown as ResourceKind;

export const apiVersionOf = (group: string, version: string) => (group === "" ? version : `${group}/${version}`);

/** `statefulsets.apps`, `pods`: the resource as error messages give it. */
export const resourceName = (kind: { group: string; plural: string }) =>
	kind.group === "" ? kind.plural : `${kind.plural}.${kind.group}`;

/** `StatefulSet.apps`, `Pod` */
export const kindName = (kind: { group: string; kind: string }) =>
	kind.group === "" ? kind.kind : `${kind.kind}.${kind.group}`;
