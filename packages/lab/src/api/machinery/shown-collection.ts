import type { KubernetesObject } from "../object.ts";
import type { Change, Collection } from "./store.ts";

/** A collection whose objects were written in any version of their kind, in the one that `show` gives. */
export function shownCollection(stored: Collection, show: (object: KubernetesObject) => KubernetesObject): Collection {
	const shown = (change: Change): Change => ({
		...change,
		object: show(change.object),
		...(change.previous ? { previous: show(change.previous) } : {}),
	});
	return {
		get forgotten() {
			return stored.forgotten;
		},
		get(namespace, name) {
			const object = stored.get(namespace, name);
			return object && show(object);
		},
		list: (namespace, after) => stored.list(namespace, after).map(show),
		put: (object) => show(stored.put(object)),
		remove: (previous) => show(stored.remove(previous)),
		since: (version) => stored.since(version)?.map(shown),
		listen: (listener) => stored.listen((change) => listener(shown(change))),
	};
}
