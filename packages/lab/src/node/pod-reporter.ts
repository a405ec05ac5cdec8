import { isDeepStrictEqual } from "node:util";
import { PODS } from "../api/resources.ts";
import type { NodeContext } from "./context.ts";
import { asObject, type StoredPod } from "./pod.ts";
import { type PodFacts, podStatus } from "./pod-status.ts";

/** Tells the API server of a pod: its status, whenever that is another, and its events. */
export class PodReporter {
	readonly #node: NodeContext;
	readonly #facts: PodFacts;
	readonly #pod: () => StoredPod;
	#silent = false;
	#waiting = false;

	constructor(node: NodeContext, facts: PodFacts, pod: () => StoredPod) {
		this.#node = node;
		this.#facts = facts;
		this.#pod = pod;
	}

	get isSilent(): boolean {
		return this.#silent;
	}

	/** From now on nobody is told anything. */
	silence(): void {
		this.#silent = true;
	}

	/** Something is different: several changes of one turn are written as one. */
	changed(): void {
		if (this.#waiting) return;
		this.#waiting = true;
		setImmediate(() => this.flush());
	}

	/** Writes the status now. */
	flush(): void {
		this.#waiting = false;
		const { namespace, name, uid } = this.#pod().metadata;
		const change = (copy: StoredPod) => {
			if (copy.metadata.uid !== uid) return false;
			const status = podStatus(copy, this.#facts, new Date());
			if (isDeepStrictEqual(status, copy.status)) return false;
			copy.status = structuredClone(status);
			return true;
		};
		this.#tell(() => this.#node.api.modify(PODS, namespace, name, change, "status"));
	}

	event(type: "Normal" | "Warning", reason: string, message: string, fieldPath?: string): void {
		const from = { component: "kubelet", host: this.#node.name };
		const event = { type, reason, message, ...from, ...(fieldPath === undefined ? {} : { fieldPath }) };
		this.#tell(() => this.#node.api.event(asObject(this.#pod()), event));
	}

	/** What the API server refuses to hear must not stop the pod. */
	#tell(tell: () => unknown): void {
		if (this.#silent) return;
		try {
			tell();
		} catch (error) {
			process.emitWarning(error instanceof Error ? error : String(error));
		}
	}
}
