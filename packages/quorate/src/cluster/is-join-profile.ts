import { isDeepStrictEqual } from "node:util";
import type { PodTemplateSpec } from "kubernetes-types/core/v1";
import type { EtcdContainer } from "./etcd-container.ts";
import { expectedTemplate, isJoinTemplate } from "./join-profile.ts";
import type { ScalingRecord } from "./scaling-record.ts";

/** Is the template a join profile of ours, and of the one that was found? Earlier releases put variables in another order. */
export function isJoinProfile(
	record: Pick<ScalingRecord, "template" | "joining">,
	current: PodTemplateSpec,
	etcd: Pick<EtcdContainer, "name" | "family">,
): boolean {
	if (record.joining === undefined || !isJoinTemplate(current, etcd.name)) return false;
	return isDeepStrictEqual(inOrder(expectedTemplate(record, current, etcd)), inOrder(current));
}

function inOrder(template: PodTemplateSpec): PodTemplateSpec {
	const copy = structuredClone(template);
	for (const { env } of copy.spec?.containers ?? []) env?.sort((one, other) => (one.name < other.name ? -1 : 1));
	return copy;
}
