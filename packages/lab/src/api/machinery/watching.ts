import type { KubernetesObject } from "../object.ts";
import type { Matcher } from "./selectors.ts";
import type { Change } from "./store.ts";

export interface Seen {
	type: "ADDED" | "MODIFIED" | "DELETED";
	object: KubernetesObject;
}

/** A change as one sees it who watches only some of the objects: one that stops matching is deleted to him. */
export function seen(change: Change, namespace: string | undefined, matches: Matcher | undefined): Seen | undefined {
	if (namespace && change.object.metadata.namespace !== namespace) return undefined;
	if (!matches) return change;
	const before = change.previous !== undefined && matches(change.previous);
	if (change.type === "DELETED") return before ? change : undefined;
	const now = matches(change.object);
	if (now) return before ? { type: "MODIFIED", object: change.object } : { type: "ADDED", object: change.object };
	if (!before || !change.previous) return undefined;
	const { resourceVersion } = change.object.metadata;
	const metadata = { ...change.previous.metadata, ...(resourceVersion ? { resourceVersion } : {}) };
	return { type: "DELETED", object: { ...change.previous, metadata } };
}
