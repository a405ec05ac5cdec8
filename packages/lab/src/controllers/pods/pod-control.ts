import type { Api } from "../../api/api.ts";
import { ApiError } from "../../api/api-error.ts";
import { PODS } from "../../api/resources.ts";
import { type Recorder, recorder } from "../recorder.ts";
import type { AnyStored, Pod } from "../stored.ts";
import type { TemplatePod } from "./template-pod.ts";

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Creates and deletes an owner's pods, and tells of it by events on the owner. */
export class PodControl {
	readonly #api: Api;
	readonly #owner: AnyStored;
	readonly #record: Recorder;

	constructor(api: Api, owner: AnyStored, component: string) {
		this.#api = api;
		this.#owner = owner;
		this.#record = recorder(api, component);
	}

	create(draft: TemplatePod): Pod {
		try {
			const pod = this.#api.create(PODS, draft) as unknown as Pod;
			this.#record(this.#owner, "Normal", "SuccessfulCreate", `Created pod: ${pod.metadata.name}`);
			return pod;
		} catch (error) {
			const expected = error instanceof ApiError && error.details?.causes?.some(isTerminating);
			if (!expected) this.#record(this.#owner, "Warning", "FailedCreate", `Error creating: ${messageOf(error)}`);
			throw error;
		}
	}

	delete({ metadata: { namespace, name, uid } }: Pod): void {
		try {
			this.#api.delete(PODS, namespace, name, { preconditions: { uid } });
		} catch (error) {
			if (error instanceof ApiError && error.code === 404) return;
			this.#record(this.#owner, "Warning", "FailedDelete", `Error deleting: ${messageOf(error)}`);
			throw error;
		}
		this.#record(this.#owner, "Normal", "SuccessfulDelete", `Deleted pod: ${name}`);
	}
}

const isTerminating = ({ reason }: { reason?: string }) => reason === "NamespaceTerminating";
