import type { Container } from "kubernetes-types/core/v1";
import type { StatefulSetView } from "../cluster-view.ts";
import { podFacts } from "./environment.ts";
import { Settings } from "./settings.ts";

/** The container that runs etcd, as the template had it before any run of ours. Undefined: the template has none of that name. */
export function etcdContainerOf({ record, template, etcd }: StatefulSetView): Container | undefined {
	return (record?.template ?? template).spec?.containers.find(({ name }) => name === etcd.name);
}

/**
 * What the template makes of one of etcd's settings, by the pod's ordinal: with UNKNOWN in it where that is not known, and undefined where
 * nothing is set.
 */
export function templateValue(set: StatefulSetView, flag: string): (ordinal: number) => string | undefined {
	const container = etcdContainerOf(set);
	if (!container) return () => undefined;
	const settings = new Settings(container, set.objects);
	return (ordinal) => settings.value(flag, settings.in(podFacts(set, set.record?.template ?? set.template, ordinal)));
}
