import { setTimeout as sleep } from "node:timers/promises";
import type { Image } from "../images/index.ts";
import { BackOff } from "./back-off.ts";
import type { ContainerRecord } from "./container-record.ts";
import type { PodContext } from "./context.ts";
import { goDuration } from "./go-duration.ts";
import type { Pulled } from "./image-store.ts";

/** Failures are shown this long before their back-off is. */
const SHOW_FAILURE = 1000;

/** Gets a container's image, trying again for as long as the pod is wanted; undefined when it no longer is. */
export async function pullImage(context: PodContext, record: ContainerRecord): Promise<Image | undefined> {
	const { image: name = "", imagePullPolicy } = record.container;
	const { ending } = context;
	const quoted = JSON.stringify(name);
	const backOff = new BackOff();
	const waiting = (reason: string, message: string) => {
		record.state = { waiting: { reason, message } };
		context.changed();
	};
	const pause = (time: number) => sleep(time, undefined, { signal: ending }).catch(() => {});
	// The first failure is followed by a wait, too.
	backOff.failed(Date.now());
	while (!ending.aborted) {
		const result = await context.node.images.get(name, imagePullPolicy, () =>
			context.event("Normal", "Pulling", `Pulling image ${quoted}`),
		);
		if (result.image) {
			context.event("Normal", "Pulled", pulledMessage(quoted, result));
			return result.image;
		}
		const { reason, message } = result;
		if (reason === "ErrImagePull") context.event("Warning", "Failed", `Failed to pull image ${quoted}: ${message}`);
		else context.event("Warning", reason === "InvalidImageName" ? "InspectFailed" : reason, message);
		context.event("Warning", "Failed", `Error: ${reason}`);
		waiting(reason, message);
		const wait = backOff.failed(Date.now());
		await pause(SHOW_FAILURE);
		if (reason === "ErrImagePull" && !ending.aborted) {
			context.event("Normal", "BackOff", `Back-off pulling image ${quoted}`);
			context.event("Warning", "Failed", "Error: ImagePullBackOff");
			waiting("ImagePullBackOff", `Back-off pulling image ${quoted}: ErrImagePull: ${message}`);
		}
		await pause(Math.max(0, wait - SHOW_FAILURE));
	}
	return undefined;
}

function pulledMessage(name: string, { image, took }: Pulled): string {
	if (took === undefined) return `Container image ${name} already present on machine`;
	const time = goDuration(took);
	return `Successfully pulled image ${name} in ${time} (${time} including waiting). Image size: ${image.size} bytes.`;
}
