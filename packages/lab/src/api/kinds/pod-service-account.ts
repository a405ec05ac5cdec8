import type { Pod, PodSpec, ServiceAccount, Volume } from "kubernetes-types/core/v1";
import { ApiError } from "../api-error.ts";
import { POD_TOKEN_SECONDS } from "../auth/tokens.ts";
import type { Surroundings } from "../machinery/kind.ts";
import { generateName } from "../machinery/names.ts";

const MOUNT_PATH = "/var/run/secrets/kubernetes.io/serviceaccount";

/** Every pod runs as a service account of its namespace, and gets that account's token. @throws {ApiError} 403 */
export function admitServiceAccount(pod: Pod, around: Surroundings): void {
	const spec = pod.spec;
	if (!spec) return;
	const { namespace = "", name = "", generateName: base } = pod.metadata ?? {};
	if (!spec.serviceAccountName) {
		spec.serviceAccountName = "default";
		spec.serviceAccount = "default";
	}
	const account = spec.serviceAccountName;
	const found = around.find("", "serviceaccounts", namespace, account) as unknown as ServiceAccount | undefined;
	if (!found) {
		const why = `error looking up service account ${namespace}/${account}: serviceaccount ${JSON.stringify(account)} not found`;
		throw new ApiError(403, "Forbidden", `pods ${JSON.stringify(name || (base ?? ""))} is forbidden: ${why}`, {
			...(name ? { name } : {}),
			kind: "pods",
		});
	}
	if (found.imagePullSecrets && !spec.imagePullSecrets?.length) spec.imagePullSecrets = [...found.imagePullSecrets];
	if (spec.automountServiceAccountToken ?? found.automountServiceAccountToken ?? true) mountToken(spec);
}

function mountToken(spec: PodSpec): void {
	const containers = [...(spec.initContainers ?? []), ...(spec.containers ?? [])];
	const without = containers.filter(
		({ volumeMounts }) => !volumeMounts?.some(({ mountPath }) => mountPath === MOUNT_PATH),
	);
	if (without.length === 0) return;
	const name = generateName("kube-api-access-");
	for (const container of without) {
		container.volumeMounts = [...(container.volumeMounts ?? []), { name, readOnly: true, mountPath: MOUNT_PATH }];
	}
	spec.volumes = [...(spec.volumes ?? []), tokenVolume(name)];
}

const tokenVolume = (name: string): Volume => ({
	name,
	projected: {
		defaultMode: 0o644,
		sources: [
			{ serviceAccountToken: { expirationSeconds: POD_TOKEN_SECONDS, path: "token" } },
			{ configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
			{
				downwardAPI: {
					items: [{ path: "namespace", fieldRef: { apiVersion: "v1", fieldPath: "metadata.namespace" } }],
				},
			},
		],
	},
});
