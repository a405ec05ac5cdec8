import type { StoredResource } from "../api.ts";
import type { Registry } from "./registry.ts";

/** Tells of every collection that is stored once, whatever the number of versions in which it is served. */
export function watchResources(
	registry: Registry,
	handler: (event: { type: "ADDED" | "DELETED"; stored: StoredResource }) => void,
): () => void {
	const known = new Map<string, StoredResource>();
	const look = () => {
		const now = storedResources(registry);
		for (const [key, stored] of known) {
			const other = now.get(key);
			if (other && other.resource.version === stored.resource.version && other.kind === stored.kind) continue;
			known.delete(key);
			handler({ type: "DELETED", stored });
		}
		for (const [key, stored] of now) {
			if (known.has(key)) continue;
			known.set(key, stored);
			handler({ type: "ADDED", stored });
		}
	};
	look();
	return registry.listen(look);
}

function storedResources(registry: Registry): Map<string, StoredResource> {
	const found = new Map<string, StoredResource>();
	for (const { kind, view } of registry.all()) {
		const { group, version, plural, namespaced } = kind;
		const key = `${plural}.${group}`;
		if (view || kind.answer || found.has(key)) continue;
		found.set(key, { resource: { group, version, resource: plural }, kind: kind.kind, namespaced });
	}
	return found;
}
