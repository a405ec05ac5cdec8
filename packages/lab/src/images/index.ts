import { bitnami } from "./bitnami/bitnami.ts";
import { etcd } from "./etcd.ts";
import type { Image, ImageFamily, ImageTools } from "./image.ts";
import { formatReference, parseReference } from "./reference.ts";
import { userland } from "./userland.ts";

export type { Image, ImageTools } from "./image.ts";

const FAMILIES: ImageFamily[] = [etcd, bitnami, userland];

/** An image, or what a container runtime would say: `reason` as in a waiting state. */
export type ImageResult =
	| { image: Image }
	| { image?: undefined; reason: "InvalidImageName" | "ErrImagePull" | "ErrImageNeverPull"; message: string };

/** What an image name runs in the lab. */
export async function resolveImage(name: string, tools: ImageTools): Promise<ImageResult> {
	const reference = parseReference(name);
	if (!reference) {
		const message = `Failed to apply default image tag ${JSON.stringify(name)}: couldn't parse image name ${JSON.stringify(name)}: invalid reference format`;
		return { reason: "InvalidImageName", message };
	}
	const full = formatReference(reference);
	const failed = `failed to pull and unpack image ${JSON.stringify(full)}: failed to resolve reference ${JSON.stringify(full)}`;
	for (const family of FAMILIES) {
		const image = await family.resolve(reference, tools);
		if (image === undefined) continue;
		if ("notFound" in image) return { reason: "ErrImagePull", message: `${failed}: ${image.notFound}: not found` };
		return { image };
	}
	const known = FAMILIES.map((family) => family.example).join("; ");
	return { reason: "ErrImagePull", message: `${failed}: not found (the lab runs these images: ${known})` };
}
