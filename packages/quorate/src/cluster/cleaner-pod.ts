import type { Pod, PodTemplateSpec } from "kubernetes-types/core/v1";
import type { CleanerView } from "./cluster-view.ts";
import { podView } from "./pod-view.ts";

/** Its value is the claim whose volume the pod empties. */
export const CLEANER_LABEL = "quorate.io/empties";
const CLEANER_CONTAINER = "clean";

const FOLDER = "/volume";

export const cleanerName = (claim: string): string => `quorate-empties-${claim}`;

/**
 * A pod that empties a volume: of the image that the node has already, with the rights and tolerations of the pods that wrote
 * the data, and nothing else. Needs a shell in the image.
 *
 * @param node where the volume is; undefined: the volume itself says
 */
export function cleanerPod(
	template: PodTemplateSpec,
	container: string,
	where: { namespace: string; claim: string; node: string | undefined },
): Pod {
	const spec = template.spec;
	const etcd = spec?.containers.find(({ name }) => name === container);
	const { claim, namespace, node } = where;
	return {
		apiVersion: "v1",
		kind: "Pod",
		metadata: { name: cleanerName(claim), namespace, labels: { [CLEANER_LABEL]: claim } },
		spec: {
			// a node that is busy may fail to start it ("StartError")
			restartPolicy: "OnFailure",
			terminationGracePeriodSeconds: 0,
			automountServiceAccountToken: false,
			...(node ? { nodeSelector: { "kubernetes.io/hostname": node } } : {}),
			...(spec?.tolerations ? { tolerations: spec.tolerations } : {}),
			...(spec?.securityContext ? { securityContext: spec.securityContext } : {}),
			...(spec?.imagePullSecrets ? { imagePullSecrets: spec.imagePullSecrets } : {}),
			containers: [
				{
					name: CLEANER_CONTAINER,
					...(etcd?.image ? { image: etcd.image } : {}),
					...(etcd?.imagePullPolicy ? { imagePullPolicy: etcd.imagePullPolicy } : {}),
					...(etcd?.securityContext ? { securityContext: etcd.securityContext } : {}),
					// what begins with a dot too, but never . and ..
					command: ["sh", "-c", `rm -rf ${FOLDER}/* ${FOLDER}/.[!.]* ${FOLDER}/..?*`],
					volumeMounts: [{ name: "volume", mountPath: FOLDER }],
				},
			],
			volumes: [{ name: "volume", persistentVolumeClaim: { claimName: claim } }],
		},
	};
}

/** Times that it is started again before it counts as failed; Kubernetes waits ten seconds, then twenty, in between. */
const MOST_RESTARTS = 3;

/** Empty where the pod is none that empties a volume. */
export function cleanerView(pod: Pod): CleanerView[] {
	const claim = pod.metadata?.labels?.[CLEANER_LABEL];
	if (claim === undefined) return [];
	const { phase, restarts, trouble } = podView(pod, -1, CLEANER_CONTAINER);
	const failed = phase !== "Succeeded" && restarts >= MOST_RESTARTS;
	return [{ claim, phase: failed ? "Failed" : phase, trouble }];
}
