import type { ObjectMeta } from "kubernetes-types/meta/v1";

/** Who would put the object back as it was: Helm, Argo CD, Flux. Undefined: nobody that can be told. */
export function managedBy(metadata: ObjectMeta): string | undefined {
	const annotations = metadata.annotations ?? {};
	const labels = metadata.labels ?? {};
	const release = annotations["meta.helm.sh/release-name"];
	if (release !== undefined || labels["app.kubernetes.io/managed-by"] === "Helm")
		return `Helm release ${release ?? labels["app.kubernetes.io/instance"] ?? "?"}`;
	const argo = annotations["argocd.argoproj.io/tracking-id"] ?? labels["argocd.argoproj.io/instance"];
	if (argo !== undefined) return `Argo CD application ${argo.split(":")[0]}`;
	const flux = labels["kustomize.toolkit.fluxcd.io/name"];
	return flux === undefined ? undefined : `Flux kustomization ${flux}`;
}
