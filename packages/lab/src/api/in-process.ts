import type { Api, GroupVersionResource, WatchEvent } from "./api.ts";
import { ApiError } from "./api-error.ts";
import { EventRecorder } from "./event-recorder.ts";
import { copy, deepFreeze, stringAt } from "./json.ts";
import { accept } from "./machinery/body.ts";
import { create } from "./machinery/create.ts";
import { deleteObject } from "./machinery/delete.ts";
import type { Served } from "./machinery/registry.ts";
import type { Resources, Writer } from "./machinery/resources.ts";
import { matcher } from "./machinery/selectors.ts";
import { watchResources } from "./machinery/stored-resources.ts";
import { update } from "./machinery/update.ts";
import { seen } from "./machinery/watching.ts";
import type { KubernetesObject } from "./object.ts";

/** What the kubelets write, rather than the controllers. */
const KUBELET = new Set(["pods", "nodes", "leases"]);
const ATTEMPTS = 5;

/** The {@link Api} over the server's own store. */
export function inProcessApi(resources: Resources): Api {
	const served = (resource: GroupVersionResource): Served => {
		const found = resources.registry.find(resource.group, resource.version, resource.resource);
		if (!found) throw new Error(`no resource ${resource.resource} in ${resource.group}/${resource.version}`);
		return found;
	};
	const kindOf = (resource: GroupVersionResource) => served(resource).kind;
	const writer = (resource: string, subresource?: string): Writer => ({
		manager: subresource === "status" && KUBELET.has(resource) ? "kubelet" : "kube-controller-manager",
	});
	const write = (resource: GroupVersionResource, object: KubernetesObject, subresource?: string): KubernetesObject => {
		const { kind, ...rest } = served(resource);
		const { object: accepted } = accept({ kind, ...rest }, object, "Strict");
		const old = resources.get(kind, accepted.metadata.namespace, accepted.metadata.name);
		return update(resources, kind, old, accepted, {
			writer: writer(kind.plural, subresource),
			...(subresource === undefined ? special(kind.plural, old, accepted) : { subresource }),
		});
	};

	const api: Api = {
		get: <T>(resource: GroupVersionResource, namespace: string | undefined, name: string) => {
			const kind = kindOf(resource);
			return resources.collection(kind).get(kind.namespaced ? namespace : undefined, name) as T | undefined;
		},
		list: <T>(resource: GroupVersionResource, options: Parameters<Api["list"]>[1] = {}) => {
			const kind = kindOf(resource);
			const matches = matcher(kind, options);
			const all = resources.collection(kind).list(options.namespace);
			return (matches ? all.filter(matches) : all) as T[];
		},
		create: <T>(resource: GroupVersionResource, object: T) => {
			const { kind, ...rest } = served(resource);
			const { object: accepted } = accept({ kind, ...rest }, object, "Strict");
			return create(resources, kind, accepted, { writer: writer(kind.plural) }) as T;
		},
		update: <T>(resource: GroupVersionResource, object: T) => write(resource, object as KubernetesObject) as T,
		updateStatus: <T>(resource: GroupVersionResource, object: T) =>
			write(resource, object as KubernetesObject, "status") as T,
		modify: <T>(
			resource: GroupVersionResource,
			namespace: string | undefined,
			name: string,
			change: (copy: T) => unknown,
			subresource?: "status",
		) => {
			for (let attempt = 1; ; attempt++) {
				const current = api.get<KubernetesObject>(resource, namespace, name);
				if (!current) return undefined;
				const edited = copy(current);
				if (change(edited as T) === false) return current as T;
				try {
					return write(resource, edited, subresource) as T;
				} catch (error) {
					const again = error instanceof ApiError && error.reason === "Conflict" && attempt < ATTEMPTS;
					if (!again) throw error;
				}
			}
		},
		delete: (resource, namespace, name, options = {}) => {
			const kind = kindOf(resource);
			deleteObject(resources, kind, resources.get(kind, namespace, name), options);
		},
		watch: <T>(
			resource: GroupVersionResource,
			handler: (event: WatchEvent<T>) => void,
			options: Parameters<Api["watch"]>[2] = {},
		) => {
			const kind = kindOf(resource);
			const matches = matcher(kind, options);
			const queue = new Deliveries((event) => handler(event as unknown as WatchEvent<T>));
			for (const object of api.list<KubernetesObject>(resource, options)) queue.add({ type: "ADDED", object });
			const stop = resources.collection(kind).listen((change) => {
				const event = seen(change, options.namespace, matches);
				if (event) queue.add({ type: event.type, object: deepFreeze(event.object) });
			});
			return () => {
				stop();
				queue.close();
			};
		},
		watchResources: (handler) => watchResources(resources.registry, handler),
		event: (about, event) => recorder.record(about, event),
	};
	const recorder = new EventRecorder(api);
	return api;
}

/** Writes that Kubernetes' own parts make by subresources of their own. */
function special(plural: string, old: KubernetesObject, object: KubernetesObject): { subresource?: string } {
	if (plural === "namespaces" && old.metadata.deletionTimestamp) return { subresource: "finalize" };
	if (plural === "pods" && !stringAt(old, "spec", "nodeName") && stringAt(object, "spec", "nodeName")) {
		return { subresource: "binding" };
	}
	return {};
}

/** Hands events over one by one on a later turn of the event loop. */
class Deliveries {
	readonly #handler: (event: WatchEvent) => void;
	#waiting: WatchEvent[] = [];
	#scheduled = false;
	#closed = false;

	constructor(handler: (event: WatchEvent) => void) {
		this.#handler = handler;
	}

	add(event: WatchEvent): void {
		this.#waiting.push(event);
		this.#schedule();
	}

	close(): void {
		this.#closed = true;
		this.#waiting = [];
	}

	#schedule(): void {
		if (this.#scheduled || this.#closed) return;
		this.#scheduled = true;
		setImmediate(() => this.#deliver());
	}

	#deliver(): void {
		const batch = this.#waiting;
		this.#waiting = [];
		this.#scheduled = false;
		let done = 0;
		try {
			for (const event of batch) {
				done++;
				if (!this.#closed) this.#handler(event);
			}
		} finally {
			this.#waiting = [...batch.slice(done), ...this.#waiting];
			if (this.#waiting.length > 0) this.#schedule();
		}
	}
}
