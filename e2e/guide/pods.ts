import type { Walker } from "./walker.ts";

/** What is asked of a pod here. Times are RFC 3339, in whole seconds. */
export interface SeenPod {
	name: string;
	uid: string;
	created: string;
	/** since when; absent while it is not */
	ready?: string;
	revision: string;
}

interface Pod {
	metadata: { name: string; uid: string; creationTimestamp: string; labels: Record<string, string> };
	status: { conditions?: { type: string; status: string; lastTransitionTime: string }[] };
}

const GET = (namespace: string) => `kubectl get pods -n ${namespace} -l app=etcd -o json`;

const seen = ({ metadata, status }: Pod): SeenPod => {
	const ready = status.conditions?.find((condition) => condition.type === "Ready" && condition.status === "True");
	return {
		name: metadata.name,
		uid: metadata.uid,
		created: metadata.creationTimestamp,
		...(ready ? { ready: ready.lastTransitionTime } : {}),
		revision: metadata.labels["controller-revision-hash"] ?? "",
	};
};

const parse = (json: string): SeenPod[] => (JSON.parse(json) as { items: Pod[] }).items.map(seen);

/** By ordinal. */
export const podsOf = async (walker: Walker, namespace = "mayastor"): Promise<SeenPod[]> =>
	parse(await walker.type(GET(namespace)));

export async function untilPods(
	walker: Walker,
	isSo: (pods: SeenPod[]) => boolean,
	namespace = "mayastor",
): Promise<SeenPod[]> {
	return parse(await walker.until(GET(namespace), (printed) => isSo(parse(printed))));
}

export const uids = (pods: readonly SeenPod[]): string[] => pods.map(({ uid }) => uid);
