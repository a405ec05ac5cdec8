import { type Image, type ImageResult, type ImageTools, resolveImage } from "../images/index.ts";

export interface Pulled {
	image: Image;
	/** milliseconds; undefined where it was there already */
	took: number | undefined;
}

export type PullFailure = Exclude<ImageResult, { image: Image }>;

/** The images that a node has. */
export class ImageStore {
	readonly #tools: ImageTools;
	readonly #present = new Map<string, Image>();

	constructor(tools: ImageTools) {
		this.#tools = tools;
	}

	/** Gets an image by the container's pull policy; `onPull` is called before it has to be fetched. */
	async get(name: string, policy: string | undefined, onPull: () => void): Promise<Pulled | PullFailure> {
		const effective = policy ?? (name.endsWith(":latest") || !/:[^/]+$/.test(name) ? "Always" : "IfNotPresent");
		const present = this.#present.get(name);
		if (present && effective !== "Always") return { image: present, took: undefined };
		if (effective === "Never") {
			const message = `Container image ${JSON.stringify(name)} is not present with pull policy of Never`;
			return { reason: "ErrImageNeverPull", message };
		}
		onPull();
		const begun = Date.now();
		try {
			const result = await resolveImage(name, this.#tools);
			if (!result.image) return result;
			this.#present.set(name, result.image);
			return { image: result.image, took: Date.now() - begun };
		} catch (error) {
			return { reason: "ErrImagePull", message: error instanceof Error ? error.message : String(error) };
		}
	}
}
