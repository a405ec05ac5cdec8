import type { Api, GroupVersionResource, StoredResource, WatchEvent } from "../api/api.ts";
import { ApiError } from "../api/api-error.ts";
import { type AnyStored, keyOf } from "./stored.ts";
import { WorkQueue } from "./work-queue.ts";

/** A collection that a controller follows, and the keys that a change in it puts on the controller's queue. */
export interface Watched {
	resource: GroupVersionResource;
	/** @default the object's own key */
	keys?: (object: AnyStored, type: WatchEvent["type"]) => Iterable<string>;
}

/** A control loop: it is called for one key at a time, reads what is, and makes one step towards what should be. */
export interface Controller {
	name: string;
	watches: Watched[];
	/** What it follows of each collection that is stored, now or later; undefined: nothing. */
	watchEach?(collection: StoredResource): Watched | undefined;
	/** A number asks for another look in so many milliseconds; a throw for another try, later each time. */
	reconcile(key: string): number | undefined;
	/** Called once all first objects have been announced to the queue. */
	stop?(): void;
}

/** Where failures of a control loop go; they are tried again in any case. */
export type OnControllerError = (controller: string, key: string, error: unknown) => void;

/** Follows the controller's collections and works its queue until the returned function is called. */
export function runController(api: Api, controller: Controller, onError?: OnControllerError): () => void {
	const reconcile = (key: string) => {
		try {
			return controller.reconcile(key);
		} catch (error) {
			if (isNamespaceTerminating(error)) return undefined;
			throw error;
		}
	};
	const queue = new WorkQueue(reconcile, {
		onError: (key, error) => onError?.(controller.name, key, error),
	});
	const follow = ({ resource, keys }: Watched) =>
		api.watch<AnyStored>(resource, ({ type, object }) => {
			try {
				for (const key of keys ? keys(object, type) : [keyOf(object)]) queue.add(key);
			} catch (error) {
				onError?.(controller.name, keyOf(object), error);
			}
		});
	const stops = controller.watches.map(follow);
	const each = new Map<string, () => void>();
	if (controller.watchEach) {
		const stop = api.watchResources(({ type, stored }) => {
			const { resource, group } = stored.resource;
			const name = `${resource}.${group}`;
			each.get(name)?.();
			each.delete(name);
			const watched = type === "ADDED" ? controller.watchEach?.(stored) : undefined;
			if (watched) each.set(name, follow(watched));
		});
		stops.push(stop);
	}
	return () => {
		for (const stop of [...stops, ...each.values()]) stop();
		queue.stop();
		controller.stop?.();
	};
}

/** Nothing can be created in a namespace on its way out, and what was to be looked after goes with it. */
function isNamespaceTerminating(error: unknown): boolean {
	return (
		error instanceof ApiError && (error.details?.causes ?? []).some(({ reason }) => reason === "NamespaceTerminating")
	);
}
