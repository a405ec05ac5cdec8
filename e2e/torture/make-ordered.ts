import { kubectl } from "../kubectl.ts";
import { NAMESPACE, SET } from "./lab-cluster.ts";

/** The same StatefulSet with the other policy, which cannot be changed in place; its pods stay. */
export async function makeOrdered(kubeconfig: string): Promise<void> {
	const found = JSON.parse(await kubectl(kubeconfig, ["get", "sts", SET, "-n", NAMESPACE, "-o", "json"]));
	const { name, namespace, labels, annotations } = found.metadata;
	const spec = { ...found.spec, podManagementPolicy: "OrderedReady" };
	const wanted = {
		apiVersion: "apps/v1",
		kind: "StatefulSet",
		metadata: { name, namespace, labels, annotations },
		spec,
	};
	await kubectl(kubeconfig, ["delete", "sts", SET, "-n", NAMESPACE, "--cascade=orphan"]);
	await kubectl(kubeconfig, ["create", "-f", "-"], JSON.stringify(wanted));
}
