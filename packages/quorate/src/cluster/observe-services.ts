import type { Service } from "kubernetes-types/core/v1";
import type { KubernetesClient } from "../kubernetes/client.ts";
import { type MemberView, podName, type ServiceView } from "./cluster-view.ts";
import { listObjects } from "./read-objects.ts";
import { SERVICES } from "./resources.ts";
import { isForbidden } from "./secret-files.ts";
import { hostOf, isGoverned } from "./start/hosts.ts";

/** The namespace's Services, where members are reached by others than the governing one; undefined: no need, or no right, to list them. */
export async function observeServices(
	client: KubernetesClient,
	set: { readonly name: string; readonly namespace: string; readonly serviceName: string },
	members: readonly MemberView[],
	options: { signal?: AbortSignal },
): Promise<readonly ServiceView[] | undefined> {
	const others = members.some(({ ordinal, peerURLs }) =>
		peerURLs.some((url) => ordinal !== undefined && !isGoverned(hostOf(url) ?? "", podName(set, ordinal), set)),
	);
	if (!others) return undefined;
	try {
		const services = await listObjects<Service>(client, SERVICES, { namespace: set.namespace, ...options });
		return services.map(({ metadata, spec }) => ({
			name: metadata?.name ?? "",
			selector: spec?.selector ?? {},
			publishesNotReady: spec?.publishNotReadyAddresses === true,
		}));
	} catch (error) {
		if (!isForbidden(error)) throw error;
		return undefined;
	}
}
