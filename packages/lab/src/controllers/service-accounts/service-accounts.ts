import type { ConfigMap, ServiceAccount } from "kubernetes-types/core/v1";
import type { Api } from "../../api/api.ts";
import { CONFIGMAPS, NAMESPACES, SERVICEACCOUNTS } from "../../api/resources.ts";
import type { Controller } from "../controller.ts";
import type { AnyStored, Namespace } from "../stored.ts";

const ROOT_CA = "kube-root-ca.crt";
const ROOT_CA_ANNOTATION =
	"Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.";

export interface ServiceAccountOptions {
	/** PEM of the API server's authority, for pods: each namespace gets it as ConfigMap `kube-root-ca.crt`. @default none */
	rootCa?: string;
}

/** Gives every namespace its `default` service account, and the authority's certificate. */
export function defaultServiceAccounts(api: Api, { rootCa }: ServiceAccountOptions = {}): Controller {
	const own = (name: string) => (object: AnyStored) =>
		object.metadata.name === name ? [object.metadata.namespace ?? ""] : [];
	return {
		name: "serviceaccount-controller",
		watches: [
			{ resource: NAMESPACES },
			{ resource: SERVICEACCOUNTS, keys: own("default") },
			{ resource: CONFIGMAPS, keys: own(ROOT_CA) },
		],
		reconcile(namespace) {
			const found = api.get<Namespace>(NAMESPACES, undefined, namespace);
			if (!found || found.metadata.deletionTimestamp) return undefined;
			if (!api.get(SERVICEACCOUNTS, namespace, "default")) {
				api.create<ServiceAccount>(SERVICEACCOUNTS, {
					apiVersion: "v1",
					kind: "ServiceAccount",
					metadata: { name: "default", namespace },
				});
			}
			if (rootCa === undefined) return undefined;
			const present = api.get<ConfigMap>(CONFIGMAPS, namespace, ROOT_CA);
			if (!present) {
				api.create<ConfigMap>(CONFIGMAPS, {
					apiVersion: "v1",
					kind: "ConfigMap",
					metadata: { name: ROOT_CA, namespace, annotations: { "kubernetes.io/description": ROOT_CA_ANNOTATION } },
					data: { "ca.crt": rootCa },
				});
			} else if (present.data?.["ca.crt"] !== rootCa) {
				api.modify<ConfigMap>(CONFIGMAPS, namespace, ROOT_CA, (copy) => {
					copy.data = { "ca.crt": rootCa };
				});
			}
			return undefined;
		},
	};
}
