import type { Api } from "./api.ts";
import { ApiError } from "./api-error.ts";
import { timestamp } from "./machinery/resources.ts";
import type { KubernetesObject } from "./object.ts";
import { EVENTS } from "./resources.ts";

type Happening = Parameters<Api["event"]>[1];

/** Events are forgotten an hour after they were last seen. */
const LIFETIME = 60 * 60 * 1000;
const SWEEP_INTERVAL = 60 * 1000;
/** From so many different messages of one reason on, within ten minutes, they are counted as one. */
const SIMILAR = 10;
const SIMILAR_WINDOW = 10 * 60 * 1000;

interface Series {
	messages: Set<string>;
	since: number;
}

/** Records events as Kubernetes' recorder does: the same one again counts up, and floods are combined. */
export class EventRecorder {
	readonly #api: Api;
	readonly #names = new Map<string, { namespace: string; name: string }>();
	readonly #similar = new Map<string, Series>();
	#swept = Date.now();
	#number = 0;

	constructor(api: Api) {
		this.#api = api;
	}

	record(about: KubernetesObject, happening: Happening): void {
		const now = Date.now();
		this.#sweep(now);
		const { component, fieldPath, host, type, reason } = happening;
		const namespace = about.metadata.namespace ?? "default";
		const subject = [about.kind, namespace, about.metadata.name, about.metadata.uid, about.apiVersion, fieldPath].join(
			"\n",
		);
		const group = [subject, component, host, type, reason].join("\n");
		const message = this.#combined(group, happening.message, now);
		const key = message.startsWith("(combined") ? group : `${group}\n${message}`;
		const known = this.#names.get(key);
		const time = timestamp(now);
		const counted =
			known &&
			this.#api.modify<KubernetesObject & { count: number }>(EVENTS, known.namespace, known.name, (event) => {
				Object.assign(event, { count: (event.count ?? 1) + 1, lastTimestamp: time, message });
			});
		if (counted) return;
		const name = `${about.metadata.name}.${(BigInt(now) * 1_000_000n + BigInt(this.#number++ % 1_000_000)).toString(16)}`;
		const { uid, resourceVersion } = about.metadata;
		try {
			this.#api.create<KubernetesObject>(EVENTS, {
				apiVersion: "v1",
				kind: "Event",
				metadata: { name, namespace },
				involvedObject: {
					apiVersion: about.apiVersion,
					kind: about.kind,
					name: about.metadata.name,
					...(about.metadata.namespace ? { namespace } : {}),
					...(uid ? { uid } : {}),
					...(resourceVersion ? { resourceVersion } : {}),
					...(fieldPath === undefined ? {} : { fieldPath }),
				},
				reason,
				message,
				type,
				source: { component, ...(host ? { host } : {}) },
				firstTimestamp: time,
				lastTimestamp: time,
				count: 1,
				reportingComponent: component,
				reportingInstance: host ?? "",
			});
			this.#names.set(key, { namespace, name });
		} catch (error) {
			// Its namespace is gone or going: there is nobody left to tell.
			if (!(error instanceof ApiError) || (error.code !== 404 && error.code !== 403)) throw error;
		}
	}

	#combined(group: string, message: string, now: number): string {
		let series = this.#similar.get(group);
		if (!series || now - series.since > SIMILAR_WINDOW) series = { messages: new Set(), since: now };
		this.#similar.set(group, series);
		if (series.messages.size < SIMILAR) series.messages.add(message);
		const flood = series.messages.size >= SIMILAR && !series.messages.has(message);
		return flood ? `(combined from similar events): ${message}` : message;
	}

	#sweep(now: number): void {
		if (now - this.#swept < SWEEP_INTERVAL) return;
		this.#swept = now;
		for (const event of this.#api.list<KubernetesObject>(EVENTS)) {
			const last = Date.parse(String(event.lastTimestamp ?? event.metadata.creationTimestamp));
			if (now - last > LIFETIME) this.#api.delete(EVENTS, event.metadata.namespace, event.metadata.name);
		}
		for (const [key, { namespace, name }] of this.#names)
			if (!this.#api.get(EVENTS, namespace, name)) this.#names.delete(key);
		for (const [key, series] of this.#similar) if (now - series.since > SIMILAR_WINDOW) this.#similar.delete(key);
	}
}
