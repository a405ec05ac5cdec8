import type { Pod } from "kubernetes-types/core/v1";
import { QuorateError } from "../../errors.ts";
import type { KubernetesClient } from "../../kubernetes/client.ts";
import { type Dialer, directDialer, type PodHost, portForwardDialer } from "../../kubernetes/dial.ts";
import type { EtcdContainer } from "../etcd-container.ts";
import { listObjects } from "../read-objects.ts";
import { PODS } from "../resources.ts";

/** A port-forward reaches localhost in a pod only. For etcd that does not listen there, who runs within the cluster has another way. */
export function memberDialer(client: KubernetesClient, etcd: EtcdContainer, inCluster: boolean): Dialer {
	return inCluster && etcd.listensOn === "pod" ? directDialer(listedAddress(client)) : portForwardDialer(client);
}

/** From the list of pods, which is read anyway: to get one is a right of its own. */
function listedAddress(client: KubernetesClient): PodHost {
	return async (namespace, pod, signal) => {
		const pods = await listObjects<Pod>(client, PODS, { namespace, ...(signal ? { signal } : {}) });
		const address = pods.find(({ metadata }) => metadata?.name === pod)?.status?.podIP;
		if (address) return address;
		throw new QuorateError("MemberUnreachable", {
			operation: `connecting to pod ${pod}`,
			message: `${pod}: it has no address yet`,
			hint: `see what it waits for: kubectl describe pod ${pod} -n ${namespace}`,
		});
	};
}
