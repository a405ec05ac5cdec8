import type { KubernetesObject } from "../object.ts";
import { trackManagedFields } from "../patch/apply.ts";
import type { ResourceKind } from "./kind.ts";
import type { Writer } from "./resources.ts";

/** Notes in `metadata.managedFields` who set what; server-side apply has done so itself. */
export function track(
	kind: ResourceKind,
	before: KubernetesObject | undefined,
	after: KubernetesObject,
	writer: Writer,
	time: string,
	subresource?: string,
): KubernetesObject {
	if (writer.operation === "Apply") return after;
	return trackManagedFields(before, after, {
		manager: writer.manager,
		operation: "Update",
		time,
		gvk: kind,
		...(kind.custom ? { shape: kind.custom.shape } : {}),
		...(subresource === "status" || subresource === "scale" ? { subresource } : {}),
	});
}
