import type { Api, PodTokenRequest } from "../api/api.ts";
import type { Network, PodNetwork } from "../machine/network.ts";
import type { Mount } from "../machine/root-file-system.ts";
import type { ImageStore } from "./image-store.ts";
import type { StoredPod } from "./pod.ts";

/** One node, as all that runs on it needs it. */
export interface NodeContext {
	api: Api;
	name: string;
	/** counted from 0 */
	number: number;
	address: string;
	/** the node's own disk: what hostPath volumes lie on */
	disk: string;
	/** the node's other files: pods' own folders and logs */
	folder: string;
	network: Network;
	bwrap: string;
	images: ImageStore;
	/** what pods may ask for, as quantities */
	allocatable: Record<string, string>;
	eagerProbes: boolean;
	serviceAccountToken?(request: PodTokenRequest): string | undefined;
}

/** One pod on its node, as its containers need it. */
export interface PodContext {
	node: NodeContext;
	/** the pod as it is now */
	pod(): StoredPod;
	/** undefined on the host's network */
	network: PodNetwork | undefined;
	address: string;
	/** where each volume lies */
	volumes: Map<string, string>;
	/** its own files of /etc */
	etc: Mount[];
	/** for files that belong to it alone */
	folder: string;
	logs: string;
	/** Something in a container's record is different. */
	changed(): void;
	/** `fieldPath`: the part of the pod that it is about, as `spec.containers{etcd}` */
	event(type: "Normal" | "Warning", reason: string, message: string, fieldPath?: string): void;
	/** aborted as soon as the pod shall end: nothing is started any more */
	ending: AbortSignal;
}

/** The same context, whose events are about one part of the pod. */
export function aboutPart(context: PodContext, fieldPath: string): PodContext {
	const own: Pick<PodContext, "event"> = {
		event: (type, reason, message) => context.event(type, reason, message, fieldPath),
	};
	return Object.setPrototypeOf(own, context);
}
