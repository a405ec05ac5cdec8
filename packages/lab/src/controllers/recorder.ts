import type { Api } from "../api/api.ts";
import type { KubernetesObject } from "../api/object.ts";
import type { StoredMeta } from "./stored.ts";

/** Tells of something about an object, as one of the cluster's components. */
export type Recorder = (
	about: { apiVersion: string; kind: string; metadata: StoredMeta },
	type: "Normal" | "Warning",
	reason: string,
	message: string,
) => void;

export function recorder(api: Api, component: string): Recorder {
	return (about, type, reason, message) =>
		api.event(about as unknown as KubernetesObject, { type, reason, message, component });
}
