import type { Event } from "kubernetes-types/core/v1";
import type { JsonObject } from "../json.ts";
import { age } from "../machinery/ages.ts";
import { defineKind, type View } from "../machinery/kind.ts";
import type { KubernetesObject } from "../object.ts";
import { column, NAME, wide } from "./columns.ts";

type Stored = Event & { eventTime?: string };

const first = (event: Stored) => event.firstTimestamp ?? event.eventTime;

function last(event: Stored): string | undefined {
	return event.series?.lastObservedTime ?? event.lastTimestamp ?? first(event);
}

function lastSeen(event: Stored, now: number): string {
	const times = event.series?.count ?? event.count ?? 1;
	const since = age(first(event), now);
	return times > 1 ? `${age(last(event), now)} (x${times} over ${since})` : age(last(event), now);
}

const object = (event: Stored) =>
	`${(event.involvedObject?.kind ?? "").toLowerCase()}/${event.involvedObject?.name ?? ""}`;

const source = (event: Stored) =>
	[event.source?.component || event.reportingComponent, event.source?.host || event.reportingInstance]
		.filter(Boolean)
		.join(", ");

/** events.k8s.io/v1 names some fields anew. */
const RENAMED: [stored: string, viewed: string][] = [
	["involvedObject", "regarding"],
	["message", "note"],
	["source", "deprecatedSource"],
	["firstTimestamp", "deprecatedFirstTimestamp"],
	["lastTimestamp", "deprecatedLastTimestamp"],
	["count", "deprecatedCount"],
	["reportingComponent", "reportingController"],
];

function rename(from: KubernetesObject, apiVersion: string, names: Map<string, string>): KubernetesObject {
	const result: JsonObject = {};
	for (const [field, value] of Object.entries(from)) result[names.get(field) ?? field] = value;
	return { ...result, apiVersion, kind: from.kind, metadata: from.metadata };
}

const view: View = {
	group: "events.k8s.io",
	version: "v1",
	kind: "Event",
	schema: "EventsV1Event",
	toView: (event) => rename(event, "events.k8s.io/v1", new Map(RENAMED)),
	fromView: (event) => rename(event, "v1", new Map(RENAMED.map(([stored, viewed]) => [viewed, stored]))),
};

export const events = defineKind<Stored>({
	group: "",
	version: "v1",
	kind: "Event",
	plural: "events",
	singular: "event",
	shortNames: ["ev"],
	namespaced: true,
	schema: "CoreV1Event",
	views: [view],
	createOnUpdate: true,
	columns: [
		column("Last Seen", lastSeen),
		column("Type", (event) => event.type ?? ""),
		column("Reason", (event) => event.reason ?? ""),
		column("Object", object),
		wide("Subobject", (event) => event.involvedObject?.fieldPath ?? ""),
		wide("Source", source),
		column("Message", (event) => (event.message ?? "").trim()),
		wide("First Seen", (event, now) => age(first(event), now)),
		wide("Count", (event) => event.series?.count ?? event.count ?? 1),
		{ ...NAME, priority: 1 },
	],
	fields: {
		"involvedObject.kind": (event) => event.involvedObject?.kind ?? "",
		"involvedObject.namespace": (event) => event.involvedObject?.namespace ?? "",
		"involvedObject.name": (event) => event.involvedObject?.name ?? "",
		"involvedObject.uid": (event) => event.involvedObject?.uid ?? "",
		"involvedObject.apiVersion": (event) => event.involvedObject?.apiVersion ?? "",
		"involvedObject.resourceVersion": (event) => event.involvedObject?.resourceVersion ?? "",
		"involvedObject.fieldPath": (event) => event.involvedObject?.fieldPath ?? "",
		"regarding.kind": (event) => event.involvedObject?.kind ?? "",
		"regarding.namespace": (event) => event.involvedObject?.namespace ?? "",
		"regarding.name": (event) => event.involvedObject?.name ?? "",
		"regarding.uid": (event) => event.involvedObject?.uid ?? "",
		reason: (event) => event.reason ?? "",
		reportingComponent: (event) => event.reportingComponent || event.source?.component || "",
		source: (event) => event.source?.component || event.reportingComponent || "",
		type: (event) => event.type ?? "",
	},
	validate(event, errors) {
		const about = event.involvedObject?.namespace ?? "";
		const own = event.metadata?.namespace ?? "";
		if (about !== own && !(about === "" && own === "default")) {
			errors.invalid("involvedObject.namespace", about, "does not match event.namespace");
		}
	},
});
