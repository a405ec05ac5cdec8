import type { PodSpec, PodStatus } from "kubernetes-types/core/v1";
import type { StoredPod } from "../pod.ts";

/** A pod as tests need one. */
export function testPod(
	spec: Partial<PodSpec> = {},
	status?: PodStatus,
	metadata: Partial<StoredPod["metadata"]> = {},
): StoredPod {
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: "etcd-0", namespace: "m", uid: "1234", ...metadata },
		spec: { nodeName: "node-1", containers: [{ name: "etcd", image: "etcd:3.5.9" }], ...spec },
		...(status ? { status } : {}),
	};
}
