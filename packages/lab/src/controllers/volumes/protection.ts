import type { Api } from "../../api/api.ts";
import { PERSISTENTVOLUMECLAIMS, PERSISTENTVOLUMES, PODS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import { type Claim, type Pod, splitKey, type Volume } from "../stored.ts";
import { uses } from "./sync-claim.ts";

export const CLAIM_PROTECTION = "kubernetes.io/pvc-protection";
export const VOLUME_PROTECTION = "kubernetes.io/pv-protection";

/** Keeps a claim that is being deleted until no pod on a node uses it. */
export function claimProtection(api: Api): Controller {
	return {
		name: "pvc-protection-controller",
		watches: [
			{ resource: PERSISTENTVOLUMECLAIMS },
			{
				resource: PODS,
				keys: (pod) =>
					((pod as Pod).spec?.volumes ?? []).flatMap(({ persistentVolumeClaim }) =>
						persistentVolumeClaim ? [`${pod.metadata.namespace}/${persistentVolumeClaim.claimName}`] : [],
					),
			},
		],
		reconcile(key) {
			const { namespace, name } = splitKey(key);
			const claim = api.get<Claim>(PERSISTENTVOLUMECLAIMS, namespace, name);
			if (!claim) return undefined;
			// a pod without a node does not count: the kubelet would not start it with a claim on its way out
			const inUse = () =>
				api
					.list<Pod>(PODS, { namespace: claim.metadata.namespace })
					.some((pod) => pod.spec?.nodeName && uses(pod, claim));
			if (claim.metadata.deletionTimestamp && inUse()) return undefined;
			api.modify<Claim>(PERSISTENTVOLUMECLAIMS, namespace, name, (copy) => guard(copy, CLAIM_PROTECTION));
			return undefined;
		},
	};
}

/** Keeps a volume that is being deleted until it is bound no more. */
export function volumeProtection(api: Api): Controller {
	return {
		name: "pv-protection-controller",
		watches: [{ resource: PERSISTENTVOLUMES }],
		reconcile(name) {
			const volume = api.get<Volume>(PERSISTENTVOLUMES, undefined, name);
			if (!volume || (volume.metadata.deletionTimestamp && volume.status?.phase === "Bound")) return undefined;
			api.modify<Volume>(PERSISTENTVOLUMES, undefined, name, (copy) => guard(copy, VOLUME_PROTECTION));
			return undefined;
		},
	};
}

/** Puts the finalizer on what lives, takes it off what is to go; false: nothing to change. */
function guard(copy: Claim | Volume, finalizer: string): boolean {
	const finalizers = copy.metadata.finalizers ?? [];
	const present = finalizers.includes(finalizer);
	if (present !== (copy.metadata.deletionTimestamp !== undefined)) return false;
	copy.metadata.finalizers = present ? finalizers.filter((other) => other !== finalizer) : [...finalizers, finalizer];
	return true;
}
