import type { KubernetesClient } from "../../kubernetes/client.ts";
import { type Dialer, directDialer, podAddress, portForwardDialer } from "../../kubernetes/dial.ts";
import type { EtcdContainer } from "../etcd-container.ts";

/** A port-forward reaches localhost in a pod only. For etcd that does not listen there, who runs within the cluster has another way. */
export function memberDialer(client: KubernetesClient, etcd: EtcdContainer, inCluster: boolean): Dialer {
	return inCluster && etcd.listensOn === "pod" ? directDialer(podAddress(client)) : portForwardDialer(client);
}
