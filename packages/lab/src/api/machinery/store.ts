import { deepFreeze, type Open } from "../json.ts";
import type { KubernetesObject, ObjectMeta } from "../object.ts";

/** One change of one object. Frozen, and shared by all who watch. */
export interface Change {
	readonly type: "ADDED" | "MODIFIED" | "DELETED";
	readonly version: number;
	readonly object: KubernetesObject;
	/** what was stored before */
	readonly previous?: KubernetesObject;
}

/** How many changes of a collection can be replayed to a watch that asks from an older resource version. */
const HISTORY = 2000;

export const keyOf = (namespace: string | undefined, name: string) => `${namespace ?? ""}/${name}`;

const byKey = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** All objects of one kind, the last of their changes, and those who want to hear of the next. */
class StoredCollection {
	readonly #objects = new Map<string, KubernetesObject>();
	readonly #listeners = new Set<(change: Change) => void>();
	readonly #clock: Clock;
	#sorted: string[] | undefined;
	#history: Change[] = [];
	#forgotten = 0;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Changes up to and including this resource version can no longer be replayed. */
	get forgotten(): number {
		return this.#forgotten;
	}

	get(namespace: string | undefined, name: string): KubernetesObject | undefined {
		return this.#objects.get(keyOf(namespace, name));
	}

	/** In the order of namespace and name; with `after`, those behind that key only. */
	list(namespace?: string, after?: string): KubernetesObject[] {
		this.#sorted ??= [...this.#objects.keys()].sort(byKey);
		const prefix = namespace ? `${namespace}/` : "";
		const found: KubernetesObject[] = [];
		for (const key of this.#sorted) {
			if (!key.startsWith(prefix) || (after !== undefined && key <= after)) continue;
			const object = this.#objects.get(key);
			if (object) found.push(object);
		}
		return found;
	}

	/** Takes `object` over: it gets its resource version and is frozen. */
	put(object: KubernetesObject): KubernetesObject {
		const key = keyOf(object.metadata.namespace, object.metadata.name);
		const previous = this.#objects.get(key);
		const version = this.#clock.tick();
		(object.metadata as Open<ObjectMeta>).resourceVersion = String(version);
		deepFreeze(object);
		if (!previous) this.#sorted = undefined;
		this.#objects.set(key, object);
		this.#tell(previous ? { type: "MODIFIED", version, object, previous } : { type: "ADDED", version, object });
		return object;
	}

	remove(previous: KubernetesObject): KubernetesObject {
		const version = this.#clock.tick();
		const object = deepFreeze({ ...previous, metadata: { ...previous.metadata, resourceVersion: String(version) } });
		this.#objects.delete(keyOf(object.metadata.namespace, object.metadata.name));
		this.#sorted = undefined;
		this.#tell({ type: "DELETED", version, object, previous });
		return object;
	}

	/** The changes after `version`, oldest first; undefined where some of them are forgotten. */
	since(version: number): Change[] | undefined {
		if (version < this.#forgotten) return undefined;
		return this.#history.filter((change) => change.version > version);
	}

	listen(listener: (change: Change) => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	#tell(change: Change): void {
		this.#history.push(change);
		if (this.#history.length > 2 * HISTORY) {
			this.#forgotten = this.#history[HISTORY - 1]?.version ?? this.#forgotten;
			this.#history = this.#history.slice(HISTORY);
		}
		for (const listener of this.#listeners) listener(change);
	}
}

/** A collection, as it is stored or as one version of its kind shows it. */
export type Collection = Pick<StoredCollection, keyof StoredCollection>;

/** The one count of all changes: every write takes the next number. */
export class Clock {
	#version = 1;

	get version(): number {
		return this.#version;
	}

	tick(): number {
		return ++this.#version;
	}
}

export class Store {
	readonly clock = new Clock();
	readonly #collections = new Map<string, Collection>();

	/** The collection of a resource (`statefulsets.apps`): the same objects in whatever version they are asked for. */
	collection(group: string, plural: string): Collection {
		const key = `${plural}.${group}`;
		const known = this.#collections.get(key) ?? new StoredCollection(this.clock);
		this.#collections.set(key, known);
		return known;
	}
}
